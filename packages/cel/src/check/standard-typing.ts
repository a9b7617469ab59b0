import { type DeclarationTable, kubernetesDeclarations, tableOf } from './declarations/registry.ts';
import { encoderDeclarations, mathDeclarations } from './declarations/extensions.ts';
import { reverseDeclarations } from './declarations/strings.ts';
import { type Typing, macrosOf, typeNames } from './typing.ts';
import { opaque } from './types/type.ts';

/** Of cel-go's extensions, as check/complete/function-docs.ts has it of Kubernetes' functions. */
const docs = [
  `
reverse: the elements backwards; the string backwards
math.ceil: the least whole number that is not less
math.floor: the greatest whole number that is not greater
math.round: the nearest whole number
math.trunc: the number without its fraction
math.isInf: true for an infinity
math.isNaN: true for what is no number
math.isFinite: true for a finite number
math.abs: the number without its sign
math.sign: -1, 0 or 1
math.sqrt: the square root
math.bitAnd: the bits that both have
math.bitOr: the bits that one has
math.bitXor: the bits in which they differ
math.bitNot: the bits turned over
math.bitShiftLeft: the bits moved to the left
math.bitShiftRight: the bits moved to the right
base64.decode: the bytes of base64 text
base64.encode: bytes as base64 text
`,
];

/** Every library, literals of mixed types: cel-go as the specification's tests ask it. */
export function standardTyping(): Typing {
  const libraries = [...kubernetesDeclarations, mathDeclarations, encoderDeclarations, reverseDeclarations];
  return extendedTyping(tableOf(libraries, Number.POSITIVE_INFINITY));
}

/** What a dialect is checked by that has functions beyond Kubernetes' and is as lenient as cel-go is by itself. */
export function extendedTyping(table: DeclarationTable): Typing {
  return {
    ...table,
    docs,
    variables: new Map(),
    types: typeNames(opaque('optional_type'), opaque('net.IP'), opaque('net.CIDR')),
    objects: () => null,
    objectRoots: [],
    macros: { ...macrosOf(table), bind: true },
    crossTypeComparisons: true,
    homogeneous: false,
    literals: false,
    constants: false,
  };
}
