import { createReadStream } from 'node:fs';
import { isUtf8 } from 'node:buffer';
import { parseExactJson } from '../../model/exact-json.ts';
import { problem } from '../../model/errors.ts';
import type { ErrorCode } from '../../model/errors.ts';
import { isJsonObject } from '../../model/json.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { ByteWindow } from './byte-window.ts';
import type { FileItem } from './file-item.ts';
import { findFiles } from './find-files.ts';
import { JsonSplitter, UnsplittableJson } from './json-splitter.ts';
import { parseYaml, UnreadableYaml } from './yaml-document.ts';
import { findItems, splitItems } from './yaml-list.ts';
import type { Part } from './yaml-list.ts';

/** Bytes from which a list is given item by item before its end has been seen. */
const streamFrom = 8 * 2 ** 20;
/** The largest single object read. etcd takes 1.5 MiB; a CRD's file may be a few times that. */
const maxObject = 32 * 2 ** 20;
const chunk = 2 ** 20;

/** How to read. */
export interface ReadOptions {
  /**
   * Only documents and list items whose bytes hold one of these are parsed and given (`kind: ValidatingAdmission…`
   * stands in no pod's bytes): a first pass for policies costs a fraction of reading. Problems are given in the pass
   * without markers alone.
   */
  readonly select?: { readonly markers: readonly string[] };
  /** Where `-` is read from; standard input by default. */
  readonly stdin?: AsyncIterable<Buffer>;
}

/**
 * Reads files, folders and `-` as kubectl does, one object at a time: YAML documents split at lines that begin with
 * `---`, concatenated JSON, lists of every kind as their items. Memory holds one object, or 8 MiB of a list. What
 * cannot be read is a coded problem at its place; it hides no neighbour. Throws nothing.
 */
export async function* readTargets(targets: readonly string[], options: ReadOptions = {}): AsyncGenerator<FileItem> {
  for (const target of targets) {
    for await (const found of findFiles(target)) {
      if (typeof found === 'string') yield* readFile(found, options);
      else if (options.select === undefined) yield { item: 'problem', problem: found };
    }
  }
}

/** Reads one file; see {@link readTargets}. */
async function* readFile(file: string, options: ReadOptions = {}): AsyncGenerator<FileItem> {
  const stdin = options.stdin ?? (process.stdin as AsyncIterable<Buffer>);
  const bytes = file === '-' ? stdin : (createReadStream(file, { highWaterMark: chunk }) as AsyncIterable<Buffer>);
  const reader = new FileReader(file, new ByteWindow(bytes), options);
  yield* reader.read();
}

/** Objects of a text that is already in memory, as of a file of that name. */
export function readText(text: string, file: string): AsyncGenerator<FileItem> {
  const bytes = (async function* () {
    yield await Promise.resolve(Buffer.from(text));
  })();
  return new FileReader(file, new ByteWindow(bytes), {}).read();
}

/** apiVersion and kind that a list's head gives to items that have none (`PodList`). */
interface ItemKind {
  readonly apiVersion: string | null;
  readonly kind: string | null;
}
const ownKind: ItemKind = { apiVersion: null, kind: null };

class FileReader {
  readonly #file: string;
  readonly #window: ByteWindow;
  readonly #markers: readonly Buffer[] | null;
  #documents = 0;
  #empty = 0;
  #unselected = 0;

  constructor(file: string, window: ByteWindow, options: ReadOptions) {
    this.#file = file;
    this.#window = window;
    this.#markers = options.select?.markers.map((marker) => Buffer.from(marker)) ?? null;
  }

