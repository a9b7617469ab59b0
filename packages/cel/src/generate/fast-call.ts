import { functionsOf } from '../environment/function-table.ts';
import { isInherited } from '../evaluate/field-reader.ts';
import { walkOfBoth, walkOfText, walkOfTexts } from '../functions/cost.ts';
import type { CelFunction } from '../functions/function.ts';
import { standard } from '../functions/libraries.ts';
import { contains } from '../functions/operators.ts';
import { lazy } from '../lazy.ts';
import { ownField } from '../values/value.ts';

/** A way to make a call in place: where it holds, what it gives, and what it costs; from the texts of the arguments. */
interface FastWay {
  readonly when: (a: string, b: string) => string;
  readonly value: (a: string, b: string, call: (fn: (...args: never[]) => unknown) => string) => string;
  /** One unit where left out; else where the call is charged by its arguments. */
  readonly cost?: (a: string, b: string, call: (fn: (...args: never[]) => unknown) => string) => string;
  /** What the result has to be besides, for it to be one; the value is asked again elsewhere where it is not. */
  readonly unless?: (result: string) => string;
  /** It counts effort, and may end the run. */
  readonly ends?: true;
  /** Not where the call is charged by its arguments: the way would not be the one that was charged for. */
  readonly uncharged?: true;
}

const isNumber = (text: string): string => (/^\d+$/.test(text) ? 'true' : `typeof ${text}==="number"`);
const isOrdered = (text: string): string =>
  /^\d+$/.test(text) ? 'true' : `typeof ${text}==="number"&&${text}===${text}`;
const isSafe = (text: string): string => (/^\d+$/.test(text) ? 'true' : `Number.isSafeInteger(${text})`);
const isText = (text: string): string => (text.startsWith('"') ? 'true' : `typeof ${text}==="string"`);
const isArray = (text: string): string => (/^[tkVa]\S*\d/.test(text) ? `Array.isArray(${text})` : 'false');
/** A literal that no plain object inherits. */
const isPlainName = (text: string): boolean => text.startsWith('"') && !isInherited(String(JSON.parse(text)));
const both =
  (is: (text: string) => string) =>
  (a: string, b: string): string =>
    `${is(a)}&&${is(b)}`;

const ordered = (operator: string): readonly FastWay[] => [
  { when: both(isOrdered), value: (a, b) => `${a}${operator}${b}` },
];
const same = (operator: string): readonly FastWay[] => [
  { when: both(isNumber), value: (a, b) => `${a}${operator}${b}` },
  {
    when: both(isText),
    value: (a, b) => `${a}${operator}${b}`,
    cost: (a, b, call) => `${call(walkOfTexts)}(${a},${b})`,
  },
];
const arithmetic = (operator: string): FastWay => ({
  when: both(isSafe),
  value: (a, b) => `${a}${operator}${b}`,
  unless: isSafe,
  uncharged: true,
});
const ofTexts = (method: string, cost: (text: string, part: string) => number): readonly FastWay[] => [
  {
    when: both(isText),
    value: (a, b) => `${a}.${method}(${b})`,
    cost: (a, b, call) => `${call(cost)}(${a},${b})`,
  },
];

const ways = lazy(
  (): ReadonlyMap<string, readonly FastWay[]> =>
    new Map<string, readonly FastWay[]>([
      ['_<_', ordered('<')],
      ['_<=_', ordered('<=')],
      ['_>_', ordered('>')],
      ['_>=_', ordered('>=')],
      ['_==_', same('===')],
      ['_!=_', same('!==')],
      [
        '_+_',
        [
          arithmetic('+'),
          { when: (a, b) => `${isArray(a)}&&${isArray(b)}&&${b}.length===0`, value: (a) => a, uncharged: true },
        ],
      ],
      ['_-_', [arithmetic('-')]],
      ['!_', [{ when: (a) => `typeof ${a}==="boolean"`, value: (a) => `!${a}` }]],
      ['size', [{ when: isArray, value: (a) => `${a}.length` }]],
      ['startsWith', ofTexts('startsWith', walkOfText)],
      ['endsWith', ofTexts('endsWith', walkOfText)],
      ['contains', ofTexts('includes', walkOfBoth)],
      [
        '@in',
        [
          {
            when: (a, b) => `${isText(a)}&&${isArray(b)}`,
            value: (a, b, call) => `${call(contains)}(${a},${b})`,
            cost: (_, b) => `${b}.length`,
            ends: true,
          },
          {
            when: (a, b) => `${isText(a)}&&${b}?.__proto__===O`,
            value: (a, b, call) =>
              isPlainName(a) ? `${b}[${a}]!==undefined` : `${call(ownField)}(${b},${a})!==undefined`,
            uncharged: true,
          },
        ],
      ],
    ]),
);

/** By what functions are, not by their names: those of other libraries may have the same. */
const known = lazy(
  (): ReadonlyMap<CelFunction['apply'], readonly FastWay[]> =>
    new Map(
      functionsOf(standard).flatMap(({ name, apply }) => {
        const fast = ways().get(name);
        return fast === undefined ? [] : [[apply, fast] as const];
      }),
    ),
);

/** The ways to make a call of a function in place; none for functions that only share a name with one of the standard. */
export function fastWays({ apply }: CelFunction, charged: boolean): readonly FastWay[] {
  return (known().get(apply) ?? []).filter(({ uncharged }) => !charged || uncharged !== true);
}
