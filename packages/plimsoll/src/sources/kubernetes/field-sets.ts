import { randomUUID } from 'node:crypto';
import { parseExactJson } from '../../model/exact-json.ts';
import type { Json } from '../../model/json.ts';
import { member } from '../../model/json.ts';

const KEY = Buffer.from('"fieldsV1":{');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Stands for a field set that was left out; no other text holds it. */
const marker = randomUUID();

/**
 * Parses JSON as {@link parseExactJson} does, but for the field sets of its objects' `metadata.managedFields`: about
 * half the text of a usual object, slow to parse, and let go right after (see `reduceObject`). They are skipped before
 * the text is parsed. `objectsOf` gives the objects of what was parsed: where something else of that form was skipped
 * (an object may carry another in its spec), the whole text is parsed. Throws {@link SyntaxError}.
 */
export function parseWithoutFieldSets(bytes: Buffer, objectsOf: (parsed: Json) => readonly Json[]): Json {
  const { text, skipped } = withoutFieldSets(bytes);
  if (skipped > 0) {
    const parsed = parseExactJson(text);
    if (objectsOf(parsed).reduce<number>((sum, object) => sum + markersIn(object), 0) === skipped) return parsed;
  }
  return parseExactJson(skipped > 0 ? bytes.toString('utf8') : text);
}

function withoutFieldSets(bytes: Buffer): { readonly text: string; readonly skipped: number } {
  let text = '';
  let skipped = 0;
  let from = 0;
  for (let at = bytes.indexOf(KEY); at !== -1; at = bytes.indexOf(KEY, from)) {
    const open = at + KEY.length - 1;
    const end = endOfObject(bytes, open);
    // Not ended: parsing says so. After a backslash the quote belongs to a longer key.
    if (end === -1) break;
    if (bytes[at - 1] === BACKSLASH) text += bytes.toString('utf8', from, end);
    else {
      text += `${bytes.toString('utf8', from, open)}"${marker}"`;
      skipped += 1;
    }
    from = end;
  }
  return { text: text + bytes.toString('utf8', from), skipped };
}

/** Where the object that opens at `open` ends, exclusive; -1 where it does not. */
function endOfObject(bytes: Buffer, open: number): number {
  let depth = 0;
  for (let at = open; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at += 1; at < bytes.length && bytes[at] !== QUOTE; at += 1) if (bytes[at] === BACKSLASH) at += 1;
    } else if (byte === OPEN) depth += 1;
    else if (byte === CLOSE && (depth -= 1) === 0) return at + 1;
  }
  return -1;
}

function markersIn(object: Json): number {
  const managers = member(member(object, 'metadata'), 'managedFields');
  if (!Array.isArray(managers)) return 0;
  return managers.filter((entry: Json) => member(entry, 'fieldsV1') === marker).length;
}
