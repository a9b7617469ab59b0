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

/** True where an item's `-` stands `indent` spaces from `from`. */
export function beginsItem(bytes: Buffer, from: number, indent: number): boolean {
  for (let at = from; at < from + indent; at++) if (bytes[at] !== 32) return false;
  return bytes[from + indent] === 45 && separates(bytes[from + indent + 1]);
}

/**
 * The end of a block sequence's item that begins at `from`, found without parsing it: nothing inside an item can begin
 * at the column of its `-`. Null where the end is not in the bytes; `whole` says that no more follow.
 */
export function itemEnd(bytes: Buffer, from: number, indent: number, whole: boolean): number | null {
  const mark = `\n${' '.repeat(indent)}-`;
  let next = bytes.indexOf(mark, from + indent + 1);
  while (next !== -1 && !separates(bytes[next + mark.length])) next = bytes.indexOf(mark, next + 1);
  const limit = next === -1 ? bytes.length : next + 1;
  const outside = findOutside(bytes.subarray(from, limit), indent);
  if (outside !== -1) return from + outside;
  return next === -1 && !whole ? null : limit;
}

/**
 * An item's bytes with a space for its `-`, so that it reads as a document by itself, its columns those of the file.
 */
export function itemAsDocument(bytes: Buffer, from: number, to: number, indent: number): Buffer {
  const copy = Buffer.from(bytes.subarray(from, to));
  copy[indent] = 32;
  return copy;
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
