import { ErrorValue, Fault, noSuchOverload } from '../values/fault.ts';
import { Uint, double, doubleOf, int, isDouble, isInt } from '../values/numbers.ts';
import { compare } from '../values/order.ts';
import { unknownIn } from '../values/unseen.ts';
import { type Value, isList } from '../values/value.ts';
import type { CelFunction } from './function.ts';

const WORD = 64n;

function unary(name: string, apply: (value: Value) => Value): CelFunction {
  return { name: `math.${name}`, style: 'global', arity: [1], apply: (value = null) => apply(value) };
}

const ofDouble = (name: string, apply: (value: number) => Value): CelFunction =>
  unary(name, (value) => (isDouble(value) ? apply(doubleOf(value)) : noSuchOverload()));

const isNumber = (value: Value): boolean => isInt(value) || isDouble(value) || value instanceof Uint;

/** `math.least` and `math.greatest`: of their arguments, or of the elements of one list (ext/math.go minPair). */
function extreme(name: string, better: (order: number) => boolean): CelFunction {
  return {
    name: `math.${name}`,
    style: 'global',
    arity: 'any',
    apply: (...args) => {
      const [only = null] = args;
      const values = args.length === 1 && isList(only) ? only : args;
      const unknown = unknownIn(values);
      if (unknown !== undefined) return unknown;
      let best = values[0];
      if (best === undefined) return new ErrorValue(`math.${name}(list) argument must not be empty`);
      for (const value of values.slice(1)) {
        const order = compare(value, best);
        if (order instanceof Fault) return order;
        if (Number.isNaN(order)) return new ErrorValue('NaN values cannot be ordered');
        if (better(order)) best = value;
      }
      return isNumber(best) ? best : noSuchOverload();
    },
  };
}

function bits(name: string, apply: (a: bigint, b: bigint) => bigint): CelFunction {
  return {
    name: `math.${name}`,
    style: 'global',
    arity: [2],
    apply: (a = null, b = null) => {
      if (isInt(a) && isInt(b)) return int(BigInt.asIntN(64, apply(BigInt(a), BigInt(b))));
      return a instanceof Uint && b instanceof Uint ? new Uint(apply(a.value, b.value)) : noSuchOverload();
    },
  };
}

/** Shifts are of 64 bits; an int shifted right is filled with zeros, as cel-go has it. */
function shift(name: string, apply: (word: bigint, by: bigint) => bigint): CelFunction {
  return {
    name: `math.${name}`,
    style: 'global',
    arity: [2],
    apply: (value = null, by = null) => {
      if (!isInt(by) || !(isInt(value) || value instanceof Uint)) return noSuchOverload();
      if (by < 0) return new ErrorValue(`math.${name}() negative offset: ${by}`);
      const word = BigInt.asUintN(64, value instanceof Uint ? value.value : BigInt(value));
      const shifted = BigInt(by) >= WORD ? 0n : BigInt.asUintN(64, apply(word, BigInt(by)));
      return value instanceof Uint ? new Uint(shifted) : int(BigInt.asIntN(64, shifted));
    },
  };
}

/** Half away from zero, as Go rounds. */
const rounded = (value: number): number => {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
};

function sign(value: Value): Value {
  if (isInt(value)) return value > 0 ? 1 : value < 0 ? -1 : 0;
  if (value instanceof Uint) return new Uint(value.value === 0n ? 0n : 1n);
  if (!isDouble(value)) return noSuchOverload();
  const number = doubleOf(value);
  return double(Number.isNaN(number) ? number : number > 0 ? 1 : number < 0 ? -1 : 0);
}

function absolute(value: Value): Value {
  if (isInt(value)) return value < 0 ? int(-BigInt(value)) : value;
  if (value instanceof Uint) return value;
  return isDouble(value) ? double(Math.abs(doubleOf(value))) : noSuchOverload();
}

function squareRoot(value: Value): Value {
  if (isDouble(value)) return double(Math.sqrt(doubleOf(value)));
  if (isInt(value)) return double(Math.sqrt(Number(value)));
  return value instanceof Uint ? double(Math.sqrt(Number(value.value))) : noSuchOverload();
}

/** cel-go's ext.Math (ext/math.go), which Kyverno has. */
export const mathFunctions = (): readonly CelFunction[] => [
  extreme('least', (order) => order < 0),
  extreme('greatest', (order) => order > 0),
  ofDouble('ceil', (value) => double(Math.ceil(value))),
  ofDouble('floor', (value) => double(Math.floor(value))),
  ofDouble('round', (value) => double(rounded(value))),
  ofDouble('trunc', (value) => double(Math.trunc(value))),
  ofDouble('isInf', (value) => Math.abs(value) === Number.POSITIVE_INFINITY),
  ofDouble('isNaN', Number.isNaN),
  ofDouble('isFinite', Number.isFinite),
  unary('abs', absolute),
  unary('sign', sign),
  unary('sqrt', squareRoot),
  bits('bitAnd', (a, b) => a & b),
  bits('bitOr', (a, b) => a | b),
  bits('bitXor', (a, b) => a ^ b),
  unary('bitNot', (value) => {
    if (isInt(value)) return int(~BigInt(value));
    return value instanceof Uint ? new Uint(BigInt.asUintN(64, ~value.value)) : noSuchOverload();
  }),
  shift('bitShiftLeft', (word, by) => word << by),
  shift('bitShiftRight', (word, by) => word >> by),
];