  async *read(): AsyncGenerator<FileItem> {
    try {
      await this.#window.more(chunk);
      this.#skipByteOrderMark();
      if (await this.#beginsAsJson()) yield* this.#json();
      yield* this.#yaml();
    } catch (error) {
      if (!isSystemError(error)) throw error;
      yield* this.#problem('PLM1209', `cannot read ${this.#file}: ${error.message}`, this.#window.line, null, null);
    } finally {
      await this.#window.close();
    }
    const { documents, empty, unselected } = {
      documents: this.#documents,
      empty: this.#empty,
      unselected: this.#unselected,
    };
    yield { item: 'file', file: this.#file, documents, empty, unselected };
  }

  #skipByteOrderMark(): void {
    const { bytes } = this.#window;
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#window.consume(3);
  }

  async #beginsAsJson(): Promise<boolean> {
    for (;;) {
      const { bytes } = this.#window;
      const at = bytes.findIndex((byte) => byte > 32);
      if (at !== -1) return bytes[at] === 0x7b;
      if (this.#window.ended) return false;
      await this.#window.more(chunk);
    }
  }

  // ---- YAML

  async *#yaml(): AsyncGenerator<FileItem> {
    for (;;) {
      const { bytes, ended } = this.#window;
      if (startsWithSeparator(bytes)) {
        yield* this.#separator();
        continue;
      }
      const end = bytes.indexOf('\n---');
      if (end !== -1 || ended) {
        if (bytes.length === 0) return;
        yield* this.#wholeYaml(this.#window.consume(end === -1 ? bytes.length : end + 1));
        if (end === -1) return;
      } else if (bytes.length < streamFrom) await this.#window.more(chunk);
      else if (findItems(bytes) !== null) yield* this.#longList();
      else if (bytes.length > maxObject) yield* this.#tooLong();
      else await this.#window.more(chunk);
    }
  }

