import { Abort } from '../values/abort.ts';
import { ErrorValue, Fault, Unknown, noSuchOverload } from '../values/fault.ts';
import { compare } from '../values/order.ts';
import { equal } from '../values/equality.ts';
import { isInt } from '../values/numbers.ts';
import { unknownIn } from '../values/unseen.ts';
import { type Value, isList } from '../values/value.ts';
import { typeOf } from '../values/type-of.ts';
import { listEffort } from '../values/effort.ts';
import { sizeOf, treeSize } from './cost.ts';
import { add } from './operators.ts';
import type { CelFunction, Cost } from './function.ts';

/** What a new list costs (cel-go common/cost.go). */
const LIST_COST = 10;

type ListFunction = (list: readonly Value[], ...args: Value[]) => Value;

function listFunction(name: string, arity: readonly number[], apply: ListFunction, cost?: Cost): CelFunction {
  return {
    name,
    style: 'member',
    arity,
    apply: (list = null, ...args) => (isList(list) ? apply(list, ...args) : noSuchOverload()),
    accepts: (list) => isList(list),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** A function that looks into what the list holds. */
function lookingFunction(name: string, arity: readonly number[], apply: ListFunction, cost?: Cost): CelFunction {
  return listFunction(name, arity, (list, ...args) => unknownIn([list, args]) ?? apply(list, ...args), cost);
}

/** cel-go chooses the overload by the first element: one that no overload takes is refused. */
const firstOf =
  (types: ReadonlySet<string>, apply: (list: readonly Value[]) => Value): ListFunction =>
  (list) => {
    const [first] = list;
    return first !== undefined && !types.has(typeOf(first)) ? noSuchOverload() : apply(list);
  };

const summable: ReadonlySet<string> = new Set(['int', 'uint', 'double', 'google.protobuf.Duration']);
const comparable: ReadonlySet<string> = new Set([
  'int',
  'uint',
  'double',
  'google.protobuf.Duration',
  'bool',
  'google.protobuf.Timestamp',
  'string',
  'bytes',
]);

/** As cel-go has it, elements of two types are in order, and what has no order is refused where it is met. */
function isSorted(list: readonly Value[]): Value {
  for (const [i, item] of list.entries()) {
    if (!comparable.has(typeOf(item))) return noSuchOverload();
    const order = i === 0 ? 0 : compare(list[i - 1] ?? null, item);
    if (typeof order === 'number' && order > 0) return false;
  }
  return true;
}

const extreme =
  (name: string, better: (order: number) => boolean): ListFunction =>
  (list) => {
    let best = list[0];
    if (best === undefined) return new ErrorValue(`${name} called on empty list`);
    for (const item of list.slice(1)) {
      if (!comparable.has(typeOf(item))) return noSuchOverload();
      const order = compare(item, best);
      if (typeof order === 'number' && better(order)) best = item;
    }
    return best;
  };

function sum(list: readonly Value[]): Value {
  const [first, ...rest] = list;
  return rest.reduce((total: Value, item) => (total instanceof Fault ? total : add(total, item)), first ?? 0);
}

function slice(list: readonly Value[], start: Value, end: Value): Value {
  if (!isInt(start) || !isInt(end)) return noSuchOverload();
  if (start < 0 || end < 0) return new ErrorValue(`cannot slice(${start}, ${end}), negative indexes not supported`);
  if (start > end)
    return new ErrorValue(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
  if (end > list.length) return new ErrorValue(`cannot slice(${start}, ${end}), list is length ${list.length}`);
  return list.slice(Number(start), Number(end));
}

function flattenInto(flat: Value[], list: readonly Value[], depth: number): void {
  listEffort(1 + list.length);
  for (const item of list) {
    if (isList(item) && depth > 0) flattenInto(flat, item, depth - 1);
    else flat.push(item);
  }
}

function flatten(list: readonly Value[], depth: Value = 1): Value {
  if (!isInt(depth)) return noSuchOverload();
  if (depth < 0) return new ErrorValue('level must be non-negative');
  const flat: Value[] = [];
  flattenInto(flat, list, Number(depth));
  return flat;
}

function distinct(list: readonly Value[]): Value {
  const kept: Value[] = [];
  for (const item of list) if (!kept.some((other) => equal(other, item) === true)) kept.push(item);
  return kept;
}

/** The elements in the order of their keys, which must be of one comparable type. */
export function sortByKeys(list: readonly Value[], keys: readonly Value[]): Value {
  const [first] = keys;
  if (first === undefined) return list;
  const order = compare(first, first);
  if (typeof order !== 'number') return new ErrorValue('list elements must be comparable');
  if (keys.some((key) => typeOf(key) !== typeOf(first))) return new ErrorValue('list elements must have the same type');
  return list
    .map((value, i) => ({ value, key: keys[i] ?? null }))
    .toSorted((a, b) => Number(compare(a.key, b.key)))
    .map(({ value }) => value);
}

function range(count: Value): Value {
  if (!isInt(count)) return noSuchOverload();
  if (count > 1_000_000) return new ErrorValue(`lists.range(${count}): too long`);
  return Array.from({ length: Math.max(0, Number(count)) }, (_, i) => i);
}

/** Costs of ext.Lists (trackAllocatingListCall): so much an element, the call, the new list. */
function allocated(factor: number, size: number): number {
  return Math.trunc(size * factor) + 1 + LIST_COST;
}

/** An error counts as one. */
const sliced: Cost = ([list, start, end]) => {
  const valid = isList(list ?? null) && isInt(start) && isInt(end) && start >= 0 && end >= start && end <= sizeOf(list);
  return allocated(1, valid ? Number(end) - Number(start) : 1);
};

/**
 * Every element against every other, text walked besides; for distinct and sort, by the first element's type. Where
 * there is no list, cel-go's count breaks off the evaluation (ext/lists.go trackListSelfCompare).
 */
export function selfCompared(list: Value | undefined): number {
  if (list instanceof Unknown) return 1;
  if (list === undefined || !isList(list)) throw new Abort('internal error: no list to compare', 'evaluation');
  const [first] = list;
  const factor = typeof first === 'string' || first instanceof Uint8Array ? 2.1 : 2;
  return allocated(factor, list.length * list.length);
}

const walksTree: Cost = ([list]) => treeSize(list ?? null);

function indexOf(name: string, find: (list: readonly Value[], item: Value) => number): CelFunction {
  return lookingFunction(name, [2], (list, item = null) => find(list, item), walksTree);
}

/** Kubernetes' lists (pkg/cel/library/lists.go). */
export const kubernetesLists = (): readonly CelFunction[] => [
  lookingFunction('isSorted', [1], firstOf(comparable, isSorted), walksTree),
  lookingFunction('sum', [1], firstOf(summable, sum), walksTree),
  lookingFunction(
    'min',
    [1],
    firstOf(
      comparable,
      extreme('min', (order) => order < 0),
    ),
    walksTree,
  ),
  lookingFunction(
    'max',
    [1],
    firstOf(
      comparable,
      extreme('max', (order) => order > 0),
    ),
    walksTree,
  ),
  indexOf('indexOf', (list, item) => list.findIndex((other) => equal(other, item) === true)),
  indexOf('lastIndexOf', (list, item) => list.findLastIndex((other) => equal(other, item) === true)),
];

/** cel-go's ext.Lists, version 3 (ext/lists.go); its macro sortBy is in evaluate/macro.ts. */
export const extLists = (): readonly CelFunction[] => [
  listFunction('slice', [3], slice, sliced),
  lookingFunction('flatten', [1, 2], flatten, ([list, depth = 1]) =>
    allocated(isInt(depth) ? Number(depth) : 1, sizeOf(list)),
  ),
  lookingFunction('distinct', [1], distinct, ([list]) => selfCompared(list)),
  {
    ...lookingFunction(
      'sort',
      [1],
      firstOf(comparable, (list) => sortByKeys(list, list)),
    ),
    costFor: (overload) => (overload === null ? undefined : ([items]) => selfCompared(items)),
  },
  listFunction(
    'reverse',
    [1],
    (list) => list.toReversed(),
    ([list]) => allocated(1, isList(list ?? null) ? sizeOf(list) : 1),
  ),
  {
    name: 'lists.range',
    style: 'global',
    arity: [1],
    apply: (count = null) => range(count),
    cost: ([count = 0]) => allocated(1, isInt(count) ? Math.max(0, Number(count)) : 1),
  },
];
