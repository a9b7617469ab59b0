import type { Part } from './yaml-list.ts';

/** What the splitter found: an item of a list, or a value without the items that were given before. */
export interface JsonPart extends Part {
  readonly part: 'item' | 'value';
}

const OTHER = 0;
const QUOTE = 1;
const OPEN = 2;
const CLOSE = 3;
const LINE = 4;
const classes = new Uint8Array(256);
classes[0x22] = QUOTE;
classes[0x7b] = OPEN;
classes[0x5b] = OPEN;
classes[0x7d] = CLOSE;
classes[0x5d] = CLOSE;
classes[0x0a] = LINE;

/** How deep JSON may nest here, as in YAML. */
const maxDepth = 200;

/** JSON that cannot be split further. */
export class UnsplittableJson extends Error {
  override readonly name = 'UnsplittableJson';
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/**
 * Cuts a stream of concatenated JSON objects into values, and the objects in a value's top-level `items` out of it,
 * without parsing: one pass over the bytes that knows strings and brackets alone. A list's bytes are never whole in
 * memory: the value comes last, with `items` empty.
 */
export class JsonSplitter {
  #held: Buffer = Buffer.alloc(0);
  #scanned = 0;
  #line: number;
  #depth = 0;
  #inString = false;
  #inItems = false;
  #itemStart = -1;
  #startLine = 1;
  #itemLine = 1;
  #rest: Buffer[] = [];
  #restFrom = 0;

  constructor(line: number) {
    this.#line = line;
  }

  /** Bytes that belong to the value or item under way. */
  get heldBytes(): number {
    return this.#held.length + this.#rest.reduce((sum, part) => sum + part.length, 0);
  }

  /** True where a value has begun and not ended. */
  get open(): boolean {
    return this.#depth > 0;
  }

  /** What was not given yet. */
  get remainder(): Part {
    return { bytes: this.#held, line: this.open ? this.#startLine : this.#line };
  }

  /** Takes bytes; gives the parts that became whole. Throws {@link UnsplittableJson} beyond the bound on depth. */
  push(chunk: Buffer): readonly JsonPart[] {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const parts: JsonPart[] = [];
    const length = bytes.length;
    let at = this.#scanned;
    while (at < length) {
      if (this.#inString) {
        at = endOfString(bytes, at);
        if (at > length) {
          at = length + (at - length - 1);
          break;
        }
        this.#inString = false;
        continue;
      }
      const kind = classes[bytes[at] ?? 0];
      if (kind !== OTHER) {
        if (kind === QUOTE) this.#inString = true;
        else if (kind === LINE) this.#line++;
        else if (kind === OPEN) this.#open(bytes, at);
        else {
          const part = this.#close(bytes, at);
          if (part !== null) parts.push(part);
        }
      }
      at++;
    }
    this.#keep(bytes, at);
    return parts;
  }

  #open(bytes: Buffer, at: number): void {
    this.#depth++;
    if (this.#depth > maxDepth) throw new UnsplittableJson(`nesting exceeds the bound of ${maxDepth}`, this.#line);
    if (this.#depth === 1) {
      this.#startLine = this.#line;
      this.#restFrom = at;
    } else if (this.#depth === 2 && bytes[at] === 0x5b) {
      this.#inItems = /"items"\s*:\s*$/.test(bytes.toString('latin1', Math.max(0, at - 64), at));
    } else if (this.#depth === 3 && this.#inItems && bytes[at] === 0x7b) {
      if (this.#itemStart === -1 && this.#restFrom !== -1)
        this.#rest.push(Buffer.from(bytes.subarray(this.#restFrom, at)));
      this.#restFrom = -1;
      this.#itemStart = at;
      this.#itemLine = this.#line;
    }
  }

  #close(bytes: Buffer, at: number): JsonPart | null {
    this.#depth--;
    if (this.#depth === 2 && this.#itemStart !== -1) {
      const item = bytes.subarray(this.#itemStart, at + 1);
      this.#itemStart = -1;
      return { part: 'item', bytes: item, line: this.#itemLine };
    }
    if (this.#depth === 1 && this.#inItems) {
      this.#inItems = false;
      if (this.#restFrom === -1) this.#restFrom = at;
    }
    if (this.#depth === 0) {
      const value = Buffer.concat([...this.#rest, bytes.subarray(this.#restFrom, at + 1)]);
      this.#rest = [];
      this.#restFrom = at + 1;
      return { part: 'value', bytes: value, line: this.#startLine };
    }
    if (this.#depth < 0) throw new UnsplittableJson('a closing bracket without an opening one', this.#line);
    return null;
  }

  /** Keeps what belongs to an open part only, and moves the offsets along. */
  #keep(bytes: Buffer, at: number): void {
    const from = this.#itemStart !== -1 ? this.#itemStart : this.#restFrom === -1 ? bytes.length : this.#restFrom;
    this.#held = bytes.subarray(Math.min(from, bytes.length));
    const moved = Math.min(from, bytes.length);
    this.#scanned = Math.max(0, at - moved);
    if (this.#itemStart !== -1) this.#itemStart -= moved;
    if (this.#restFrom !== -1) this.#restFrom -= moved;
  }
}

/** Offset behind the string's closing quote; beyond `length` by 1, or 2 where an escape is cut, if it is not here. */
function endOfString(bytes: Buffer, from: number): number {
  const length = bytes.length;
  let at = from;
  while (at < length) {
    const byte = bytes[at];
    if (byte === 0x22) return at + 1;
    at += byte === 0x5c ? 2 : 1;
  }
  return at === length ? length + 1 : length + 2;
}