  /** kubectl takes spaces and a comment behind `---`, and refuses all else. */
  async *#separator(): AsyncGenerator<FileItem> {
    let end = this.#window.bytes.indexOf(10);
    while (end === -1 && !this.#window.ended) {
      await this.#window.more(chunk);
      end = this.#window.bytes.indexOf(10);
    }
    const { bytes, line } = this.#window.consume(end === -1 ? this.#window.bytes.length : end + 1);
    const rest = bytes.toString('utf8', 3).trim();
    if (rest === '' || rest.startsWith('#')) return;
    yield* this.#problem(
      'PLM1201',
      `invalid YAML document separator: ${rest.slice(0, 80)}`,
      line,
      4,
      this.#documents + 1,
    );
  }

  async *#wholeYaml(part: Part): AsyncGenerator<FileItem> {
    const items = findItems(part.bytes);
    if (items === null || part.bytes.includes('*') || !isUtf8(part.bytes)) {
      yield* this.#yamlObject(part, ownKind);
      return;
    }
    const line = part.line + lines(part.bytes, 0, items.first);
    const copy = Buffer.from(part.bytes);
    const split = splitItems(copy, items.first, line, items.indent, true);
    const head = Buffer.concat([copy.subarray(0, items.key), Buffer.from('items: []\n'), copy.subarray(split.end)]);
    const list = this.#listKind(head);
    if (list === null) {
      yield* this.#yamlObject(part, ownKind);
      return;
    }
    for (const item of split.items) yield* this.#yamlObject(item, list);
  }

  /** A list beyond the window: its items are given before the rest of it is known. */
  async *#longList(): AsyncGenerator<FileItem> {
    const found = findItems(this.#window.bytes);
    if (found === null) return;
    const head = Buffer.from(this.#window.consume(found.first).bytes);
    const list = this.#listKind(Buffer.concat([head, Buffer.from('  []\n')])) ?? ownKind;
    for (;;) {
      const { bytes, line, ended } = this.#window;
      const stop = bytes.indexOf('\n---');
      const window = stop === -1 ? bytes : bytes.subarray(0, stop + 1);
      const split = splitItems(window, 0, line, found.indent, ended || stop !== -1);
      this.#window.consume(split.end);
      for (const item of split.items) yield* this.#yamlObject(item, list);
      if (split.closed) break;
      if (split.items.length === 0 && this.#window.bytes.length > maxObject) {
        yield* this.#tooLong();
        return;
      }
      await this.#window.more(streamFrom / 2);
    }
    yield* this.#longListTail(head);
  }

  async *#longListTail(head: Buffer): AsyncGenerator<FileItem> {
    while (!this.#window.ended && this.#window.bytes.indexOf('\n---') === -1 && this.#window.bytes.length < maxObject) {
      await this.#window.more(chunk);
    }
    const { bytes } = this.#window;
    const stop = startsWithSeparator(bytes) ? 0 : bytes.indexOf('\n---') + 1;
    const ends = stop > 0 || startsWithSeparator(bytes);
    const tail = this.#window.consume(ends ? stop : bytes.length);
    const whole = Buffer.concat([head, Buffer.from('  []\n'), tail.bytes]);
    if (this.#markers === null && this.#listKind(whole) === null) {
      const words = 'the items of this document were read as a list, but its head is not that of one';
      yield* this.#problem('PLM1201', words, tail.line, null, this.#documents);
    }
  }

  async *#tooLong(): AsyncGenerator<FileItem> {
    const { line } = this.#window;
    for (;;) {
      const { bytes, ended } = this.#window;
      const end = bytes.indexOf('\n---');
      this.#window.consume(end !== -1 ? end + 1 : ended ? bytes.length : Math.max(0, bytes.length - 4));
      if (end !== -1 || ended) break;
      await this.#window.more(streamFrom);
    }
    this.#documents++;
    const words = `one object is larger than the bound of ${maxObject / 2 ** 20} MiB`;
    yield* this.#problem('PLM1206', words, line, null, this.#documents);
  }

  /** What a list's head says of its items; null where it is not a list's, or cannot be read. */
  #listKind(head: Buffer): ItemKind | null {
    try {
      return itemKind(parseYaml(head.toString('utf8')).value);
    } catch (error) {
      if (error instanceof UnreadableYaml) return null;
      throw error;
    }
  }

  *#yamlObject(part: Part, list: ItemKind): Generator<FileItem> {
    this.#documents++;
    if (!this.#selected(part.bytes)) return;
    const document = this.#documents;
    if (!isUtf8(part.bytes)) {
      yield* this.#problem('PLM1209', 'the document is not UTF-8 text', part.line, null, document);
      return;
    }
    const text = part.bytes.toString('utf8');
    try {
      const parsed = parseYaml(text);
      if (parsed.empty) {
        this.#documents--;
        this.#empty++;
        return;
      }
      const first = part.line + linesBefore(text, firstContent(text));
      for (const { key, offset } of parsed.repeated) {
        yield* this.#at(
          'PLM1203',
          `the key ${JSON.stringify(key)} is repeated; the last one counts`,
          part,
          text,
          offset,
        );
      }
      if (parsed.ignoredFrom !== null) {
        yield* this.#at('PLM1210', 'kubectl reads nothing behind `...`', part, text, parsed.ignoredFrom);
      }
      yield* this.#object(parsed.value, list, document, first);
    } catch (error) {
      if (!(error instanceof UnreadableYaml)) throw error;
      yield* this.#at(error.bound ? 'PLM1206' : 'PLM1201', error.message, part, text, error.offset);
    }
  }

  // ---- JSON

  async *#json(): AsyncGenerator<FileItem> {
    const splitter = new JsonSplitter(this.#window.line);
    let held: Part[] = [];
    let heldBytes = 0;
    let streaming = false;
    for (;;) {
      const { bytes } = this.#window.consume(this.#window.bytes.length);
      try {
        for (const part of splitter.push(bytes)) {
          if (part.part === 'value') {
            yield* this.#jsonValue(part, held);
            [held, heldBytes, streaming] = [[], 0, false];
          } else if (streaming) yield* this.#jsonObject(part, ownKind);
          else {
            held.push(part);
            heldBytes += part.bytes.length;
            if (heldBytes <= streamFrom) continue;
            for (const item of held) yield* this.#jsonObject(item, ownKind);
            [held, heldBytes, streaming] = [[], 0, true];
          }
        }
      } catch (error) {
        if (!(error instanceof UnsplittableJson)) throw error;
        yield* this.#problem('PLM1206', error.message, error.line, null, this.#documents + 1);
        return;
      }
      if (splitter.heldBytes > maxObject) {
        const words = `one object is larger than the bound of ${maxObject / 2 ** 20} MiB`;
        yield* this.#problem('PLM1206', words, splitter.remainder.line, null, this.#documents + 1);
        return;
      }
      if (this.#window.ended) break;
      await this.#window.more(chunk);
    }
    for (const item of held) yield* this.#jsonObject(item, ownKind);
    const rest = splitter.remainder;
    if (splitter.open)
      yield* this.#problem('PLM1202', 'the file ends inside an object', rest.line, null, this.#documents + 1);
  }

  *#jsonValue(part: Part, items: readonly Part[]): Generator<FileItem> {
    if (items.length === 0) {
      yield* this.#jsonObject(part, ownKind);
      return;
    }
    let list: ItemKind = ownKind;
    try {
      list = itemKind(parseExactJson(part.bytes.toString('utf8'))) ?? ownKind;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      yield* this.#problem('PLM1202', error.message, part.line, null, this.#documents + 1);
    }
    for (const item of items) yield* this.#jsonObject(item, list);
  }

  *#jsonObject(part: Part, list: ItemKind): Generator<FileItem> {
    this.#documents++;
    if (!this.#selected(part.bytes)) return;
    const text = part.bytes.toString('utf8');
    let value: Json;
    try {
      value = parseExactJson(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      // a file that begins with `{` may still be YAML in flow style
      this.#documents--;
      yield* this.#yamlObject(part, list);
      return;
    }
    yield* this.#object(value, list, this.#documents, part.line);
  }

  // ---- both

  #selected(bytes: Buffer): boolean {
    if (this.#markers === null || this.#markers.some((marker) => bytes.includes(marker))) return true;
    this.#unselected++;
    return false;
  }

  *#object(value: Json, list: ItemKind, document: number, line: number): Generator<FileItem> {
    if (!isJsonObject(value)) {
      const what = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
      yield* this.#problem('PLM1205', `the document is ${what}, not an object`, line, 1, document);
      return;
    }
    const apiVersion = text(value['apiVersion']) ?? list.apiVersion;
    const kind = text(value['kind']) ?? list.kind;
    if (apiVersion === null || kind === null) {
      const missing = [apiVersion === null ? 'apiVersion' : '', kind === null ? 'kind' : ''].filter((w) => w !== '');
      yield* this.#problem('PLM1204', `the document has no ${missing.join(' and no ')}`, line, 1, document);
      return;
    }
    const nested = itemKind(value);
    if (nested !== null && Array.isArray(value['items'])) {
      this.#documents--;
      for (const item of value['items'] as readonly Json[]) {
        this.#documents++;
        yield* this.#object(item, nested, this.#documents, line);
      }
      return;
    }
    const body: JsonObject =
      value['kind'] === kind && value['apiVersion'] === apiVersion ? value : { apiVersion, kind, ...value };
    yield { item: 'object', apiVersion, kind, body, place: { file: this.#file, document, line } };
  }

  *#at(code: ErrorCode, message: string, part: Part, text: string, offset: number): Generator<FileItem> {
    const line = part.line + linesBefore(text, offset);
    const column = offset - text.lastIndexOf('\n', offset - 1);
    yield* this.#problem(code, message, line, column, this.#documents);
  }

  *#problem(
    code: ErrorCode,
    message: string,
    line: number,
    column: number | null,
    document: number | null,
  ): Generator<FileItem> {
    if (this.#markers !== null) return;
    yield { item: 'problem', problem: problem(code, message, { file: this.#file, document, line, column }) };
  }
}

/** The kind of a list's items: `PodList` → Pod; null each for `List`; null for what is no list. */
function itemKind(head: Json): ItemKind | null {
  if (!isJsonObject(head)) return null;
  const kind = text(head['kind']);
  if (kind === null || !kind.endsWith('List') || !Array.isArray(head['items'])) return null;
  return kind === 'List' ? ownKind : { apiVersion: text(head['apiVersion']), kind: kind.slice(0, -4) };
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function startsWithSeparator(bytes: Buffer): boolean {
  return bytes[0] === 45 && bytes[1] === 45 && bytes[2] === 45;
}

function firstContent(text: string): number {
  return Math.max(0, text.search(/^[ \t]*[^\s#]/m));
}

function linesBefore(text: string, offset: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function lines(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(10, from); at !== -1 && at < to; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
