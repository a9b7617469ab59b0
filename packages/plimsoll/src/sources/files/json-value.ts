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

/** What a text parses to. */
export interface ParsedJson {
  readonly value: Json;
  /** Keys of all its objects, those that are repeated counted once. */
  readonly keys: number;
}

/**
 * Parses JSON text as {@link parseJson} does, and counts its keys. Throws {@link UnsplittableJson} where it nests deeper
 * than `depth`. That no integer is inexact is told from the value, which has to be gone through for its depth:
 * searching the text for long numbers costs as much as parsing it.
 */
export function parseJsonWithin(text: string, depth: number): ParsedJson | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const survey = new Survey();
  survey.walk(value, depth);
  return { value: survey.inexact ? parseExactJson(text) : value, keys: survey.keys };
}

/** Goes through a value for what is notable in it. */
class Survey {
  keys = 0;
  /** There is an integer beyond 2⁵³. */
  inexact = false;

  walk(value: Json, depth: number): void {
    if (typeof value === 'number') {
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) this.inexact = true;
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    if (depth === 0) throw new UnsplittableJson(tooDeep, 0, true);
    if (Array.isArray(value)) {
      for (const item of value as readonly Json[]) if (!isPlain(item)) this.walk(item, depth - 1);
      return;
    }
    const object = value as JsonObject;
    for (const key in object) {
      this.keys++;
      const item = object[key] as Json;
      if (!isPlain(item)) this.walk(item, depth - 1);
    }
  }
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
