import { isUtf8 } from 'node:buffer';
import type { Json } from '../../model/json.ts';
import { bounds, tooLarge } from './bounds.ts';
import { type ByteWindow, countLines, type Part } from './byte-window.ts';
import { type FileItems, type ItemKind, itemKind, ownKind } from './file-items.ts';
import { UnreadableYaml } from './unreadable-yaml.ts';
import { parseYaml } from './yaml-document.ts';
import { beginsItem, findItems, itemAsDocument, itemEnd, type ItemsStart } from './yaml-list.ts';
import { BlockReader } from './yaml-block.ts';
import { addYaml } from './yaml-text.ts';

/** An anchor and an alias as they may stand before a node; in comments and block scalars they are none. */
const anchor = /(?:^|[\s[{,])&[^\s,[\]{}]/;
const alias = /(?:^|[\s[{,])\*[^\s,[\]{}]/;

/**
 * Reads YAML documents from a window, separated by lines that begin with `---`. A list's items are documents by
 * themselves, so that a broken one hides none; from {@link bounds.streamFrom} on they are given before its end.
 */
export class YamlReader {
  readonly #window: ByteWindow;
  readonly #found: FileItems;
  readonly #block = new BlockReader();
  /** How much of the window holds no separator. */
  #searched = 0;

  constructor(window: ByteWindow, found: FileItems) {
    this.#window = window;
    this.#found = found;
  }

  /** Reads to the stream's end. */
  async read(): Promise<void> {
    for (;;) {
      const { bytes, ended } = this.#window;
      const end = this.#separatorIn(bytes);
      if (startsWithSeparator(bytes)) await this.#separator();
      else if (end !== -1 || ended) {
        if (bytes.length === 0) return;
        this.#document(this.#consume(end === -1 ? bytes.length : end + 1));
      } else if (bytes.length < bounds.streamFrom) await this.#window.more(bounds.chunk);
      else if (findItems(bytes) !== null) await this.#longList();
      else if (bytes.length > bounds.object) await this.#tooLarge();
      else await this.#window.more(bounds.chunk);
      await this.#found.give();
    }
  }

  /** Offset of the line feed before the next separator; -1: none. Each byte is looked at once. */
  #separatorIn(bytes: Buffer): number {
    const found = bytes.indexOf('\n---', this.#searched);
    this.#searched = found === -1 ? Math.max(0, bytes.length - 3) : found;
    return found;
  }

  #consume(count: number): Part {
    this.#searched = Math.max(0, this.#searched - count);
    return this.#window.consume(count);
  }

  /** kubectl takes spaces and a comment behind `---`, and refuses all else. */
  async #separator(): Promise<void> {
    let end = this.#window.bytes.indexOf(10);
    while (end === -1 && !this.#window.ended) {
      await this.#window.more(bounds.chunk);
      end = this.#window.bytes.indexOf(10);
    }
    const { bytes, line } = this.#consume(end === -1 ? this.#window.bytes.length : end + 1);
    const rest = bytes.toString('utf8', 3).trim();
    if (rest === '' || rest.startsWith('#')) return;
    this.#found.next();
    this.#found.problem('PLM1201', `invalid YAML document separator: ${rest.slice(0, 80)}`, line, 4);
  }

  #document(part: Part): void {
    const items = isUtf8(part.bytes) ? findItems(part.bytes) : null;
    if (items === null) this.#object(part, ownKind);
    else if (!this.#listWithAliases(part, items) && !this.#list(part, items)) this.#object(part, ownKind);
  }

  /** A list in block style; false where its head is not that of one. */
  #list({ bytes, line }: Part, { key, first, indent }: ItemsStart): boolean {
    let end = first;
    for (let at: number | null = first; at !== null && beginsItem(bytes, at, indent); at = end)
      end = itemEnd(bytes, at, indent, true) ?? bytes.length;
    const head = Buffer.concat([bytes.subarray(0, key), Buffer.from('items: []\n'), bytes.subarray(end)]);
    const list = listKind(head);
    if (list === null) return false;
    this.#items({ bytes, line: this.#lineOf(bytes, line, first) }, first, { indent, whole: true, list, first: 0 });
    return true;
  }

  /**
   * The items that are whole in the bytes of a list, from an offset whose line `part` gives; `whole` says that no more
   * bytes follow, `first` is the number of the first item. Gives the offset behind them, how many lines they were, and
   * the number of the next.
   */
  #items(
    part: Part,
    from: number,
    { indent, whole, list, first }: { indent: number; whole: boolean; list: ItemKind; first: number },
  ): { end: number; lines: number; next: number } {
    const { bytes } = part;
    let [at, lines, index] = [from, 0, first];
    while (beginsItem(bytes, at, indent)) {
      const read = this.#found.selects ? null : this.#block.item(bytes, at, indent, whole);
      const end = read === null ? itemEnd(bytes, at, indent, whole) : read.end;
      if (end === null) break;
      const line = part.line + lines;
      if (read === null) {
        const item = itemAsDocument(bytes, at, end, indent);
        this.#object({ bytes: item, line }, list, index);
        lines += countLines(item);
      } else {
        const start = at;
        this.#found.next(index);
        this.#found.object(read.value, list, line + read.before, {
          text: () => itemAsDocument(bytes, start, end, indent).toString('utf8'),
          line,
        });
        lines += read.lines;
      }
      at = end;
      index++;
    }
    return { end: at, lines, next: index };
  }

  /** A list whose items refer to one another is read whole; false where there is none, or it cannot be read so. */
  #listWithAliases({ bytes, line }: Part, { first, indent }: ItemsStart): boolean {
    const text = bytes.toString('utf8');
    if (!alias.test(text) || !anchor.test(text) || !this.#found.isSelected(bytes)) return false;
    const value = readable(text);
    const list = value === undefined ? null : itemKind(value);
    if (list === null) return false;
    const { items } = value as { readonly items: readonly Json[] };
    const starts: number[] = [];
    for (let at = first; beginsItem(bytes, at, indent); at = itemEnd(bytes, at, indent, true) ?? bytes.length)
      starts.push(at);
    if (starts.length !== items.length) return false;
    for (const [index, item] of items.entries()) {
      this.#found.next(index);
      this.#found.object(item, list, this.#lineOf(bytes, line, starts[index] ?? first));
    }
    return true;
  }

  #lineOf(bytes: Buffer, line: number, offset: number): number {
    let at = line;
    for (let next = bytes.indexOf(10); next !== -1 && next < offset; next = bytes.indexOf(10, next + 1)) at++;
    return at;
  }

  /** A list beyond the window: its items are given before the rest of it is known. */
  async #longList(): Promise<void> {
    const start = findItems(this.#window.bytes);
    if (start === null) return;
    const head = Buffer.from(this.#consume(start.first).bytes);
    const list = listKind(Buffer.concat([head, Buffer.from('  []\n')])) ?? ownKind;
    let first = 0;
    for (;;) {
      const { bytes, line, ended } = this.#window;
      const stop = this.#separatorIn(bytes);
      const part = { bytes: stop === -1 ? bytes : bytes.subarray(0, stop + 1), line };
      const whole = ended || stop !== -1;
      const { end, lines, next } = this.#items(part, 0, { indent: start.indent, whole, list, first });
      first = next;
      this.#searched = Math.max(0, this.#searched - end);
      this.#window.consumeCounted(end, lines);
      await this.#found.give();
      const { bytes: rest } = this.#window;
      if (whole || (rest.length > start.indent + 1 && !beginsItem(rest, 0, start.indent))) break;
      if (end === 0 && rest.length > bounds.object) {
        await this.#tooLarge();
        return;
      }
      await this.#window.more(bounds.chunk);
    }
    await this.#longListTail(head);
  }

  async #longListTail(head: Buffer): Promise<void> {
    const { bytes, line } = await this.#toSeparator();
    if (listKind(Buffer.concat([head, Buffer.from('  []\n'), bytes])) !== null) return;
    const words = 'the items of this document were read as a list, but its head is not that of one';
    this.#found.problem('PLM1201', words, line, null);
  }

  /** What stands before the next separator, or to the end. */
  async #toSeparator(): Promise<Part> {
    for (;;) {
      const { bytes, ended } = this.#window;
      const end = startsWithSeparator(bytes) ? 0 : this.#separatorIn(bytes) + 1;
      if (end > 0 || startsWithSeparator(bytes)) return this.#consume(end);
      if (ended || bytes.length > bounds.object) return this.#consume(bytes.length);
      await this.#window.more(bounds.chunk);
    }
  }

  async #tooLarge(): Promise<void> {
    const { line } = this.#window;
    await this.#window.skipTo('\n---');
    this.#searched = 0;
    this.#found.next();
    this.#found.problem('PLM1206', tooLarge, line, null);
  }

  #object({ bytes, line }: Part, list: ItemKind, index: number | null = null): void {
    this.#found.next(index, index === null ? bytes : null);
    if (!this.#found.isSelected(bytes)) {
      this.#found.passBy();
      return;
    }
    const read = this.#block.document(bytes);
    const text = () => bytes.toString('utf8');
    if (read !== null) this.#found.object(read.value, list, line + read.before, { text, line });
    else if (!isUtf8(bytes)) this.#found.problem('PLM1209', 'the document is not UTF-8 text', line, null);
    else {
      addYaml(this.#found, text(), line, list, ({ bound, message, offset }) => {
        this.#found.problemAt(bound ? 'PLM1206' : 'PLM1201', message, line, text(), offset);
      });
    }
  }
}

function startsWithSeparator(bytes: Buffer): boolean {
  return bytes[0] === 45 && bytes[1] === 45 && bytes[2] === 45;
}

/** What a list's head says of its items; null where it is not a list's, or cannot be read. */
function listKind(head: Buffer): ItemKind | null {
  const value = readable(head.toString('utf8'));
  return value === undefined ? null : itemKind(value);
}

function readable(text: string): Json | undefined {
  try {
    return parseYaml(text).value;
  } catch (error) {
    if (error instanceof UnreadableYaml) return undefined;
    throw error;
  }
}
