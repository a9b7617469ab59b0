import { isUtf8 } from 'node:buffer';
import type { Json } from '../../model/json.ts';
import {
  byteClass,
  colon,
  digit,
  escaped,
  hash,
  high,
  lineFeed,
  never,
  ordinary,
  plainFirst,
  refused,
  sameEscape,
  sign,
  text,
  word,
  wordStart,
} from './yaml-block-bytes.ts';
import { resolvePlain } from './yaml-scalar.ts';

/** A mapping read. */
export interface BlockValue {
  readonly value: Json;
  /** Offset of the first line that belongs to what follows. */
  readonly end: number;
  /** Line feeds before its first key. */
  readonly before: number;
  /** Line feeds up to {@link end}. */
  readonly lines: number;
}

/** Longer ones are left to the full reader, as are deeper ones and mappings of more keys. */
const longest = 2 ** 20;
const deepest = 60;
const mostKeys = 500;
/** YAML's bound on a key without `?` is 1024 characters. */
const longestKey = 500;
/** No text becomes longer as JSON than this many times itself: `a:` with its line feed, `"a":null,`. */
const growth = 4;
/** Characters that YAML, or js-yaml, treats in its own way. */
const odd = /[\u0080-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

const [space, dash, quote, doubleQuote, backslash] = [32, 45, 39, 34, 92] as const;
const nothing = Buffer.from('null');

/**
 * Reads the style in which kubectl, Helm and people write YAML: block mappings and sequences, scalars on one line,
 * literal blocks. It answers only where its answer is that of the full reader ({@link parseYaml}); of all else (flow
 * collections, anchors, tags, folded text, comments behind values, tabs, repeated keys, every error) it says null, and
 * the full reader reads it. The bytes are rewritten as JSON, for JSON.parse builds objects faster than we could: five
 * times as fast as the full reader.
 */
export class BlockReader {
  #bytes: Buffer = nothing;
  #end = 0;
  #at = 0;
  /** The line stood on: offset of its first byte, and its indentation; -1 behind the last. */
  #start = 0;
  #indent = -1;
  #lines = 0;
  #high = false;
  #out: Buffer = nothing;
  #length = 0;
  readonly #hashes = new Int32Array(deepest * mostKeys);
  #hashCount = 0;

  /** A document that is one mapping. */
  document(bytes: Buffer): BlockValue | null {
    if (bytes.length > longest) return null;
    this.#reset(bytes, 0, bytes.length);
    if (!this.#nextLine() || this.#indent < 0) return null;
    const before = this.#lines;
    return this.#mapping(this.#indent, 1) && this.#indent < 0 ? this.#result(0, before) : null;
  }

  /**
   * A mapping that is an item of a sequence, whose `-` stands `indent` spaces from `from`. `whole` says that no more
   * bytes follow; without it null is also the answer where the item's end is not there.
   */
  item(bytes: Buffer, from: number, indent: number, whole: boolean): BlockValue | null {
    const end = Math.min(bytes.length, from + longest);
    this.#reset(bytes, from, end);
    this.#at = from + indent + 1;
    while (this.#byte() === space) this.#at++;
    if (this.#byte() === 10) {
      if (!this.#endLine() || !this.#nextLine() || this.#indent <= indent) return null;
    } else this.#indent = this.#at - from;
    const before = this.#lines;
    if (!this.#mapping(this.#indent, 1) || this.#indent > indent) return null;
    return this.#indent < 0 && !(whole && end === bytes.length) ? null : this.#result(from, before);
  }

  #reset(bytes: Buffer, from: number, end: number): void {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = end;
    this.#lines = 0;
    this.#high = false;
    this.#length = 0;
    this.#hashCount = 0;
    const needed = growth * (end - from) + 64;
    if (this.#out.length < needed) this.#out = Buffer.allocUnsafe(needed);
  }

  #result(from: number, before: number): BlockValue | null {
    const end = this.#indent < 0 ? this.#end : this.#start;
    if (this.#high) {
      const source = this.#bytes.subarray(from, end);
      if (!isUtf8(source) || odd.test(source.toString('utf8'))) return null;
    }
    const json = this.#out.toString(this.#high ? 'utf8' : 'latin1', 0, this.#length);
    return { value: JSON.parse(json) as Json, end, before, lines: this.#lines };
  }

  #byte(): number | undefined {
    return this.#at < this.#end ? this.#bytes[this.#at] : undefined;
  }

  /** True where the byte at an offset ends a word. */
  #separates(at: number): boolean {
    if (at >= this.#end) return true;
    const byte = this.#bytes[at];
    return byte === space || byte === 10;
  }

  #isDash(): boolean {
    return this.#byte() === dash && this.#separates(this.#at + 1);
  }

  /** From a line's first byte to the next line with more than spaces and a comment; false for bytes not known here. */
  #nextLine(): boolean {
    const [bytes, end] = [this.#bytes, this.#end];
    for (let at = this.#at; ;) {
      const start = at;
      while (at < end && bytes[at] === space) at++;
      if (at < end && bytes[at] === 0x23) {
        for (; at < end && bytes[at] !== 10; at++) {
          const found = byteClass[bytes[at] as number];
          if (found === refused) return false;
          if (found === high) this.#high = true;
        }
      }
      if (at < end && bytes[at] === 10) {
        this.#lines++;
        at++;
        continue;
      }
      this.#at = at;
      this.#start = start;
      this.#indent = at < end ? at - start : -1;
      return true;
    }
  }

  /** Over spaces and a line feed; false where something else is there. */
  #endLine(): boolean {
    while (this.#byte() === space) this.#at++;
    if (this.#at === this.#end) return true;
    if (this.#bytes[this.#at] !== 10) return false;
    this.#at++;
    this.#lines++;
    return true;
  }

  #put(byte: number): void {
    this.#out[this.#length++] = byte;
  }

  #putText(written: string): void {
    this.#length += this.#out.write(written, this.#length, 'latin1');
  }

  /** The collection that the line stood on begins. */
  #collection(depth: number): boolean {
    return this.#isDash() ? this.#sequence(this.#indent, depth) : this.#mapping(this.#indent, depth);
  }

  #mapping(indent: number, depth: number): boolean {
    if (depth > deepest) return false;
    const firstHash = this.#hashCount;
    this.#put(0x7b);
    for (;;) {
      if (!this.#key(firstHash) || !this.#value(indent, depth)) return false;
      if (this.#indent !== indent) break;
      this.#put(0x2c);
    }
    this.#put(0x7d);
    this.#hashCount = firstHash;
    return this.#indent < indent;
  }

  #value(indent: number, depth: number): boolean {
    while (this.#byte() === space) this.#at++;
    if (this.#at < this.#end && this.#bytes[this.#at] !== 10) return this.#scalar(indent);
    if (!this.#endLine() || !this.#nextLine()) return false;
    if (this.#indent > indent) return this.#collection(depth + 1);
    if (this.#indent === indent && this.#isDash()) return this.#sequence(indent, depth + 1);
    this.#putText('null');
    return true;
  }

  #sequence(indent: number, depth: number): boolean {
    if (depth > deepest) return false;
    this.#put(0x5b);
    for (;;) {
      this.#at++;
      if (!this.#entry(indent, depth)) return false;
      if (this.#indent !== indent || !this.#isDash()) break;
      this.#put(0x2c);
    }
    this.#put(0x5d);
    return this.#indent <= indent;
  }

  #entry(indent: number, depth: number): boolean {
    const from = this.#at;
    while (this.#byte() === space) this.#at++;
    if (this.#at === this.#end || this.#bytes[this.#at] === 10) {
      if (!this.#endLine() || !this.#nextLine()) return false;
      if (this.#indent > indent) return this.#collection(depth + 1);
      this.#putText('null');
      return true;
    }
    const isSequence = this.#isDash();
    if (!isSequence && !this.#beginsKey()) return this.#scalar(indent);
    this.#indent = indent + 1 + this.#at - from;
    return isSequence ? this.#sequence(this.#indent, depth + 1) : this.#mapping(this.#indent, depth + 1);
  }

  /** True where a key seems to begin; one that is none is refused when it is read. */
  #beginsKey(): boolean {
    const [bytes, end] = [this.#bytes, this.#end];
    const first = bytes[this.#at] as number;
    let at = this.#at;
    if (first === quote || first === doubleQuote) {
      at++;
      while (at < end && bytes[at] !== first && bytes[at] !== 10) at++;
    } else if (plainFirst[first] === never) return false;
    for (; at < end && bytes[at] !== 10; at++) if (bytes[at] === 0x3a && this.#separates(at + 1)) return true;
    return false;
  }

  /** A key and its colon. `firstHash` is where the mapping's own hashes begin. */
  #key(firstHash: number): boolean {
    const from = this.#length;
    const first = this.#byte();
    if (first === quote || first === doubleQuote) {
      if (!this.#quoted(first)) return false;
      while (this.#byte() === space) this.#at++;
    } else if (!this.#plainKey()) return false;
    if (this.#byte() !== 0x3a || !this.#separates(this.#at + 1)) return false;
    this.#at++;
    this.#put(0x3a);
    return this.#length - from < longestKey && this.#isNew(from, firstHash);
  }

  #plainKey(): boolean {
    const from = this.#at;
    const kind = plainFirst[this.#bytes[from] as number] as number;
    if (kind === never || (kind === sign && !this.#isDotWord())) return false;
    const to = this.#plainText(true);
    if (to < 0) return false;
    if (kind === text || kind === sign || (kind === word && !this.#mayBeWord(from, to))) return true;
    const written = this.#bytes.toString('latin1', from, to);
    return resolvePlain(written) === written;
  }

  /** `.` and `.dockerconfigjson`, but not `.inf`, `.nan` or `.5`. */
  #isDotWord(): boolean {
    const next = (this.#bytes[this.#at + 1] as number) | 32;
    if (this.#bytes[this.#at] !== 0x2e) return false;
    return next === 0x3a || (next >= 97 && next <= 122 && next !== 105 && next !== 110);
  }

  /** Notes a key by its hash; false where one like it was there: repeated keys are the full reader's. */
  #isNew(from: number, firstHash: number): boolean {
    const [out, length, hashes, count] = [this.#out, this.#length, this.#hashes, this.#hashCount];
    let found = 0;
    for (let at = from; at < length; at++) found = (Math.imul(found, 31) + (out[at] as number)) | 0;
    for (let index = firstHash; index < count; index++) if (hashes[index] === found) return false;
    hashes[this.#hashCount++] = found;
    return count - firstHash < mostKeys;
  }

  /** A scalar in a collection of this indentation, and what ends its line. */
  #scalar(indent: number): boolean {
    const first = this.#bytes[this.#at] as number;
    if (first === 0x7c) return this.#literal(indent);
    if (first === quote || first === doubleQuote) {
      if (!this.#quoted(first)) return false;
    } else if (first === 0x7b || first === 0x5b) {
      if (this.#bytes[this.#at + 1] !== first + 2) return false;
      this.#put(first);
      this.#put(first + 2);
      this.#at += 2;
    } else if (!this.#plain(first)) return false;
    return this.#endLine() && this.#nextLine();
  }

  #plain(first: number): boolean {
    const from = this.#at;
    const kind = plainFirst[first] as number;
    if (kind === never || (kind === digit && this.#decimal())) return kind !== never;
    if (kind === sign && this.#separates(from + 1)) return false;
    const start = this.#length;
    const to = this.#plainText(false);
    if (to < 0) return false;
    const last = this.#bytes[to - 1] as number;
    // most texts that begin with a digit and are no number end in a letter: times, versions, quantities
    if (kind === text || (kind === word && !this.#mayBeWord(from, to)) || (kind === digit && last > 102)) return true;
    const written = this.#bytes.toString('latin1', from, to);
    if (kind === sign && /^[-+]?\.[in]/i.test(written)) return false;
    const value = resolvePlain(written);
    if (value === written) return true;
    const json = typeof value === 'bigint' ? '' : JSON.stringify(value);
    this.#length = start;
    this.#putText(json);
    return json !== '' && json.length <= written.length + 8;
  }

  /** A number as JSON writes it too, of at most 15 digits. False where it is not one. */
  #decimal(): boolean {
    const [bytes, end, from] = [this.#bytes, this.#end, this.#at];
    let at = from;
    while (at < end && plainFirst[bytes[at] as number] === digit) at++;
    if (at - from > 15 || (bytes[from] === 48 && at > from + 1) || (at < end && bytes[at] !== 10)) return false;
    for (let index = from; index < at; index++) this.#out[this.#length++] = bytes[index] as number;
    this.#at = at;
    return true;
  }

  /** False only where a plain scalar is certainly none of YAML 1.1's words. */
  #mayBeWord(from: number, to: number): boolean {
    if (to - from > 5) return false;
    if (to - from < 3) return true;
    return wordStart[(this.#bytes[from] as number) | 32] === ((this.#bytes[from + 1] as number) | 32);
  }

  /** Writes a plain scalar as a JSON string, up to its line's end or, of a key, its colon. Gives its end; -1: refused. */
  #plainText(isKey: boolean): number {
    const [bytes, end, out] = [this.#bytes, this.#end, this.#out];
    let [at, length] = [this.#at, this.#length];
    out[length++] = doubleQuote;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      const found = byteClass[byte];
      if (found !== ordinary) {
        if (found === lineFeed) {
          if (isKey) return -1;
          break;
        }
        if (found === colon && this.#separates(at + 1)) {
          if (!isKey) return -1;
          break;
        }
        if (found === refused || (found === hash && bytes[at - 1] === space)) return -1;
        if (found === high) this.#high = true;
        if (found === escaped) out[length++] = backslash;
      }
      out[length++] = byte;
    }
    this.#at = at;
    while (bytes[at - 1] === space) {
      at--;
      length--;
    }
    out[length++] = doubleQuote;
    this.#length = length;
    return at;
  }

  /** A quoted scalar on one line. */
  #quoted(mark: number): boolean {
    const [bytes, end, out] = [this.#bytes, this.#end, this.#out];
    let [at, length] = [this.#at + 1, this.#length];
    out[length++] = doubleQuote;
    for (; ; at++) {
      if (at >= end) return false;
      const byte = bytes[at] as number;
      if (byte === mark) {
        if (mark === doubleQuote || at + 1 >= end || bytes[at + 1] !== quote) break;
        at++;
      } else {
        const found = byteClass[byte];
        if (found === lineFeed || found === refused) return false;
        if (found === high) this.#high = true;
        if (found === escaped) {
          out[length++] = backslash;
          if (mark === doubleQuote && (++at >= end || sameEscape[bytes[at] as number] === 0)) return false;
        }
      }
      out[length++] = bytes[at] as number;
    }
    out[length++] = doubleQuote;
    this.#at = at + 1;
    this.#length = length;
    return true;
  }

  /** A literal block whose indentation its first line gives. */
  #literal(indent: number): boolean {
    const [bytes, end, out] = [this.#bytes, this.#end, this.#out];
    const chomping = bytes[this.#at + 1];
    let at = this.#at + (chomping === dash || chomping === 0x2b ? 2 : 1);
    if (at >= end || bytes[at] !== 10) return false;
    this.#lines++;
    const first = ++at;
    while (at < end && bytes[at] === space) at++;
    const margin = at - first;
    if (margin <= indent || at >= end || bytes[at] === 10) return false;
    let length = this.#length;
    let [start, blank] = [first, 0];
    out[length++] = doubleQuote;
    for (;;) {
      at = start;
      while (at < end && at < start + margin && bytes[at] === space) at++;
      if (at >= end) break;
      if (bytes[at] === 10) {
        if (at > start) return false;
        blank++;
      } else {
        if (at < start + margin) break;
        blank = 0;
        for (; ; at++) {
          if (at >= end) return false;
          const byte = bytes[at] as number;
          const found = byteClass[byte];
          if (found === lineFeed) break;
          if (found === refused) return false;
          if (found === high) this.#high = true;
          if (found === escaped) out[length++] = backslash;
          out[length++] = byte;
        }
      }
      out[length++] = backslash;
      out[length++] = 110;
      this.#lines++;
      start = at + 1;
    }
    if (at > start && (at >= end || at - start > indent)) return false;
    const dropped = chomping === 0x2b ? 0 : chomping === dash ? blank + 1 : blank;
    this.#length = length - 2 * dropped;
    this.#put(doubleQuote);
    this.#at = start;
    return this.#nextLine();
  }
}
