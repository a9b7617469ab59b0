import { bounds, tooDeep } from './bounds.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const OTHER = 0;
const STRING = 1;
const OPEN = 2;
const CLOSE = 3;
const END = 4;
const classes = new Uint8Array(256);
classes[QUOTE] = STRING;
for (const byte of Buffer.from('{[')) classes[byte] = OPEN;
for (const byte of Buffer.from('}]')) classes[byte] = CLOSE;
for (const byte of Buffer.from(',:')) classes[byte] = END;

/** Bytes that cannot be JSON, or nest too deep; `offset` is theirs in the bytes given. */
export class UnsplittableJson extends Error {
  override readonly name = 'UnsplittableJson';
  readonly offset: number;
  readonly bound: boolean;

  constructor(message: string, offset: number, bound = false) {
    super(message);
    this.offset = offset;
    this.bound = bound;
  }
}

/**
 * Finds where one JSON value ends, by strings and brackets alone, in bytes that may still be growing: each byte is
 * looked at once.
 */
export class JsonSpan {
  #at: number;
  #inString = false;
  readonly #open: number[] = [];

  /** `start` is the offset of the value's first byte. */
  constructor(start: number) {
    this.#at = start;
  }

  /**
   * The offset behind the value; -1 where more bytes are needed. `bytes` begins where it did before and may be longer;
   * `ended` says that no more will come. Throws {@link UnsplittableJson}.
   */
  end(bytes: Buffer, ended: boolean): number {
    const length = bytes.length;
    let at = this.#at;
    while (at < length) {
      if (this.#inString) {
        at = endOfString(bytes, at);
        if (at > length) {
          at--; // where the next bytes begin, or behind them where an escape is cut
          break;
        }
        this.#inString = false;
        if (this.#open.length === 0) return at;
        continue;
      }
      const byte = bytes[at] ?? 0;
      const kind = classes[byte];
      if (kind === OTHER) {
        at++;
        if (this.#open.length === 0 && byte <= 32) return at - 1;
      } else if (kind === STRING) {
        this.#inString = true;
        at++;
      } else if (kind === OPEN) {
        if (this.#open.push(byte + 2) > bounds.depth) throw new UnsplittableJson(tooDeep, at, true);
        at++;
      } else if (kind === END) {
        if (this.#open.length === 0) return at;
        at++;
      } else {
        if (this.#open.length === 0) return at;
        if (this.#open.pop() !== byte) throw new UnsplittableJson('a bracket is closed by one of the other kind', at);
        at++;
        if (this.#open.length === 0) return at;
      }
    }
    this.#at = at;
    return ended && this.#open.length === 0 && !this.#inString ? length : -1;
  }
}

/** Offset behind the string's closing quote; beyond the bytes where it is not among them. */
function endOfString(bytes: Buffer, from: number): number {
  const length = bytes.length;
  let at = from;
  while (at < length) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === 10) throw new UnsplittableJson('a string does not end on its line', at);
    at += byte === BACKSLASH ? 2 : 1;
  }
  return at + 1;
}
