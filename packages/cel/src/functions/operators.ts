import { Abort } from '../values/abort.ts';
import { CelMap } from '../values/cel-map.ts';
import { ErrorValue, Unknown, noSuchOverload } from '../values/fault.ts';
import { INT64_MIN, Uint, double, doubleOf, int, isDouble, isInt, uint } from '../values/numbers.ts';
import { Duration } from '../values/duration.ts';
import { Cidr } from '../values/cidr.ts';
import { Ip } from '../values/ip.ts';
import { Timestamp } from '../values/timestamp.ts';
import { equal, isMap, mapGet } from '../values/equality.ts';
import { effort, listEffort, textEffort } from '../values/effort.ts';
import { compare } from '../values/order.ts';
import type { Fault } from '../values/fault.ts';
import { isDoubt } from '../values/unseen.ts';
import { type Value, isList } from '../values/value.ts';
import { operandSize, walk } from './cost.ts';
import type { CelFunction, Cost, CostFor } from './function.ts';

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

const addNumbers = /* @__PURE__ */ arithmetic(
  (a, b) => a + b,
  (a, b) => a + b,
  (a, b) => a + b,
);
const subtractNumbers = /* @__PURE__ */ arithmetic(
  (a, b) => a - b,
  (a, b) => a - b,
  (a, b) => a - b,
);
const multiplyNumbers = /* @__PURE__ */ arithmetic(
  (a, b) => (a * b === 0 ? 0 : a * b),
  (a, b) => a * b,
  (a, b) => a * b,
);
const divideNumbers = /* @__PURE__ */ arithmetic(
  (a, b) => Math.trunc(a / b) + 0,
  (a, b) => a / b,
  (a, b) => a / b,
);
const remainderNumbers = /* @__PURE__ */ arithmetic(
  (a, b) => (a % b) + 0,
  (a, b) => a % b,
  null,
);

function isZeroInteger(value: Value): boolean {
  return value === 0 || (value instanceof Uint && value.value === 0n);
}

/** `a + b`: numbers, strings, bytes, lists, times. */
export function add(a: Value, b: Value): Value {
  if (typeof a === 'string') return typeof b === 'string' ? concatenated(a, b) : noSuchOverload();
  if (isList(a)) return isList(b) ? joined(a, b) : noSuchOverload();
  if (a instanceof Timestamp && b instanceof Duration) return a.plus(b);
  if (a instanceof Duration)
    return b instanceof Duration ? a.plus(b) : b instanceof Timestamp ? b.plus(a) : noSuchOverload();
  if (a instanceof Uint8Array && b instanceof Uint8Array) return joinedBytes(a, b);
  return addNumbers(a, b);
}

function concatenated(a: string, b: string): string {
  textEffort(a.length + b.length);
  return a + b;
}

function joined(a: readonly Value[], b: readonly Value[]): readonly Value[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  listEffort(a.length + b.length);
  return [...a, ...b];
}

function joinedBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  textEffort(a.length + b.length);
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
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
  if (isZeroInteger(b) && !isDouble(a)) return new ErrorValue('modulus by zero');
  // Go's quotient would not fit.
  return a === INT64_MIN && b === -1 ? new ErrorValue('integer overflow') : remainderNumbers(a, b);
}

function negate(a: Value): Value {
  if (isInt(a)) return typeof a === 'number' ? 0 - a : a === INT64_MIN ? new ErrorValue('integer overflow') : int(-a);
  if (isDouble(a)) return double(-doubleOf(a));
  if (a instanceof Duration) return new Duration(-a.nanos);
  return noSuchOverload();
}

function not(a: Value): Value {
  return typeof a === 'boolean' ? !a : noSuchOverload();
}

/** `item in container`: an element of a list, a key of a map. */
export function contains(item: Value, container: Value): Value {
  if (isList(container)) return containsElement(item, container);
  if (!isMap(container)) return noSuchOverload();
  // Bytes have no hash in Go, and its maps with keys of all types break off.
  if (item instanceof Uint8Array && container instanceof CelMap)
    throw new Abort('internal error: hash of unhashable type', 'evaluation');
  const held = mapGet(container, item);
  return held !== undefined && isDoubt(held) ? held : held !== undefined;
}

function containsElement(item: Value, list: readonly Value[]): Value {
  effort(list.length);
  let unknown: Fault | undefined;
  for (const element of list) {
    // Two texts are equal where they are the same.
    if (typeof element === 'string' && typeof item === 'string') {
      if (element === item) return true;
      continue;
    }
    const same = equal(element, item);
    if (same === true) return true;
    // cel-go takes an error for not equal.
    if (same instanceof Unknown) unknown ??= same;
  }
  return unknown ?? false;
}

const ordered =
  (holds: (order: number) => boolean) =>
  (a: Value, b: Value): Value => {
    const order = compare(a, b);
    if (typeof order !== 'number') return order;
    return Number.isNaN(order) ? new ErrorValue('NaN values cannot be ordered') : holds(order);
  };

/** cel-go takes an error of the comparison for not equal; unknowns stay. */
function notEqual(a: Value, b: Value): Value {
  const same = equal(a, b);
  return same instanceof Unknown ? same : same !== true;
}

/** Of two operands the shorter is walked. */
const walksShorter: Cost = ([a, b]) => walk(Math.min(operandSize(a), operandSize(b)));
const walksBoth: Cost = ([a, b]) => walk(operandSize(a) + operandSize(b));
const asManyAsThereAre: Cost = ([, list]) => operandSize(list);

/** Text is charged by its length where the checker knows that it is text. */
const ofText =
  (cost: Cost): CostFor =>
  (overload) =>
    overload !== null && /_(?:string|bytes)$/.test(overload) ? cost : undefined;

/** Kubernetes charges one unit for the equality of its own types; of those only addresses have a size. */
function isOpaque(value: Value): boolean {
  return value instanceof Ip || value instanceof Cidr;
}

function operator(
  name: string,
  arity: number,
  apply: CelFunction['apply'],
  costs: Pick<CelFunction, 'cost' | 'costFor'> = {},
): CelFunction {
  return { name, style: 'global', arity: [arity], apply, ...costs };
}

/** The operators that are neither logical nor selections, by cel-go's names. */
export const operators = (): readonly CelFunction[] => [
  operator('_+_', 2, add, { costFor: ofText(walksBoth) }),
  operator('_-_', 2, subtract),
  operator('_*_', 2, multiplyNumbers),
  operator('_/_', 2, divide),
  operator('_%_', 2, remainder),
  operator('-_', 1, negate),
  operator('!_', 1, not),
  operator('_==_', 2, equal, { cost: (args) => (isOpaque(args[0] ?? null) ? 1 : walksShorter(args)) }),
  operator('_!=_', 2, notEqual, { cost: walksShorter }),
  operator(
    '_<_',
    2,
    ordered((order) => order < 0),
    { costFor: ofText(walksShorter) },
  ),
  operator(
    '_<=_',
    2,
    ordered((order) => order <= 0),
    { costFor: ofText(walksShorter) },
  ),
  operator(
    '_>_',
    2,
    ordered((order) => order > 0),
    { costFor: ofText(walksShorter) },
  ),
  operator(
    '_>=_',
    2,
    ordered((order) => order >= 0),
    { costFor: ofText(walksShorter) },
  ),
  operator('@in', 2, contains, {
    costFor: (overload) => (overload === 'in_list' ? asManyAsThereAre : undefined),
  }),
];
