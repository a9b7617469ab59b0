import { type DeclaredLibrary, type FunctionDeclaration, declare } from './declaration.ts';

const numbers = ['double', 'int', 'uint'];
const pairs = [
  ['double', 'double', 'double'],
  ['int', 'int', 'int'],
  ['uint', 'uint', 'uint'],
  ['int', 'uint', 'dyn'],
  ['int', 'double', 'dyn'],
  ['double', 'int', 'dyn'],
  ['double', 'uint', 'dyn'],
  ['uint', 'int', 'dyn'],
  ['uint', 'double', 'dyn'],
];

/** `math.@min` and `math.@max`, which the macros `math.least` and `math.greatest` call. */
function extreme(name: string): FunctionDeclaration {
  const id = name.replace('.', '_');
  return declare(
    name,
    Object.fromEntries([
      ...numbers.map((type) => [`${id}_${type}`, `(${type}) -> ${type}`] as const),
      ...pairs.map(([a, b, result]) => [`${id}_${a}_${b}`, `(${a}, ${b}) -> ${result}`] as const),
      ...numbers.map((type) => [`${id}_list_${type}`, `(list(${type})) -> ${type}`] as const),
    ]),
  );
}

function ofDouble(name: string, result = 'double'): FunctionDeclaration {
  return declare(`math.${name}`, { [`math_${name}_double`]: `(double) -> ${result}` });
}

function ofNumbers(name: string, result?: string): FunctionDeclaration {
  return declare(
    `math.${name}`,
    Object.fromEntries(numbers.map((type) => [`math_${name}_${type}`, `(${type}) -> ${result ?? type}`])),
  );
}

/** Bits of two ints or two uints. */
function bits(name: string): FunctionDeclaration {
  return declare(`math.${name}`, {
    [`math_${name}_int_int`]: '(int, int) -> int',
    [`math_${name}_uint_uint`]: '(uint, uint) -> uint',
  });
}

function shift(name: string): FunctionDeclaration {
  return declare(`math.${name}`, {
    [`math_${name}_int_int`]: '(int, int) -> int',
    [`math_${name}_uint_int`]: '(uint, int) -> uint',
  });
}

/** cel-go's ext.Math (ext/math.go). */
export const mathDeclarations: DeclaredLibrary = {
  since: Number.POSITIVE_INFINITY,
  functions: () => [
    extreme('math.@min'),
    extreme('math.@max'),
    ofDouble('ceil'),
    ofDouble('floor'),
    ofDouble('round'),
    ofDouble('trunc'),
    ofDouble('isInf', 'bool'),
    ofDouble('isNaN', 'bool'),
    ofDouble('isFinite', 'bool'),
    ofNumbers('abs'),
    ofNumbers('sign'),
    ofNumbers('sqrt', 'double'),
    bits('bitAnd'),
    bits('bitOr'),
    bits('bitXor'),
    declare('math.bitNot', {
      math_bitNot_int_int: '(int) -> int',
      math_bitNot_uint_uint: '(uint) -> uint',
    }),
    shift('bitShiftLeft'),
    shift('bitShiftRight'),
  ],
};

/** cel-go's ext.Encoders (ext/encoders.go). */
export const encoderDeclarations: DeclaredLibrary = {
  since: Number.POSITIVE_INFINITY,
  functions: () => [
    declare('base64.decode', { base64_decode_string: '(string) -> bytes' }),
    declare('base64.encode', { base64_encode_bytes: '(bytes) -> string' }),
  ],
};
