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
import { BlockLines, backslash, dash, doubleQuote, lineEnd, quote, space } from './yaml-block-lines.ts';
import { resolvePlain } from './yaml-scalar.ts';

/** Scalars on one line, literal blocks and plain keys; false of a method is for the full reader. */
export abstract class BlockScalars extends BlockLines {
  /** A scalar in a collection of this indentation, and what ends its line. */
  protected scalar(indent: number): boolean {
    const first = this.bytes[this.at] as number;
    if (first === 0x7c) return this.#literal(indent);
    if (first === quote || first === doubleQuote) {
      if (!this.quoted(first)) return false;
    } else if (first === 0x7b || first === 0x5b) {
      if (this.bytes[this.at + 1] !== first + 2) return false;
      this.put(first);
      this.put(first + 2);
      this.at += 2;
    } else if (!this.#plain(first)) return false;
    return this.endLine() && this.nextLine();
  }

  #plain(first: number): boolean {
    const from = this.at;
    const kind = plainFirst[first] as number;
    if (kind === never || (kind === digit && this.#decimal())) return kind !== never;
    if (kind === sign && this.separates(from + 1)) return false;
    const start = this.length;
    const to = this.#plainText(false);
    if (to < 0) return false;
    const last = this.bytes[to - 1] as number;
    // most texts that begin with a digit and are no number end in a letter: times, versions, quantities
    if (kind === text || (kind === word && !this.#mayBeWord(from, to)) || (kind === digit && last > 102)) return true;
    const written = this.bytes.toString('latin1', from, to);
    if (kind === sign && /^[-+]?\.[in]/i.test(written)) return false;
    const value = resolvePlain(written);
    if (value === written) return true;
    const json = typeof value === 'bigint' ? '' : JSON.stringify(value);
    this.length = start;
    this.putText(json);
    return json !== '' && json.length <= written.length + 8;
  }

  /** A number as JSON writes it too, of at most 15 digits. False where it is not one. */
  #decimal(): boolean {
    const [bytes, end, from] = [this.bytes, this.end, this.at];
    let at = from;
    while (at < end && plainFirst[bytes[at] as number] === digit) at++;
    if (at - from > 15 || (bytes[from] === 48 && at > from + 1) || (at < end && bytes[at] !== lineEnd)) return false;
    for (let index = from; index < at; index++) this.out[this.length++] = bytes[index] as number;
    this.at = at;
    return true;
  }

  /** False only where a plain scalar is certainly none of YAML 1.1's words. */
  #mayBeWord(from: number, to: number): boolean {
    if (to - from > 5) return false;
    if (to - from < 3) return true;
    return wordStart[(this.bytes[from] as number) | 32] === ((this.bytes[from + 1] as number) | 32);
  }

  /** Writes a plain scalar as a JSON string, up to its line's end or, of a key, its colon. Gives its end; -1: refused. */
  #plainText(isKey: boolean): number {
    const [bytes, end, out] = [this.bytes, this.end, this.out];
    let [at, length] = [this.at, this.length];
    out[length++] = doubleQuote;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      const found = byteClass[byte];
      if (found !== ordinary) {
        if (found === lineFeed) {
          if (isKey) return -1;
          break;
        }
        if (found === colon && this.separates(at + 1)) {
          if (!isKey) return -1;
          break;
        }
        if (found === refused || (found === hash && bytes[at - 1] === space)) return -1;
        if (found === high) this.high = true;
        if (found === escaped) out[length++] = backslash;
      }
      out[length++] = byte;
    }
    this.at = at;
    while (bytes[at - 1] === space) {
      at--;
      length--;
    }
    out[length++] = doubleQuote;
    this.length = length;
    return at;
  }

  /** A quoted scalar on one line. */
  protected quoted(mark: number): boolean {
    const [bytes, end, out] = [this.bytes, this.end, this.out];
    let [at, length] = [this.at + 1, this.length];
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
        if (found === high) this.high = true;
        if (found === escaped) {
          out[length++] = backslash;
          if (mark === doubleQuote && (++at >= end || sameEscape[bytes[at] as number] === 0)) return false;
        }
      }
      out[length++] = bytes[at] as number;
    }
    out[length++] = doubleQuote;
    this.at = at + 1;
    this.length = length;
    return true;
  }

  /** A literal block whose indentation its first line gives. */
  #literal(indent: number): boolean {
    const [bytes, end, out] = [this.bytes, this.end, this.out];
    const chomping = bytes[this.at + 1];
    let at = this.at + (chomping === dash || chomping === 0x2b ? 2 : 1);
    if (at >= end || bytes[at] !== lineEnd) return false;
    this.lines++;
    const first = ++at;
    while (at < end && bytes[at] === space) at++;
    const margin = at - first;
    if (margin <= indent || at >= end || bytes[at] === lineEnd) return false;
    let length = this.length;
    let [start, blank] = [first, 0];
    out[length++] = doubleQuote;
    for (;;) {
      at = start;
      while (at < end && at < start + margin && bytes[at] === space) at++;
      if (at >= end) break;
      if (bytes[at] === lineEnd) {
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
          if (found === high) this.high = true;
          if (found === escaped) out[length++] = backslash;
          out[length++] = byte;
        }
      }
      out[length++] = backslash;
      out[length++] = 110;
      this.lines++;
      start = at + 1;
    }
    if (at > start && (at >= end || at - start > indent)) return false;
    const dropped = chomping === 0x2b ? 0 : chomping === dash ? blank + 1 : blank;
    this.length = length - 2 * dropped;
    this.put(doubleQuote);
    this.at = start;
    return this.nextLine();
  }

  protected plainKey(): boolean {
    const from = this.at;
    const kind = plainFirst[this.bytes[from] as number] as number;
    if (kind === never || (kind === sign && !this.#isDotWord())) return false;
    const to = this.#plainText(true);
    if (to < 0) return false;
    if (kind === text || kind === sign || (kind === word && !this.#mayBeWord(from, to))) return true;
    const written = this.bytes.toString('latin1', from, to);
    return resolvePlain(written) === written;
  }

  /** `.` and `.dockerconfigjson`, but not `.inf`, `.nan` or `.5`. */
  #isDotWord(): boolean {
    const next = (this.bytes[this.at + 1] as number) | 32;
    if (this.bytes[this.at] !== 0x2e) return false;
    return next === 0x3a || (next >= 97 && next <= 122 && next !== 105 && next !== 110);
  }
}
