import { functionsOf } from '../environment/function-table.ts';
import { isInherited } from '../evaluate/field-reader.ts';
import type { CelFunction } from '../functions/function.ts';
import { standard } from '../functions/libraries.ts';
import { lazy } from '../lazy.ts';
import { ownField } from '../values/value.ts';
import { BAIL, type Kind, type Operand, quoted } from './writer.ts';

/** Names a function as generated code calls it. */
type Use = (fn: (...args: never[]) => unknown) => string;

/** What a walk costs through a text, and through the shorter one of two. */
export interface Walks {
  readonly text: (text: Operand) => string;
  readonly shorter: (a: Operand, b: Operand) => string;
}

/** A way to make a call in place. */
interface FastWay {
  /** The conditions under which it holds; '' for one that does, null where one cannot. */
  readonly when: (a: Operand, b: Operand) => readonly (string | null)[];
  /** Statements that give `target` the value. */
  readonly value: (target: string, a: Operand, b: Operand, use: Use) => string;
  readonly kind: Kind;
  /** One unit where left out; else where the call is charged by its arguments. */
  readonly cost?: (a: Operand, b: Operand, walks: Walks) => string;
  /** It is an error of any other arguments. */
  readonly only?: true;
  /** Parts of values that it walks, where it walks any. */
  readonly effort?: (a: Operand, b: Operand) => string;
  /** Not where the call is charged by its arguments: the way would not be the one that was charged for. */
  readonly uncharged?: true;
}

const is =
  (kind: 'bool' | 'text' | 'number' | 'list', condition: (text: string) => string) =>
  (operand: Operand): string | null => {
    if (operand.kind === kind) return '';
    return operand.kind === 'any' || operand.kind === 'value' ? condition(operand.text) : null;
  };
const isNumber = is('number', (text) => `typeof ${text}==="number"`);
const isSafe = is('number', (text) => `Number.isSafeInteger(${text})`);
const isText = is('text', (text) => `typeof ${text}==="string"`);
const isArray = is('list', (text) => `Array.isArray(${text})`);
const isOrdered = is('number', (text) => `typeof ${text}==="number"&&${text}===${text}`);
const isObject = ({ kind, text }: Operand): string | null =>
  kind === 'any' || kind === 'value' ? `${text}?.__proto__===O` : null;

const both =
  (test: (operand: Operand) => string | null) =>
  (a: Operand, b: Operand): readonly (string | null)[] => [test(a), test(b)];

const infix =
  (operator: string) =>
  (target: string, a: Operand, b: Operand): string =>
    `${target}=${a.text}${operator}${b.text};`;

const ordered = (operator: string): readonly FastWay[] => [
  { when: both(isOrdered), value: infix(operator), kind: 'bool' },
];
const same = (operator: string): readonly FastWay[] => [
  { when: both(isNumber), value: infix(operator), kind: 'bool' },
  {
    when: both(isText),
    value: infix(operator),
    kind: 'bool',
    cost: (a, b, { shorter }) => shorter(a, b),
  },
];
const arithmetic = (operator: string): FastWay => ({
  when: both(isSafe),
  value: (target, a, b) => `${infix(operator)(target, a, b)}if(!Number.isSafeInteger(${target}))${BAIL}`,
  kind: 'number',
  uncharged: true,
});
const ofTexts = (
  test: (text: string, part: Operand) => string,
  cost: NonNullable<FastWay['cost']>,
): readonly FastWay[] => [
  { when: both(isText), value: (target, a, b) => `${target}=${test(a.text, b)};`, kind: 'bool', cost, only: true },
];
const walkOfFirst: FastWay['cost'] = (a, _, { text }) => text(a);

/**
 * One character tells most texts apart, and a search at one place alone takes V8 half the time of its own startsWith.
 */
function startsWith(text: string, { text: part, constant }: Operand): string {
  const first =
    typeof constant === 'string' && constant !== '' ? `${text}.charCodeAt(0)===${constant.charCodeAt(0)}&&` : '';
  return `${first}${text}.lastIndexOf(${part},0)===0`;
}

/** A literal that no plain object inherits. */
const isPlainName = ({ constant }: Operand): boolean => typeof constant === 'string' && !isInherited(constant);

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
          {
            when: (a, b) => [isArray(a), isArray(b), `${b.text}.length===0`],
            value: (target, a) => `${target}=${a.text};`,
            kind: 'list',
            uncharged: true,
          },
          arithmetic('+'),
        ],
      ],
      ['_-_', [arithmetic('-')]],
      ['size', [{ when: (a) => [isArray(a)], value: (target, a) => `${target}=${a.text}.length;`, kind: 'number' }]],
      ['startsWith', ofTexts(startsWith, walkOfFirst)],
      ['endsWith', ofTexts((text, part) => `${text}.endsWith(${part.text})`, walkOfFirst)],
      [
        'contains',
        ofTexts(
          (text, part) => `${text}.includes(${part.text})`,
          (a, b, { text }) => `${text(a)}*${text(b)}`,
        ),
      ],
      [
        '@in',
        [
          {
            when: (a, b) => [isText(a), isArray(b)],
            value: membership,
            kind: 'bool',
            cost: (_, b) => `${b.text}.length`,
            effort: (_, b) => `${b.text}.length`,
          },
          {
            when: (a, b) => [isText(a), isObject(b)],
            value: (target, a, b, use) => {
              const held = isPlainName(a) ? `${b.text}[${a.text}]` : `${use(ownField)}(${b.text},${a.text})`;
              return `if((${target}=${held}) instanceof F)${BAIL}${target}=${target}!==undefined;`;
            },
            kind: 'bool',
            uncharged: true,
          },
        ],
      ],
    ]),
);

/** Longer lists of constant texts are asked by their hash. */
const COMPARED = 8;

/** Whether a text is in a list; a list that holds anything but texts is none of the common ones. */
function membership(target: string, a: Operand, b: Operand, use: Use): string {
  const constant = textsOf(b);
  if (constant !== null) return `${target}=${isAmong(a.text, constant, use)};`;
  return `if((${target}=${use(isInTexts)}(${a.text},${b.text}))===undefined)${BAIL}`;
}

/** The texts of a constant list of texts; null for anything else. */
export function textsOf({ constant }: Pick<Operand, 'constant'>): ReadonlySet<string> | null {
  const isOfTexts = Array.isArray(constant) && constant.every((item) => typeof item === 'string');
  return isOfTexts ? new Set<string>(constant as readonly string[]) : null;
}

/** The condition that a text is one of those. */
export function isAmong(text: string, texts: ReadonlySet<string>, use: (set: never) => string): string {
  if (texts.size > COMPARED) return `${use(texts as never)}.has(${text})`;
  return [...texts].map((item) => `${text}===${quoted(item)}`).join('||') || 'false';
}

/** Whether a text is in a list of texts; undefined where anything else is looked at. */
function isInTexts(text: string, list: readonly unknown[]): boolean | undefined {
  for (const element of list) {
    if (element === text) return true;
    if (typeof element !== 'string') return undefined;
  }
  return false;
}

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

/**
 * The ways to make a call of a function in place; none for functions that only share a name with one of the standard.
 */
export function fastWays({ apply }: CelFunction, charged: boolean): readonly FastWay[] {
  return (known().get(apply) ?? []).filter(({ uncharged }) => !charged || uncharged !== true);
}
