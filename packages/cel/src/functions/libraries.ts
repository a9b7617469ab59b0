import { CelError } from '../errors.ts';
import { noSuchOverload } from '../values/fault.ts';
import { int, double, isInt } from '../values/numbers.ts';
import { equal } from '../values/equality.ts';
import { Quantity } from '../values/quantity.ts';
import { type Value, isList } from '../values/value.ts';
import { find, findAll } from '../libraries/regex.ts';
import { authorizerFunctions, authorizerSelectorFunctions } from './authorizer.ts';
import { costSize } from './operators.ts';
import { contains } from './operators.ts';
import { extLists, kubernetesLists } from './lists.ts';
import { extStrings, reverseOfStringsAndLists } from './strings.ts';
import type { CelFunction, Library } from './function.ts';

/** A member of quantities. */
function ofQuantity(name: string, arity: number, apply: (quantity: Quantity, other: Value) => Value): CelFunction {
  return {
    name,
    style: 'member',
    arity: [arity],
    apply: (quantity, other) => (quantity instanceof Quantity ? apply(quantity, other ?? null) : noSuchOverload()),
  };
}

const against =
  (apply: (a: Quantity, b: Quantity) => Value) =>
  (a: Quantity, b: Value): Value =>
    b instanceof Quantity ? apply(a, b) : noSuchOverload();

/** The other side of add and sub: a quantity or an int. */
const amount = (value: Value): Quantity | null =>
  value instanceof Quantity ? value : isInt(value) ? Quantity.parse(String(value)) : null;

function isQuantity(text: Value): Value {
  if (typeof text !== 'string') return noSuchOverload();
  try {
    Quantity.parse(text);
    return true;
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
}

/** Kubernetes' quantities (pkg/cel/library/quantity.go). */
const quantityFunctions: readonly CelFunction[] = [
  {
    name: 'quantity',
    style: 'global',
    arity: [1],
    apply: (text) => (typeof text === 'string' ? Quantity.parse(text) : noSuchOverload()),
  },
  { name: 'isQuantity', style: 'global', arity: [1], apply: (text) => isQuantity(text ?? null) },
  // Declared as a global function there, whatever its documentation says: `sign(quantity('1'))`.
  {
    name: 'sign',
    style: 'global',
    arity: [1],
    apply: (quantity) => (quantity instanceof Quantity ? quantity.sign : noSuchOverload()),
  },
  ofQuantity('isInteger', 1, (quantity) => quantity.integer),
  ofQuantity('asInteger', 1, (quantity) => int(quantity.asInteger())),
  ofQuantity('asApproximateFloat', 1, (quantity) => double(quantity.asApproximateFloat())),
  ofQuantity('add', 2, (quantity, other) => {
    const by = amount(other);
    return by === null ? noSuchOverload() : quantity.plus(by);
  }),
  ofQuantity('sub', 2, (quantity, other) => {
    const by = amount(other);
    return by === null ? noSuchOverload() : quantity.minus(by);
  }),
  ofQuantity(
    'compareTo',
    2,
    against((a, b) => a.compare(b)),
  ),
  ofQuantity(
    'isGreaterThan',
    2,
    against((a, b) => a.compare(b) > 0),
  ),
  ofQuantity(
    'isLessThan',
    2,
    against((a, b) => a.compare(b) < 0),
  ),
];

const regexFunctions: readonly CelFunction[] = [
  {
    name: 'find',
    style: 'member',
    arity: [2],
    apply: (text, pattern) =>
      typeof text === 'string' && typeof pattern === 'string' ? find(text, pattern) : noSuchOverload(),
    cost: ([text, pattern]) =>
      Math.ceil((costSize(text ?? null) + 1) * 0.1) * Math.ceil(costSize(pattern ?? null) * 0.25),
  },
  {
    name: 'findAll',
    style: 'member',
    arity: [2, 3],
    apply: (text, pattern, limit) => {
      if (typeof text !== 'string' || typeof pattern !== 'string' || (limit !== undefined && !isInt(limit)))
        return noSuchOverload();
      return findAll(text, pattern, limit === undefined ? -1 : Number(limit));
    },
    cost: ([text, pattern]) =>
      Math.ceil((costSize(text ?? null) + 1) * 0.1) * Math.ceil(costSize(pattern ?? null) * 0.25),
  },
];

function onSets(name: string, holds: (a: readonly Value[], b: readonly Value[]) => boolean): CelFunction {
  return {
    name,
    style: 'global',
    arity: [2],
    apply: (a, b) =>
      isList(a ?? null) && isList(b ?? null) ? holds(a as readonly Value[], b as readonly Value[]) : noSuchOverload(),
    cost: ([a, b]) => costSize(a ?? null) * costSize(b ?? null),
  };
}

const includes = (list: readonly Value[], item: Value): boolean => contains(item, list) === true;
const containsAll = (a: readonly Value[], b: readonly Value[]): boolean => b.every((item) => includes(a, item));

const setFunctions: readonly CelFunction[] = [
  onSets('sets.contains', containsAll),
  onSets('sets.equivalent', (a, b) => containsAll(a, b) && containsAll(b, a)),
  onSets('sets.intersects', (a, b) => a.some((item) => b.some((other) => equal(item, other) === true))),
];

/** What Kubernetes adds to the standard library, by the version that brought it (pkg/cel/environment/base.go). */
export const kubernetesLibraries: readonly Library[] = [
  { name: 'lists', since: 0, functions: kubernetesLists },
  { name: 'regex', since: 0, functions: regexFunctions },
  { name: 'strings', since: 0, functions: extStrings },
  { name: 'authz', since: 27, functions: authorizerFunctions },
  { name: 'quantity', since: 28, functions: quantityFunctions },
  { name: 'sets', since: 29, functions: setFunctions },
  { name: 'authzSelectors', since: 31, functions: authorizerSelectorFunctions },
  { name: 'ext.lists', since: 34, functions: extLists },
];

/** What Kyverno's environment adds. */
export const kyvernoLibraries: readonly Library[] = [
  {
    name: 'kyverno',
    since: 0,
    functions: [
      reverseOfStringsAndLists,
      // A macro: the entry says that this environment has it.
      { name: 'cel.bind', style: 'global', arity: [3], apply: () => noSuchOverload() },
    ],
  },
];
