import { isMap, mapGet, mapSize } from '../values/equality.ts';
import { effort } from '../values/effort.ts';
import { Cidr } from '../values/cidr.ts';
import { Ip } from '../values/ip.ts';
import { LazyMap } from '../values/lazy-map.ts';
import { Optional } from '../values/optional.ts';
import { byteLength } from '../values/utf8.ts';
import { codePointLength } from '../libraries/strings.ts';
import { type Value, isList } from '../values/value.ts';
import { CelMap } from '../values/cel-map.ts';
import type { Cost } from './function.ts';

/** cel-go's common/cost.go: a tenth of a unit a character, a quarter of one a character of a regular expression. */
const TRAVERSAL = 0.1;
const REGEX = 0.25;

/**
 * What a value counts as for costs: the length of strings (code points), bytes, lists and maps, the bytes of an address;
 * 1 for the rest (library/cost.go actualSize).
 */
export function sizeOf(value: Value | undefined): number {
  if (typeof value === 'string') return codePointLength(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (isList(value) || value instanceof Uint8Array) return value.length;
  if (isMap(value)) return mapSize(value);
  if (value instanceof LazyMap) return value.names.length;
  if (value instanceof Ip) return value.width / 8;
  return value instanceof Cidr ? Math.ceil(value.prefixLength / 8) : 1;
}

/** The same for operators, which look into optionals (cel-go runtimecost.go actualSize). */
export function operandSize(value: Value | undefined): number {
  return value instanceof Optional && value.value !== undefined ? operandSize(value.value) : sizeOf(value);
}

/** A walk through so much text. */
export function walk(size: number): number {
  return Math.ceil(size * TRAVERSAL);
}

/** A walk through a text. Most are so short that their code points need not be counted: any number costs the same. */
export function walkOfText(text: string): number {
  const { length } = text;
  if (length <= 10) return length === 0 ? 0 : 1;
  return walk(codePointLength(text));
}

/** A walk through a text for each part of another. */
export function walkOfBoth(text: string, part: string): number {
  return walkOfText(text) * walkOfText(part);
}

/** A walk through the shorter of two texts. */
export function walkOfTexts(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  if (shorter <= 10) return shorter === 0 ? 0 : 1;
  return walk(Math.min(codePointLength(a), codePointLength(b)));
}

/** A walk through an argument, `times` over. */
export const walksArgument =
  (index = 0, times = 1): Cost =>
  (args) =>
    Math.ceil(sizeOf(args[index]) * times * TRAVERSAL);

/** A regular expression over a text. */
export function regexCost(textSize: number, patternSize: number): number {
  return Math.ceil((1 + textSize) * TRAVERSAL) * Math.ceil(patternSize * REGEX);
}

/** A part takes longer to walk than to compare. */
const WALKED = 20;

/** A walk through a value as a tree: text by bytes, other scalars one each (library/cost.go traversalCost). */
export function treeSize(value: Value): number {
  if (typeof value === 'string') return Math.floor(byteLength(value) * TRAVERSAL);
  if (value instanceof Uint8Array) return Math.floor(value.length * TRAVERSAL);
  effort(WALKED);
  if (isList(value)) return value.reduce<number>((sum, item) => sum + treeSize(item), 0);
  if (value instanceof CelMap) {
    let sum = 0;
    for (const entry of value.entries.values()) sum += treeSize(entry.key) + treeSize(entry.value);
    return sum;
  }
  if (!isMap(value)) return 1;
  return Object.keys(value).reduce((sum, key) => sum + treeSize(key) + treeSize(mapGet(value, key) ?? null), 0);
}
