import { parseExactJson } from '../../model/exact-json.ts';
import type { Json, JsonObject } from '../../model/json.ts';

/** Parses JSON text, integers exact; undefined where it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return parseExactJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** True where objects and arrays nest no deeper than `depth`. */
export function isWithinDepth(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) {
      if (typeof item === 'object' && item !== null && !isWithinDepth(item, depth - 1)) return false;
    }
    return true;
  }
  const object = value as JsonObject;
  for (const key in object) {
    const item = object[key];
    if (item !== undefined && typeof item === 'object' && item !== null && !isWithinDepth(item, depth - 1))
      return false;
  }
  return true;
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
