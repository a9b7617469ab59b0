import { noSuchOverload } from '../values/fault.ts';
import { isInt } from '../values/numbers.ts';
import { type Value, isList } from '../values/value.ts';
import * as strings from '../libraries/strings.ts';
import { format } from '../libraries/format.ts';
import { inspect } from './inspect.ts';
import { listIndexOf, listLastIndexOf } from './lists.ts';
import { costSize } from './operators.ts';
import type { CelFunction } from './function.ts';

const walkedOnce = ([text]: readonly Value[]): number => Math.ceil(costSize(text ?? null) * 0.1);

type Kind = 'string' | 'int';

type Argument = string | number | undefined;

/** A member of strings whose further arguments are of the given kinds, those after `required` optional. */
function stringFunction(
  name: string,
  kinds: readonly Kind[],
  required: number,
  apply: (text: string, args: readonly Argument[]) => Value,
): CelFunction {
  return {
    name,
    style: 'member',
    arity: Array.from({ length: kinds.length - required + 1 }, (_, i) => required + 1 + i),
    apply: (text, ...args) => {
      if (typeof text !== 'string') return noSuchOverload();
      const given: Argument[] = [];
      for (const [i, arg] of args.entries()) {
        if (kinds[i] === 'string' && typeof arg === 'string') given.push(arg);
        else if (kinds[i] === 'int' && isInt(arg)) given.push(Number(arg));
        else return noSuchOverload();
      }
      return apply(text, given);
    },
    cost: walkedOnce,
  };
}

const text = (argument: Argument): string => String(argument);
const whole = (argument: Argument): number => Number(argument);
const maybe = (argument: Argument): number | undefined => (argument === undefined ? undefined : Number(argument));

function place(
  ofString: (text: string, part: string, at?: number) => number,
  ofList: (list: readonly Value[], item: Value) => Value,
): CelFunction['apply'] {
  return (container, item, at) => {
    if (isList(container ?? null) && at === undefined) return ofList(container as readonly Value[], item ?? null);
    if (typeof container !== 'string' || typeof item !== 'string') return noSuchOverload();
    if (at === undefined) return ofString(container, item);
    return isInt(at) ? ofString(container, item, Number(at)) : noSuchOverload();
  };
}

function join(list: Value, separator: Value): Value {
  if (!isList(list) || typeof separator !== 'string' || !list.every((part) => typeof part === 'string'))
    return noSuchOverload();
  return list.join(separator);
}

function formatFunction(template: Value, args: Value): Value {
  return typeof template === 'string' && isList(args) ? format(template, args.map(inspect)) : noSuchOverload();
}

/** indexOf and lastIndexOf of strings and lists: one name each, told apart by the target. */
const places: readonly CelFunction[] = [
  { name: 'indexOf', style: 'member', arity: [2, 3], apply: place(strings.indexOf, listIndexOf), cost: walkedOnce },
  {
    name: 'lastIndexOf',
    style: 'member',
    arity: [2, 3],
    apply: place(strings.lastIndexOf, listLastIndexOf),
    cost: walkedOnce,
  },
];

/** cel-go's ext.Strings, version 2, format apart. */
export const extStrings: readonly CelFunction[] = [
  stringFunction('charAt', ['int'], 1, (from, [at]) => strings.charAt(from, whole(at))),
  stringFunction('lowerAscii', [], 0, (from) => strings.lowerAscii(from)),
  stringFunction('upperAscii', [], 0, (from) => strings.upperAscii(from)),
  stringFunction('replace', ['string', 'string', 'int'], 2, (from, [old, by, limit]) =>
    strings.replace(from, text(old), text(by), maybe(limit)),
  ),
  stringFunction('split', ['string', 'int'], 1, (from, [separator, limit]) =>
    strings.split(from, text(separator), maybe(limit)),
  ),
  stringFunction('substring', ['int', 'int'], 1, (from, [start, end]) =>
    strings.substring(from, whole(start), maybe(end)),
  ),
  stringFunction('trim', [], 0, (from) => strings.trim(from)),
  {
    name: 'join',
    style: 'member',
    arity: [1, 2],
    apply: (list, separator) => join(list ?? null, separator ?? ''),
    cost: walkedOnce,
  },
  {
    name: 'strings.quote',
    style: 'global',
    arity: [1],
    apply: (text) => (typeof text === 'string' ? strings.quote(text) : noSuchOverload()),
    cost: walkedOnce,
  },
  {
    name: 'format',
    style: 'member',
    arity: [2],
    apply: (template, args) => formatFunction(template ?? null, args ?? null),
    cost: walkedOnce,
  },
  ...places,
];

/** `reverse` of strings came with version 3, which Kubernetes does not have; lists have it under the same name. */
export const reverseOfStringsAndLists: CelFunction = {
  name: 'reverse',
  style: 'member',
  arity: [1],
  apply: (value) =>
    typeof value === 'string'
      ? strings.reverse(value)
      : isList(value ?? null)
        ? (value as readonly Value[]).toReversed()
        : noSuchOverload(),
  cost: walkedOnce,
};
