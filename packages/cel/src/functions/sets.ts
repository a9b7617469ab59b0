import { equal } from '../values/equality.ts';
import { type Fault, noSuchOverload } from '../values/fault.ts';
import { unknownIn } from '../values/unseen.ts';
import { type Value, isList } from '../values/value.ts';
import { sizeOf } from './cost.ts';
import { contains } from './operators.ts';
import type { CelFunction } from './function.ts';

type List = readonly Value[];

function onSets(name: string, factor: number, holds: (a: List, b: List) => Value): CelFunction {
  return {
    name,
    style: 'global',
    arity: [2],
    apply: (a = null, b = null) => (isList(a) && isList(b) ? (unknownIn([a, b]) ?? holds(a, b)) : noSuchOverload()),
    cost: ([a, b]) => 1 + sizeOf(a) * sizeOf(b) * factor,
  };
}

/** True, or false or the fault of the first element that is not there. */
function containsAll(list: List, items: List): boolean | Fault {
  for (const item of items) {
    const found = contains(item, list);
    if (found !== true) return found as false | Fault;
  }
  return true;
}

/** cel-go's ext.Sets (ext/sets.go). */
export const setFunctions = (): readonly CelFunction[] => [
  onSets('sets.contains', 1, containsAll),
  onSets('sets.equivalent', 2, (a, b) => {
    const there = containsAll(a, b);
    return there === true ? containsAll(b, a) : there;
  }),
  onSets('sets.intersects', 1, (a, b) => a.some((item) => b.some((other) => equal(item, other) === true))),
];
