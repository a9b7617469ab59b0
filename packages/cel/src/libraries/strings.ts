import { CelError } from '../errors.ts';
import { textEffort } from '../values/effort.ts';
import { shortEscapes } from '../values/go-quote.ts';

const surrogates = /[\ud800-\udfff]/;

/** Strings without surrogates are indexed directly: units are code points. */
function points(text: string): readonly string[] {
  return [...text];
}

/** The number of code points. */
export function codePointLength(text: string): number {
  if (!surrogates.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** True where a text begins with another: cut and compared, which takes V8 a fraction of its own startsWith. */
export function startsWith(text: string, start: string): boolean {
  return text.length >= start.length && text.slice(0, start.length) === start;
}

/** The same of the end. */
export function endsWith(text: string, end: string): boolean {
  return text.length >= end.length && text.slice(text.length - end.length) === end;
}

function outOfRange(index: number): CelError {
  return new CelError(`index out of range: ${index}`);
}

/** The character at an index; '' right behind the last one. @throws {CelError} out of range. */
export function charAt(text: string, index: number): string {
  const all = points(text);
  if (index < 0 || index > all.length) throw outOfRange(index);
  return all[index] ?? '';
}

/** First place of `part`, which is not empty, at or after `from`; -1 where there is none. @throws {CelError} for `from` out of range. */
export function indexOf(text: string, part: string, from = 0): number {
  const all = points(text);
  if (from < 0) throw outOfRange(from);
  const found = text.indexOf(part, all.slice(0, from).join('').length);
  return found === -1 || from >= all.length ? -1 : codePointLength(text.slice(0, found));
}

/** Last place of `part`, which is not empty, that begins at or before `from`; -1 where there is none. @throws {CelError} */
export function lastIndexOf(text: string, part: string, from?: number): number {
  const length = codePointLength(text);
  if (from !== undefined && from < 0) throw outOfRange(from);
  if (from !== undefined && from >= length) return -1;
  const limit = from === undefined ? text.length : points(text).slice(0, from).join('').length;
  const found = text.lastIndexOf(part, limit);
  return found === -1 ? -1 : codePointLength(text.slice(0, found));
}

/** From `start` to before `end`, by code points. @throws {CelError} out of range. */
export function substring(text: string, start: number, end?: number): string {
  const all = points(text);
  const stop = end ?? all.length;
  if (start < 0 || start > all.length) throw outOfRange(start);
  if (stop < 0 || stop > all.length) throw outOfRange(stop);
  if (start > stop) throw new CelError(`invalid substring range. start: ${start}, end: ${stop}`);
  return all.slice(start, stop).join('');
}

/** Replaces up to `limit` places; all where it is left out or negative (Go strings.Replace). */
export function replace(text: string, from: string, to: string, limit = -1): string {
  const pieces = from === '' ? ['', ...points(text), ''] : text.split(from);
  const most = limit < 0 ? pieces.length - 1 : Math.min(limit, pieces.length - 1);
  textEffort(text.length + most * to.length);
  const [first = '', ...rest] = pieces;
  return first + rest.map((piece, i) => (i < most ? to : from) + piece).join('');
}

/** Splits into at most `limit` parts (Go strings.SplitN: 0 gives none, negative all). */
export function split(text: string, separator: string, limit = -1): string[] {
  if (limit === 0) return [];
  const parts = separator === '' ? [...text] : text.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (part) => part.toLowerCase());
}

export function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, (part) => part.toUpperCase());
}

/** Unicode White_Space at both ends. */
export function trim(text: string): string {
  return text.replace(/^[\p{White_Space}]+|[\p{White_Space}]+$/gu, '');
}

/** The code points in reverse order. */
export function reverse(text: string): string {
  return points(text).toReversed().join('');
}

/** A string literal with escapes (cel-go ext/strings.go quote). */
export function quote(text: string): string {
  return `"${[...text.toWellFormed()].map((c) => shortEscapes.get(c) ?? c).join('')}"`;
}
