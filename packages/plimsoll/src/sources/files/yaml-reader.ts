import { isUtf8 } from 'node:buffer';
import type { Json } from '../../model/json.ts';
import { bounds, tooLarge } from './bounds.ts';
import type { ByteWindow, Part } from './byte-window.ts';
import { type FileItems, type ItemKind, itemKind, ownKind } from './file-items.ts';
import { UnreadableYaml } from './unreadable-yaml.ts';
import { parseYaml } from './yaml-document.ts';
import { findItems, type ItemsStart, splitItems } from './yaml-list.ts';
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

  constructor(window: ByteWindow, found: FileItems) {
    this.#window = window;
    this.#found = found;
  }

  /** Reads to the stream's end. */
  async read(): Promise<void> {
    for (;;) {
      const { bytes, ended } = this.#window;
      const end = bytes.indexOf('\n---');
      if (startsWithSeparator(bytes)) await this.#separator();
      else if (end !== -1 || ended) {
        if (bytes.length === 0) return;
        this.#document(this.#window.consume(end === -1 ? bytes.length : end + 1));
      } else if (bytes.length < bounds.streamFrom) await this.#window.more(bounds.chunk);
      else if (findItems(bytes) !== null) await this.#longList();
      else if (bytes.length > bounds.object) await this.#tooLarge();
      else await this.#window.more(bounds.chunk);
      await this.#found.give();
    }
  }

  /** kubectl takes spaces and a comment behind `---`, and refuses all else. */
  async #separator(): Promise<void> {
    let end = this.#window.bytes.indexOf(10);
    while (end === -1 && !this.#window.ended) {
      await this.#window.more(bounds.chunk);
      end = this.#window.bytes.indexOf(10);
    }
    const { bytes, line } = this.#window.consume(end === -1 ? this.#window.bytes.length : end + 1);
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
    const copy = Buffer.from(bytes);
    const split = splitItems(copy, first, this.#lineOf(bytes, line, first), indent, true);
    const head = Buffer.concat([copy.subarray(0, key), Buffer.from('items: []\n'), copy.subarray(split.end)]);
    const list = listKind(head);
    if (list === null) return false;
    for (const item of split.items) this.#object(item, list);
    return true;
  }

  /** A list whose items refer to one another is read whole; false where there is none, or it cannot be read so. */
  #listWithAliases({ bytes, line }: Part, { first, indent }: ItemsStart): boolean {
    const text = bytes.toString('utf8');
    if (!alias.test(text) || !anchor.test(text) || !this.#found.isSelected(bytes)) return false;
    const value = readable(text);
    const list = value === undefined ? null : itemKind(value);
    const items = list === null ? [] : (value as { readonly items: readonly Json[] }).items;
    const split = splitItems(Buffer.from(bytes), first, this.#lineOf(bytes, line, first), indent, true);
    if (list === null || split.items.length !== items.length) return false;
    for (const [index, item] of items.entries()) {
      this.#found.next();
      this.#found.object(item, list, split.items[index]?.line ?? line);
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
    const head = Buffer.from(this.#window.consume(start.first).bytes);
    const list = listKind(Buffer.concat([head, Buffer.from('  []\n')])) ?? ownKind;
    for (;;) {
      const { bytes, line, ended } = this.#window;
      const stop = bytes.indexOf('\n---');
      const window = stop === -1 ? bytes : bytes.subarray(0, stop + 1);
      const split = splitItems(window, 0, line, start.indent, ended || stop !== -1);
      for (const item of split.items) this.#object(item, list);
      this.#window.consume(split.end);
      await this.#found.give();
      if (split.closed) break;
      if (split.items.length === 0 && this.#window.bytes.length > bounds.object) {
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
      const end = startsWithSeparator(bytes) ? 0 : bytes.indexOf('\n---') + 1;
      if (end > 0 || startsWithSeparator(bytes)) return this.#window.consume(end);
      if (ended || bytes.length > bounds.object) return this.#window.consume(bytes.length);
      await this.#window.more(bounds.chunk);
    }
  }

  async #tooLarge(): Promise<void> {
    const { line } = this.#window;
    await this.#window.skipTo('\n---');
    this.#found.next();
    this.#found.problem('PLM1206', tooLarge, line, null);
  }

  #object({ bytes, line }: Part, list: ItemKind): void {
    this.#found.next();
    if (!this.#found.isSelected(bytes)) this.#found.passBy();
    else if (!isUtf8(bytes)) this.#found.problem('PLM1209', 'the document is not UTF-8 text', line, null);
    else {
      const text = bytes.toString('utf8');
      addYaml(this.#found, text, line, list, ({ bound, message, offset }) => {
        this.#found.problemAt(bound ? 'PLM1206' : 'PLM1201', message, line, text, offset);
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
