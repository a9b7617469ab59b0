import { byteClass, high, refused } from './yaml-block-bytes.ts';

export const [lineEnd, space, dash, quote, doubleQuote, backslash] = [10, 32, 45, 39, 34, 92] as const;

/** No text becomes longer as JSON than this many times itself: `a:` with its line feed, `"a":null,`. */
const growth = 4;
const nothing = Buffer.from('');

/**
 * The bytes of block-style YAML, line by line, and the JSON that they become. What reads scalars and what reads
 * collections stand on one cursor, so they are layers of one class: every byte of a scan passes here.
 */
export abstract class BlockLines {
  protected bytes: Buffer = nothing;
  protected end = 0;
  protected at = 0;
  /** The line stood on: offset of its first byte, and its indentation; -1 behind the last. */
  protected start = 0;
  protected indent = -1;
  /** Line feeds passed. */
  protected lines = 0;
  /** Whether a byte beyond ASCII was passed. */
  protected high = false;
  /** The JSON written, and its length. */
  protected out: Buffer = nothing;
  protected length = 0;

  protected reset(bytes: Buffer, from: number, end: number): void {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
    this.lines = 0;
    this.high = false;
    this.length = 0;
    const needed = growth * (end - from) + 64;
    if (this.out.length < needed) this.out = Buffer.allocUnsafe(needed);
  }

  protected byte(): number | undefined {
    return this.at < this.end ? this.bytes[this.at] : undefined;
  }

  /** True where the byte at an offset ends a word. */
  protected separates(at: number): boolean {
    if (at >= this.end) return true;
    const byte = this.bytes[at];
    return byte === space || byte === lineEnd;
  }

  protected isDash(): boolean {
    return this.byte() === dash && this.separates(this.at + 1);
  }

  /** From a line's first byte to the next line with more than spaces and a comment; false for bytes not known here. */
  protected nextLine(): boolean {
    const [bytes, end] = [this.bytes, this.end];
    for (let at = this.at; ;) {
      const start = at;
      while (at < end && bytes[at] === space) at++;
      if (at < end && bytes[at] === 0x23) {
        for (; at < end && bytes[at] !== lineEnd; at++) {
          const found = byteClass[bytes[at] as number];
          if (found === refused) return false;
          if (found === high) this.high = true;
        }
      }
      if (at < end && bytes[at] === lineEnd) {
        this.lines++;
        at++;
        continue;
      }
      this.at = at;
      this.start = start;
      this.indent = at < end ? at - start : -1;
      return true;
    }
  }

  /** Over spaces and a line feed; false where something else is there. */
  protected endLine(): boolean {
    while (this.byte() === space) this.at++;
    if (this.at === this.end) return true;
    if (this.bytes[this.at] !== lineEnd) return false;
    this.at++;
    this.lines++;
    return true;
  }

  protected put(byte: number): void {
    this.out[this.length++] = byte;
  }

  protected putText(written: string): void {
    this.length += this.out.write(written, this.length, 'latin1');
  }
}
