import { noSuchOverload } from '../values/fault.ts';
import { textEffort } from '../values/effort.ts';
import { isInt } from '../values/numbers.ts';
import { unknownIn } from '../values/unseen.ts';
import { type Value, isList } from '../values/value.ts';
import { codePointLength } from '../libraries/strings.ts';
import * as strings from '../libraries/strings.ts';
import { format } from '../libraries/format.ts';
import { inspect } from './inspect.ts';
import { operandSize, sizeOf, treeSize, walk, walksArgument } from './cost.ts';
import type { CelFunction, Cost } from './function.ts';

type Kind = 'string' | 'int';

type Argument = string | number | undefined;

/** A member of strings whose further arguments are of the given kinds, those after `required` optional. */
function stringFunction(
  name: string,
  kinds: readonly Kind[],
  required: number,
  apply: (text: string, args: readonly Argument[], given: readonly Value[]) => Value,
  cost?: Cost,
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
      return apply(text, given, args);
    },
    accepts: (target) => typeof target === 'string',
    ...(cost === undefined ? {} : { cost }),
  };
}

const text = (argument: Argument): string => String(argument);
const whole = (argument: Argument): number => Number(argument);
const maybe = (argument: Argument): number | undefined => (argument === undefined ? undefined : Number(argument));

function join(list: Value, separator: Value): Value {
  if (!isList(list) || typeof separator !== 'string' || !list.every((part) => typeof part === 'string'))
    return unknownIn(list) ?? noSuchOverload();
  textEffort(list.reduce<number>((sum, part) => sum + part.length, list.length * separator.length));
  return list.join(separator);
}

function formatFunction(template: Value, args: Value): Value {
  if (typeof template !== 'string' || !isList(args)) return noSuchOverload();
  return unknownIn(args) ?? format(template, args.map(inspect));
}

/** The length of what join makes; an error counts as one. */
function joinedSize(list: Value, separator: Value): number {
  if (typeof separator !== 'string' || !isList(list) || !list.every((part) => typeof part === 'string')) return 1;
  const separators = Math.max(0, list.length - 1) * sizeOf(separator);
  return list.reduce<number>((sum, part) => sum + sizeOf(part), separators);
}

const walksText = /* @__PURE__ */ walksArgument();
const walksTwice = /* @__PURE__ */ walksArgument(0, 2);
/** Kubernetes charges indexOf as a walk through a tree, of bytes. */
const walksBytes: Cost = ([text]) => treeSize(text ?? null);

/** cel-go's ext.Strings, version 0 (ext/strings.go). */
export const stringFunctions = (): readonly CelFunction[] => [
  stringFunction('charAt', ['int'], 1, (from, [at]) => strings.charAt(from, whole(at))),
  stringFunction(
    'indexOf',
    ['string', 'int'],
    1,
    (from, [part, at], given) => (part === '' ? (given[1] ?? 0) : strings.indexOf(from, text(part), maybe(at))),
    walksBytes,
  ),
  stringFunction(
    'lastIndexOf',
    ['string', 'int'],
    1,
    (from, [part, at], given) =>
      part === '' ? (given[1] ?? codePointLength(from)) : strings.lastIndexOf(from, text(part), maybe(at)),
    walksBytes,
  ),
  stringFunction('lowerAscii', [], 0, (from) => strings.lowerAscii(from), walksText),
  stringFunction('upperAscii', [], 0, (from) => strings.upperAscii(from), walksText),
  stringFunction(
    'replace',
    ['string', 'string', 'int'],
    2,
    (from, [old, by, limit]) => strings.replace(from, text(old), text(by), maybe(limit)),
    walksTwice,
  ),
  stringFunction(
    'split',
    ['string', 'int'],
    1,
    (from, [separator, limit]) => strings.split(from, text(separator), maybe(limit)),
    walksTwice,
  ),
  stringFunction(
    'substring',
    ['int', 'int'],
    1,
    (from, [start, end]) => strings.substring(from, whole(start), maybe(end)),
    walksText,
  ),
  stringFunction('trim', [], 0, (from) => strings.trim(from), walksText),
  {
    name: 'join',
    style: 'member',
    arity: [1, 2],
    apply: (list, separator) => join(list ?? null, separator ?? ''),
    cost: ([list, separator = '']) => walk(2 * joinedSize(list ?? null, separator)),
  },
];

/** What version 2 has besides. */
export const formatFunctions = (): readonly CelFunction[] => [
  {
    name: 'strings.quote',
    style: 'global',
    arity: [1],
    apply: (text) => (typeof text === 'string' ? strings.quote(text) : noSuchOverload()),
    cost: ([text]) => walk(operandSize(text)),
  },
  {
    name: 'format',
    style: 'member',
    arity: [2],
    apply: (template, args) => formatFunction(template ?? null, args ?? null),
    cost: ([template]) => walk(sizeOf(template)),
  },
];

/** `reverse` of strings came with version 3, which Kubernetes does not have. */
export const reverseFunctions = (): readonly CelFunction[] => [
  stringFunction('reverse', [], 0, (from) => strings.reverse(from)),
];
