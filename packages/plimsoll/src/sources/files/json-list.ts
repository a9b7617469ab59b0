import type { Json } from '../../model/json.ts';
import { bounds, tooLarge } from './bounds.ts';
import type { ByteWindow } from './byte-window.ts';
import { type ParsedJson, parseJsonWithin } from './json-value.ts';
import { JsonSpan, UnsplittableJson } from './json-span.ts';

/** An item of a JSON list. */
export interface ListItem {
  readonly text: string;
  /** undefined where the text is no JSON. */
  readonly value: Json | undefined;
  /** Its number in the list, from 0. */
  readonly index: number;
  /** 1-based line in the file, and column in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  /** True where an object of it may hold a key twice; never false where one does. */
  readonly mayRepeatKeys: boolean;
  /** In bytes. */
  readonly size: number;
  readonly selected: boolean;
}

const [openBrace, closeBrace, closeBracket, comma, colon, quote, backslash] = Buffer.from('{}],:"\\');
const [space, tab, lineFeed, carriageReturn] = Buffer.from(' \t\n\r');

/**
 * Takes the items of a JSON array out of a window that begins behind its bracket. Where items stand on lines of their
 * own, as kubectl prints them, an item's end is the brace in its own column: that what lies between them parses proves
 * that it is the item, since no JSON value begins another. All else is found byte by byte.
 */
export class JsonList {
  readonly #window: ByteWindow;
  readonly #isSelected: (bytes: Buffer) => boolean;
  /** What ends an item that stands on lines of its own: a line feed, its indentation, a brace; null where it does not. */
  #mark: Buffer | null = null;
  /** Looks for the end of the item under way. */
  #span: JsonSpan | null = null;
  /** Where the last item seemed to end, and the line feeds and colons behind keys before. */
  #aligned = { end: -1, lines: 0, colons: 0 };
  /** True where items turned out not to end so. */
  #unaligned = false;
  #index = 0;
  /** What stands before the window's first byte, from some place in its line on, and the column of that place. */
  #before: { readonly text: string; readonly column: number };

  /** `head`: what stands before the window, back to the beginning of a line at least. */
  constructor(window: ByteWindow, head: string, isSelected: (bytes: Buffer) => boolean) {
    this.#window = window;
    this.#before = { text: head, column: 1 };
    this.#isSelected = isSelected;
  }

