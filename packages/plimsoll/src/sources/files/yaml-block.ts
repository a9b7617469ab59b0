import { isUtf8 } from 'node:buffer';
import type { Json } from '../../model/json.ts';
import { never, plainFirst } from './yaml-block-bytes.ts';
import { doubleQuote, lineEnd, quote, space } from './yaml-block-lines.ts';
import { BlockScalars } from './yaml-block-scalars.ts';

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
/** Characters that YAML, or js-yaml, treats in its own way. */
const odd = /[\u0080-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

/**
 * Reads the style in which kubectl, Helm and people write YAML: block mappings and sequences, scalars on one line,
 * literal blocks. It answers only where its answer is that of the full reader ({@link parseYaml}); of all else (flow
 * collections, anchors, tags, folded text, comments behind values, tabs, repeated keys, every error) it says null, and
 * the full reader reads it. The bytes are rewritten as JSON, for JSON.parse builds objects faster than we could: five
 * times as fast as the full reader.
 */
export class BlockReader extends BlockScalars {
  readonly #hashes = new Int32Array(deepest * mostKeys);
  #hashCount = 0;

  protected override reset(bytes: Buffer, from: number, end: number): void {
    super.reset(bytes, from, end);
    this.#hashCount = 0;
  }

  /** A document that is one mapping. */
  document(bytes: Buffer): BlockValue | null {
    if (bytes.length > longest) return null;
    this.reset(bytes, 0, bytes.length);
    if (!this.nextLine() || this.indent < 0) return null;
    const before = this.lines;
    return this.#mapping(this.indent, 1) && this.indent < 0 ? this.#result(0, before) : null;
  }

  /**
   * A mapping that is an item of a sequence, whose `-` stands `indent` spaces from `from`. `whole` says that no more
   * bytes follow; without it null is also the answer where the item's end is not there.
   */
  item(bytes: Buffer, from: number, indent: number, whole: boolean): BlockValue | null {
    const end = Math.min(bytes.length, from + longest);
    this.reset(bytes, from, end);
    this.at = from + indent + 1;
    while (this.byte() === space) this.at++;
    if (this.byte() === lineEnd) {
      if (!this.endLine() || !this.nextLine() || this.indent <= indent) return null;
    } else this.indent = this.at - from;
    const before = this.lines;
    if (!this.#mapping(this.indent, 1) || this.indent > indent) return null;
    return this.indent < 0 && !(whole && end === bytes.length) ? null : this.#result(from, before);
  }

  #result(from: number, before: number): BlockValue | null {
    const end = this.indent < 0 ? this.end : this.start;
    if (this.high) {
      const source = this.bytes.subarray(from, end);
      if (!isUtf8(source) || odd.test(source.toString('utf8'))) return null;
    }
    const json = this.out.toString(this.high ? 'utf8' : 'latin1', 0, this.length);
    return { value: JSON.parse(json) as Json, end, before, lines: this.lines };
  }

  /** The collection that the line stood on begins. */
  #collection(depth: number): boolean {
    return this.isDash() ? this.#sequence(this.indent, depth) : this.#mapping(this.indent, depth);
  }

  #mapping(indent: number, depth: number): boolean {
    if (depth > deepest) return false;
    const firstHash = this.#hashCount;
    this.put(0x7b);
    for (;;) {
      if (!this.#key(firstHash) || !this.#value(indent, depth)) return false;
      if (this.indent !== indent) break;
      this.put(0x2c);
    }
    this.put(0x7d);
    this.#hashCount = firstHash;
    return this.indent < indent;
  }

  #value(indent: number, depth: number): boolean {
    while (this.byte() === space) this.at++;
    if (this.at < this.end && this.bytes[this.at] !== lineEnd) return this.scalar(indent);
    if (!this.endLine() || !this.nextLine()) return false;
    if (this.indent > indent) return this.#collection(depth + 1);
    if (this.indent === indent && this.isDash()) return this.#sequence(indent, depth + 1);
    this.putText('null');
    return true;
  }

  #sequence(indent: number, depth: number): boolean {
    if (depth > deepest) return false;
    this.put(0x5b);
    for (;;) {
      this.at++;
      if (!this.#entry(indent, depth)) return false;
      if (this.indent !== indent || !this.isDash()) break;
      this.put(0x2c);
    }
    this.put(0x5d);
    return this.indent <= indent;
  }

  #entry(indent: number, depth: number): boolean {
    const from = this.at;
    while (this.byte() === space) this.at++;
    if (this.at === this.end || this.bytes[this.at] === lineEnd) {
      if (!this.endLine() || !this.nextLine()) return false;
      if (this.indent > indent) return this.#collection(depth + 1);
      this.putText('null');
      return true;
    }
    const isSequence = this.isDash();
    if (!isSequence && !this.#beginsKey()) return this.scalar(indent);
    this.indent = indent + 1 + this.at - from;
    return isSequence ? this.#sequence(this.indent, depth + 1) : this.#mapping(this.indent, depth + 1);
  }

  /** True where a key seems to begin; one that is none is refused when it is read. */
  #beginsKey(): boolean {
    const [bytes, end] = [this.bytes, this.end];
    const first = bytes[this.at] as number;
    let at = this.at;
    if (first === quote || first === doubleQuote) {
      at++;
      while (at < end && bytes[at] !== first && bytes[at] !== lineEnd) at++;
    } else if (plainFirst[first] === never) return false;
    for (; at < end && bytes[at] !== lineEnd; at++) if (bytes[at] === 0x3a && this.separates(at + 1)) return true;
    return false;
  }

  /** A key and its colon. `firstHash` is where the mapping's own hashes begin. */
  #key(firstHash: number): boolean {
    const from = this.length;
    const first = this.byte();
    if (first === quote || first === doubleQuote) {
      if (!this.quoted(first)) return false;
      while (this.byte() === space) this.at++;
    } else if (!this.plainKey()) return false;
    if (this.byte() !== 0x3a || !this.separates(this.at + 1)) return false;
    this.at++;
    this.put(0x3a);
    return this.length - from < longestKey && this.#isNew(from, firstHash);
  }

  /** Notes a key by its hash; false where one like it was there: repeated keys are the full reader's. */
  #isNew(from: number, firstHash: number): boolean {
    const [out, length, hashes, count] = [this.out, this.length, this.#hashes, this.#hashCount];
    let found = 0;
    for (let at = from; at < length; at++) found = (Math.imul(found, 31) + (out[at] as number)) | 0;
    for (let index = firstHash; index < count; index++) if (hashes[index] === found) return false;
    hashes[this.#hashCount++] = found;
    return count - firstHash < mostKeys;
  }
}
