import { parseExactJson } from '../../model/exact-json.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { tooDeep } from './bounds.ts';
import { UnsplittableJson } from './json-span.ts';

/** Parses JSON text, integers exact; undefined where it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return parseExactJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Parses JSON text as {@link parseJson} does. Throws {@link UnsplittableJson} where it nests deeper than `depth`. That no integer is inexact is
 * told from the value, which has to be gone through for its depth: searching the text for long numbers costs as much
 * as parsing it.
 */
export function parseJsonWithin(text: string, depth: number): Json | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const found = survey(value, depth);
  if (found === 'deep') throw new UnsplittableJson(tooDeep, 0, true);
  return found === 'inexact' ? parseExactJson(text) : value;
}

/** What is notable in a value: `deep` before `inexact`, an integer beyond 2⁵³. */
function survey(value: Json, depth: number): 'deep' | 'inexact' | null {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? 'inexact' : null;
  if (typeof value !== 'object' || value === null) return null;
  if (depth === 0) return 'deep';
  let found: 'inexact' | null = null;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) {
      const below = isPlain(item) ? null : survey(item, depth - 1);
      if (below === 'deep') return below;
      found ??= below;
    }
    return found;
  }
  const object = value as JsonObject;
  for (const key in object) {
    const item = object[key] as Json;
    const below = isPlain(item) ? null : survey(item, depth - 1);
    if (below === 'deep') return below;
    found ??= below;
  }
  return found;
}

/** Most members are text. */
function isPlain(item: Json): boolean {
  return typeof item === 'string' || typeof item === 'boolean';
}

/**
 * True where an object in `text` may hold a key twice, told from the number of its keys: never false where one does.
 * `value` is what the text parses to.
 */
export function mayRepeatKeys(text: string, value: Json): boolean {
  return colons(text) > keys(value);
}

/** Closing quotes before a colon, and a few opening ones. */
function colons(text: string): number {
  let count = 0;
  for (const { index } of text.matchAll(/"[ \t\r\n]*:/g)) {
    let backslashes = 0;
    while (text.charCodeAt(index - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) count++;
  }
  return count;
}

function keys(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return (value as readonly Json[]).reduce<number>((sum, item) => sum + keys(item), 0);
  const members = Object.values(value);
  return members.reduce<number>((sum, item) => sum + keys(item), members.length);
}
