import { Fault, ErrorValue, noSuchOverload } from '../values/fault.ts';
import { compare } from '../values/order.ts';
import { equal } from '../values/equality.ts';
import { isInt } from '../values/numbers.ts';
import { type Value, isList } from '../values/value.ts';
import { add, costSize } from './operators.ts';
import type { CelFunction } from './function.ts';

type ListFunction = (list: readonly Value[], ...args: Value[]) => Value;

/** A member of lists; its cost is one unit an element. */
function listFunction(name: string, arity: readonly number[], apply: ListFunction): CelFunction {
  return {
    name,
    style: 'member',
    arity,
    apply: (list, ...args) => (isList(list ?? null) ? apply(list as readonly Value[], ...args) : noSuchOverload()),
    cost: ([list]) => costSize(list ?? null),
  };
}

function isSorted(list: readonly Value[]): Value {
  for (let i = 1; i < list.length; i += 1) {
    const order = compare(list[i - 1] ?? null, list[i] ?? null);
    if (typeof order !== 'number') return order;
    if (order > 0) return false;
  }
  return true;
}

const extreme =
  (name: string, better: (order: number) => boolean): ListFunction =>
  (list) => {
    let best = list[0];
    if (best === undefined) return new ErrorValue(`${name} called on empty list`);
    for (const item of list.slice(1)) {
      const order = compare(item, best);
      if (typeof order !== 'number') return order;
      if (better(order)) best = item;
    }
    return best;
  };

function sum(list: readonly Value[]): Value {
  const [first, ...rest] = list;
  return rest.reduce((total: Value, item) => (total instanceof Fault ? total : add(total, item)), first ?? 0);
}

function place(list: readonly Value[], item: Value, indices: Iterable<number>): Value {
  for (const i of indices) if (equal(list[i] ?? null, item) === true) return i;
  return -1;
}

function slice(list: readonly Value[], start: Value, end: Value): Value {
  if (!isInt(start) || !isInt(end)) return noSuchOverload();
  if (start < 0 || end < 0) return new ErrorValue(`cannot slice(${start}, ${end}), negative indexes not supported`);
  if (start > end)
    return new ErrorValue(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
  if (end > list.length) return new ErrorValue(`cannot slice(${start}, ${end}), list is length ${list.length}`);
  return list.slice(Number(start), Number(end));
}

function flatten(list: readonly Value[], depth: Value = 1): Value {
  if (!isInt(depth)) return noSuchOverload();
  if (depth < 0) return new ErrorValue('level must be non-negative');
  return list.flatMap((item) =>
    isList(item) && depth > 0 ? (depth > 1 ? (flatten(item, Number(depth) - 1) as readonly Value[]) : item) : [item],
  );
}

function distinct(list: readonly Value[]): Value {
  const kept: Value[] = [];
  for (const item of list) if (!kept.some((other) => equal(other, item) === true)) kept.push(item);
  return kept;
}

function sort(list: readonly Value[]): Value {
  for (const item of list) {
    const order = compare(item, list[0] ?? null);
    if (typeof order !== 'number') return order;
  }
  return list.toSorted((a, b) => Number(compare(a, b)));
}

function range(count: Value): Value {
  if (!isInt(count)) return noSuchOverload();
  if (count > 1_000_000) return new ErrorValue(`lists.range(${count}): too long`);
  return Array.from({ length: Math.max(0, Number(count)) }, (_, i) => i);
}

/** Kubernetes' lists (pkg/cel/library/lists.go). indexOf and lastIndexOf stand with the strings' ones. */
export const kubernetesLists: readonly CelFunction[] = [
  listFunction('isSorted', [1], isSorted),
  listFunction('sum', [1], sum),
  listFunction(
    'min',
    [1],
    extreme('min', (order) => order < 0),
  ),
  listFunction(
    'max',
    [1],
    extreme('max', (order) => order > 0),
  ),
];

/** First place of an item. */
export function listIndexOf(list: readonly Value[], item: Value): Value {
  return place(list, item, list.keys());
}

/** Last place of an item. */
export function listLastIndexOf(list: readonly Value[], item: Value): Value {
  return place(list, item, [...list.keys()].toReversed());
}

/** cel-go's ext.Lists, version 3 (1.34), without sortBy and what the strings and optionals have under the same name. */
export const extLists: readonly CelFunction[] = [
  listFunction('slice', [3], slice),
  listFunction('flatten', [1, 2], flatten),
  listFunction('distinct', [1], distinct),
  listFunction('sort', [1], sort),
  listFunction('reverse', [1], (list) => list.toReversed()),
  { name: 'lists.range', style: 'global', arity: [1], apply: (count) => range(count ?? null) },
];
