import { ErrorValue, noSuchOverload } from '../values/fault.ts';
import { INT64_MIN, Uint, double, doubleOf, int, isDouble, isInt, uint } from '../values/numbers.ts';
import { Duration } from '../values/duration.ts';
import { Timestamp } from '../values/timestamp.ts';
import { equal, isMap, mapGet } from '../values/equality.ts';
import { compare } from '../values/order.ts';
import type { Fault } from '../values/fault.ts';
import { type Value, isList } from '../values/value.ts';
import type { CelFunction } from './function.ts';

type Integers = (a: bigint, b: bigint) => bigint;

/** Arithmetic on two operands of one number type (cel-go common/types/{int,uint,double}.go). */
function arithmetic(
  small: (a: number, b: number) => number,
  integers: Integers,
  doubles: ((a: number, b: number) => number) | null,
) {
  return (a: Value, b: Value): Value => {
    if (isInt(a) && isInt(b)) {
      if (typeof a === 'number' && typeof b === 'number') {
        const result = small(a, b);
        if (Number.isSafeInteger(result)) return result;
      }
      return int(integers(BigInt(a), BigInt(b)));
    }
    if (a instanceof Uint && b instanceof Uint) return uint(integers(a.value, b.value));
    if (doubles !== null && isDouble(a) && isDouble(b)) return double(doubles(doubleOf(a), doubleOf(b)));
    return noSuchOverload();
  };
}

const addNumbers = arithmetic(
  (a, b) => a + b,
  (a, b) => a + b,
  (a, b) => a + b,
);
const subtractNumbers = arithmetic(
  (a, b) => a - b,
  (a, b) => a - b,
  (a, b) => a - b,
);
const multiplyNumbers = arithmetic(
  (a, b) => (a * b === 0 ? 0 : a * b),
  (a, b) => a * b,
  (a, b) => a * b,
);
const divideNumbers = arithmetic(
  (a, b) => Math.trunc(a / b) + 0,
  (a, b) => a / b,
  (a, b) => a / b,
);
const remainderNumbers = arithmetic(
  (a, b) => (a % b) + 0,
  (a, b) => a % b,
  null,
);

function isZeroInteger(value: Value): boolean {
  return value === 0 || (value instanceof Uint && value.value === 0n);
}

/** `a + b`: numbers, strings, bytes, lists, times. */
export function add(a: Value, b: Value): Value {
  if (typeof a === 'string') return typeof b === 'string' ? a + b : noSuchOverload();
  if (isList(a)) return isList(b) ? (b.length === 0 ? a : a.length === 0 ? b : [...a, ...b]) : noSuchOverload();
  if (a instanceof Timestamp && b instanceof Duration) return a.plus(b);
  if (a instanceof Duration)
    return b instanceof Duration ? a.plus(b) : b instanceof Timestamp ? b.plus(a) : noSuchOverload();
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Uint8Array.of(...a, ...b);
  return addNumbers(a, b);
}

function subtract(a: Value, b: Value): Value {
  if (a instanceof Timestamp)
    return b instanceof Timestamp ? a.since(b) : b instanceof Duration ? a.minus(b) : noSuchOverload();
  if (a instanceof Duration) return b instanceof Duration ? a.minus(b) : noSuchOverload();
  return subtractNumbers(a, b);
}

function divide(a: Value, b: Value): Value {
  return isZeroInteger(b) && !isDouble(a) ? new ErrorValue('division by zero') : divideNumbers(a, b);
}

function remainder(a: Value, b: Value): Value {
  return isZeroInteger(b) && !isDouble(a) ? new ErrorValue('modulus by zero') : remainderNumbers(a, b);
}

function negate(a: Value): Value {
  if (isInt(a)) return typeof a === 'number' ? 0 - a : a === INT64_MIN ? new ErrorValue('integer overflow') : int(-a);
  if (isDouble(a)) return double(-doubleOf(a));
  return noSuchOverload();
}

function not(a: Value): Value {
  return typeof a === 'boolean' ? !a : noSuchOverload();
}

/** `item in container`: an element of a list, a key of a map. */
export function contains(item: Value, container: Value): Value {
  if (isMap(container)) return mapGet(container, item) !== undefined;
  if (!isList(container)) return noSuchOverload();
  let fault: Fault | undefined;
  for (const element of container) {
    const same = equal(element, item);
    if (same === true) return true;
    if (same !== false) fault ??= same;
  }
  return fault ?? false;
}

const ordered =
  (holds: (order: number) => boolean) =>
  (a: Value, b: Value): Value => {
    const order = compare(a, b);
    return typeof order === 'number' ? holds(order) : order;
  };

function notEqual(a: Value, b: Value): Value {
  const same = equal(a, b);
  return typeof same === 'boolean' ? !same : same;
}

/** A tenth of a unit for each unit of string or bytes that is walked, rounded up. */
function walked(...sizes: number[]): number {
  return Math.ceil(sizes.reduce((sum, size) => sum + size, 0) * 0.1) - 1;
}

/** What a value counts as for costs: length of strings, bytes, lists; 1 for the rest. */
export function costSize(value: Value): number {
  return typeof value === 'string' || value instanceof Uint8Array || isList(value) ? value.length : 1;
}

const lesserSize = ([a, b]: readonly Value[]): number => walked(Math.min(costSize(a ?? null), costSize(b ?? null)));

function operator(name: string, arity: number, apply: CelFunction['apply'], cost?: CelFunction['cost']): CelFunction {
  return { name, style: 'global', arity: [arity], apply, ...(cost === undefined ? {} : { cost }) };
}

/** The operators that are neither logical nor selections, by cel-go's names. */
export const operators: readonly CelFunction[] = [
  operator('_+_', 2, add, ([a, b]) =>
    typeof a === 'string' || a instanceof Uint8Array ? walked(costSize(a), costSize(b ?? null)) : 0,
  ),
  operator('_-_', 2, subtract),
  operator('_*_', 2, multiplyNumbers),
  operator('_/_', 2, divide),
  operator('_%_', 2, remainder),
  operator('-_', 1, negate),
  operator('!_', 1, not),
  operator('_==_', 2, equal, lesserSize),
  operator('_!=_', 2, notEqual, lesserSize),
  operator(
    '_<_',
    2,
    ordered((order) => order < 0),
    lesserSize,
  ),
  operator(
    '_<=_',
    2,
    ordered((order) => order <= 0),
    lesserSize,
  ),
  operator(
    '_>_',
    2,
    ordered((order) => order > 0),
    lesserSize,
  ),
  operator(
    '_>=_',
    2,
    ordered((order) => order >= 0),
    lesserSize,
  ),
  operator('@in', 2, contains, ([, container]) => (isList(container ?? null) ? costSize(container ?? null) - 1 : 0)),
];
