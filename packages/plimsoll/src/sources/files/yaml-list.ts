import { countLines, type Part } from './byte-window.ts';

/** Where the items of a block-style list stand in a document's bytes. */
export interface ItemsStart {
  /** Offset of the line `items:`. */
  readonly key: number;
  /** Offset of the first item's line. */
  readonly first: number;
  /** Spaces before each item's `-`. */
  readonly indent: number;
}

/** Finds the top-level block sequence `items:`; null where there is none, or not all of its first line is here. */
export function findItems(bytes: Buffer): ItemsStart | null {
  let key = bytes.subarray(0, 6).equals(Buffer.from('items:')) ? 0 : bytes.indexOf('\nitems:') + 1;
  if (key === 0 && !bytes.subarray(0, 6).equals(Buffer.from('items:'))) return null;
  const head = bytes.subarray(key, key + 4096).toString('latin1');
  const match = /^items:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*( *)-[ \r\n]/.exec(head);
  if (match === null) return null;
  const indent = (match[1] ?? '').length;
  return { key, first: key + match[0].length - 2 - indent, indent };
}

/** Items that are whole in the bytes given, and where the rest begins. */
export interface SplitItems {
  readonly items: readonly Part[];
  /** Offset behind the last whole item. */
  readonly end: number;
  /** True where the sequence ended before the bytes did. */
  readonly closed: boolean;
}

/**
 * Splits a block sequence into its items without parsing it: nothing inside an item can begin at the column of the
 * item's `-`. Each item's `-` becomes a space in place, so that the item reads as a document by itself, its columns
 * those of the file. `whole` says that no more bytes follow.
 */
export function splitItems(bytes: Buffer, from: number, line: number, indent: number, whole: boolean): SplitItems {
  const mark = `\n${' '.repeat(indent)}-`;
  const items: Part[] = [];
  let start = from;
  let at = line;
  for (;;) {
    let next = bytes.indexOf(mark, start + indent + 1);
    while (next !== -1 && !separates(bytes[next + mark.length])) next = bytes.indexOf(mark, next + 1);
    const limit = next === -1 ? bytes.length : next + 1;
    const outside = findOutside(bytes.subarray(start, limit), indent);
    if (outside === -1 && next === -1 && !whole) return { items, end: start, closed: false };
    const end = outside === -1 ? limit : start + outside;
    bytes[start + indent] = 32;
    const item = bytes.subarray(start, end);
    items.push({ bytes: item, line: at });
    at += countLines(item);
    start = end;
    if (outside !== -1) return { items, end, closed: true };
    if (next === -1) return { items, end, closed: true };
  }
}

function separates(byte: number | undefined): boolean {
  return byte === undefined || byte === 32 || byte === 10 || byte === 13;
}

/** Offset of the first line after the first that is not deeper than the item's `-` and not blank; -1: none. */
function findOutside(item: Buffer, indent: number): number {
  for (let at = item.indexOf(10); at !== -1; at = item.indexOf(10, at + 1)) {
    let column = 0;
    while (item[at + 1 + column] === 32 && column <= indent) column++;
    const byte = item[at + 1 + column];
    if (column <= indent && byte !== undefined && byte !== 10 && byte !== 13 && byte !== 35) return at + 1;
  }
  return -1;
}