  /**
   * The next item; 'end' behind the array's bracket, 'more' where the window has to grow first. It waits for nothing
   * itself: a step that awaits for each item would keep the last chunk's items alive. Throws {@link UnsplittableJson}.
   */
  next(): ListItem | 'more' | 'end' {
    if (this.#span === null) {
      if (!this.#toItem()) return this.#needMore('the file ends inside a list');
      if (this.#window.bytes[0] === closeBracket) {
        this.#window.consume(1);
        return 'end';
      }
      this.#span = new JsonSpan(0);
    }
    const item = this.#cut(this.#span);
    if (item === null) return this.#needMore('the file ends inside an object');
    if (item.size === this.#aligned.end) this.#window.consumeCounted(item.size, this.#aligned.lines);
    else this.#window.consume(item.size);
    this.#span = null;
    this.#index++;
    this.#before = { text: item.text, column: item.column };
    return item;
  }

  #needMore(otherwise: string): 'more' {
    if (this.#window.ended) throw new UnsplittableJson(otherwise, this.#window.bytes.length);
    return 'more';
  }

  /** Consumes what stands before an item or the end of the array; false where that is not in the window. */
  #toItem(): boolean {
    const { bytes } = this.#window;
    let [at, line] = [0, -1];
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === lineFeed) line = at;
      else if (byte === comma) this.#mark = null;
      else if (byte !== space && byte !== tab && byte !== carriageReturn) break;
    }
    if (line !== -1 && at < bytes.length) this.#expect(bytes.subarray(line, at));
    if (line !== -1) this.#before = { text: '', column: at - line };
    else if (at > 0) this.#before = { text: '', column: this.#column + at };
    this.#window.consume(at);
    return at < bytes.length;
  }

  /** The 1-based column of the window's first byte, in UTF-16 units. */
  get #column(): number {
    const { text, column } = this.#before;
    const feed = text.lastIndexOf('\n');
    return feed === -1 ? column + text.length : text.length - feed;
  }

  /** An item's end is then a brace behind this line feed and indentation. */
  #expect(indentation: Buffer): void {
    const end = Buffer.concat([indentation, Buffer.of(closeBrace ?? 0)]);
    if (this.#mark === null || !this.#mark.equals(end)) this.#mark = end;
  }

  /** The item that the window begins with; null where it does not hold all of it. */
  #cut(span: JsonSpan): ListItem | null {
    const { bytes, ended } = this.#window;
    const aligned = this.#alignedEnd(bytes);
    if (aligned !== -1) {
      const item = this.#item(aligned, parseItem);
      if (item.value !== undefined) return item;
    }
    const end = this.#spanEnd(span, bytes, ended, aligned);
    if (end === -1) return null;
    const item = this.#item(end, parseItem);
    if (item.value !== undefined || aligned === -1) {
      this.#unaligned ||= item.value !== undefined && this.#mark !== null;
      return item;
    }
    return this.#item(aligned, () => undefined);
  }

  /** Counts line feeds and colons before it on the way, for every byte is looked at. */
  #alignedEnd(bytes: Buffer): number {
    this.#aligned = { end: -1, lines: 0, colons: 0 };
    const mark = this.#mark;
    if (mark === null || this.#unaligned || bytes[0] !== openBrace) return -1;
    const { length } = mark;
    const last = bytes.length - length;
    let [lines, colons] = [0, 0];
    for (let at = 1; at <= last; at++) {
      const byte = bytes[at];
      if (byte === colon && mayFollowKey(bytes, at)) colons++;
      if (byte !== lineFeed) continue;
      lines++;
      if (bytes[at + length - 1] === closeBrace && bytes.compare(mark, 0, length, at, at + length) === 0) {
        this.#aligned = { end: at + length, lines, colons };
        return at + length;
      }
    }
    return -1;
  }

  /** The end by brackets; `aligned` where these do not match, so that a broken item hides none behind it. */
  #spanEnd(span: JsonSpan, bytes: Buffer, ended: boolean, aligned: number): number {
    try {
      const end = span.end(bytes, ended);
      if (end !== -1) return end;
      if (aligned === -1 && ended) throw new UnsplittableJson('the file ends inside an object', bytes.length);
      if (aligned === -1 && bytes.length > bounds.object) throw new UnsplittableJson(tooLarge, 0, true);
      return ended || bytes.length > bounds.object ? aligned : -1;
    } catch (error) {
      if (error instanceof UnsplittableJson && !error.bound && aligned !== -1) return aligned;
      throw error;
    }
  }

  #item(size: number, parse: (text: string) => ParsedJson | undefined): ListItem {
    const bytes = this.#window.bytes.subarray(0, size);
    const text = bytes.toString('utf8');
    const parsed = parse(text);
    const colons = size === this.#aligned.end ? this.#aligned.colons : colonsIn(bytes);
    return {
      text,
      value: parsed?.value,
      index: this.#index,
      line: this.#window.line,
      column: this.#column,
      size,
      mayRepeatKeys: parsed !== undefined && colons > parsed.keys,
      selected: this.#isSelected(bytes),
    };
  }
}

function parseItem(text: string): ParsedJson | undefined {
  return parseJsonWithin(text, bounds.depth);
}

/** Colons behind keys, and some in texts. */
function colonsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = 1; at < bytes.length; at++) if (bytes[at] === colon && mayFollowKey(bytes, at)) count++;
  return count;
}

/** Behind a key's closing quote, or a blank. Texts that hold JSON themselves are full of escaped quotes. */
function mayFollowKey(bytes: Buffer, at: number): boolean {
  const before = bytes[at - 1];
  if (before !== quote) return before === space || before === lineFeed || before === tab || before === carriageReturn;
  let first = at - 2;
  while (bytes[first] === backslash) first--;
  return (at - first) % 2 === 0;
}
