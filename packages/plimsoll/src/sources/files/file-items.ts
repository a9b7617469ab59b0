import { isJsonObject, member } from '../../model/json.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { problem } from '../../model/errors.ts';
import type { ErrorCode } from '../../model/errors.ts';
import { fieldPlace } from './field-place.ts';
import type { FileItem, Locate, TakeItems } from './file-item.ts';

/** apiVersion and kind that a list's head gives to items that have none (`PodList`); null each for `List`. */
export interface ItemKind {
  readonly apiVersion: string | null;
  readonly kind: string | null;
}
export const ownKind: ItemKind = { apiVersion: null, kind: null };

/** The kind of a list's items: `PodList` → Pod; {@link ownKind} for `List`; null for what is no list. */
export function itemKind(head: Json): ItemKind | null {
  if (!isJsonObject(head)) return null;
  const kind = text(head['kind']);
  if (kind === null || !kind.endsWith('List') || !isItems(head['items'])) return null;
  return kind === 'List' ? ownKind : { apiVersion: text(head['apiVersion']), kind: kind.slice(0, -4) };
}

/** Go's encoding/json writes null for a slice that is nil: a list without items. */
function isItems(value: Json | undefined): boolean {
  return value === null || Array.isArray(value);
}

/** A document's text, decoded where it is asked for at once, and the 1-based place of its first character. */
export interface Written {
  readonly text: () => string;
  readonly line: number;
  /** Left out: 1. */
  readonly column?: number;
}

function locator({ text, line, column = 1 }: Written): Locate {
  const held = text();
  return (path, inside) => {
    const place = fieldPlace(held, line, path, inside ?? null);
    return place?.line === line ? { line, column: place.column + column - 1 } : place;
  };
}

/** How documents are taken. */
export interface TakeOptions {
  /** Documents whose bytes (as Latin-1) do not match are passed by, and problems are not given. */
  readonly markers?: RegExp | null;
  /** True for apiVersions of whose objects the places of fields are wanted. */
  readonly locatable?: ((apiVersion: string) => boolean) | undefined;
  /** True for what a program wrote just now: what it says of where a document is from is the document's place. */
  readonly isStream?: boolean;
}

/** What the readers of one file's formats found, numbered and placed, until it is taken. */
export class FileItems {
  readonly #file: string;
  readonly #options: TakeOptions;
  readonly #markers: RegExp | null;
  readonly #take: TakeItems;
  #items: FileItem[] = [];
  #documents = 0;
  #empty = 0;
  #unselected = 0;
  /** Where the document counted last stands in its list, as `items[1]`; null for a document by itself. */
  #item: string | null = null;
  /** The file that the document counted last was rendered from, as far as a comment says it. */
  #rendered: string | null = null;

  constructor(file: string, options: TakeOptions, take: TakeItems) {
    this.#file = file;
    this.#take = take;
    this.#options = options;
    this.#markers = options.markers ?? null;
  }

  /** Documents and list items so far. */
  get documents(): number {
    return this.#documents;
  }

  /** Gives on what was found since the last call. */
  async give(): Promise<void> {
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    await this.#take(items);
  }

  /** Counts the next document, or the item of a list at `index`; `bytes`: those of a document by itself. */
  next(index: number | null = null, bytes: Buffer | null = null): void {
    this.#documents++;
    this.#rendered = bytes !== null && this.#options.isStream === true ? renderedFrom(bytes) : null;
    this.#item = index === null ? null : `items[${index}]`;
  }

  /** The document counted last was nothing but comments. */
  wasEmpty(): void {
    this.#documents--;
    this.#empty++;
  }

  /** True where documents are looked at only for their markers. */
  get selects(): boolean {
    return this.#markers !== null;
  }

  isSelected(bytes: Buffer): boolean {
    return this.#markers === null || this.#markers.test(bytes.toString('latin1'));
  }

  passBy(): void {
    this.#unselected++;
  }

  /** Adds the document counted last, or, of a nested list, each of its items. */
  object(value: Json, list: ItemKind, line: number, written: Written | null = null): void {
    const subject = this.#item ?? 'the document';
    const column = written?.column ?? 1;
    if (!isJsonObject(value)) {
      const what = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
      this.#say('PLM1205', `${subject} is ${what}, not an object`, line, column);
      return;
    }
    const apiVersion = text(value['apiVersion']) ?? list.apiVersion;
    const kind = text(value['kind']) ?? list.kind;
    if (apiVersion === null || kind === null) {
      const missing = [apiVersion === null ? 'apiVersion' : '', kind === null ? 'kind' : ''].filter((w) => w !== '');
      this.#say('PLM1204', `${subject} has no ${missing.join(' and no ')}`, line, column);
      return;
    }
    const nested = itemKind(value);
    if (nested !== null) {
      this.#documents--;
      const items = (value['items'] ?? []) as readonly Json[];
      const list = this.#item === null ? '' : `${this.#item}.`;
      for (const [index, item] of items.entries()) {
        this.next();
        this.#item = `${list}items[${index}]`;
        this.object(item, nested, line);
      }
      return;
    }
    const body: JsonObject =
      value['kind'] === kind && value['apiVersion'] === apiVersion ? value : { apiVersion, kind, ...value };
    const from = this.#options.isStream === true ? (this.#rendered ?? originOf(body)) : null;
    const document = this.#documents;
    // What is rendered has other lines than what it is rendered from.
    const place = from === null ? { file: this.#file, document, line } : { file: from, document, line: 1 };
    const locate = written !== null && this.#options.locatable?.(apiVersion) === true ? locator(written) : null;
    this.#items.push({ item: 'object', apiVersion, kind, body, place, column, ...(locate === null ? {} : { locate }) });
  }

  /** A problem of the document or item counted last; of the file where there is none yet. */
  problem(code: ErrorCode, message: string, line: number, column: number | null): void {
    this.#say(code, this.#item === null ? message : `${this.#item}: ${message}`, line, column);
  }

  #say(code: ErrorCode, message: string, line: number, column: number | null): void {
    if (this.#markers !== null) return;
    const document = this.#documents === 0 ? null : this.#documents;
    const place = { file: this.#file, document, line, column };
    const from = this.#rendered === null ? '' : ` (rendered from ${this.#rendered})`;
    this.#items.push({ item: 'problem', problem: problem(code, `${message}${from}`, place) });
  }

  /** A problem at a UTF-16 offset of a document's text, which begins at a line, and in a column of it. */
  problemAt(code: ErrorCode, message: string, line: number, text: string, offset: number, first = 1): void {
    const feed = offset === 0 ? -1 : text.lastIndexOf('\n', offset - 1);
    this.problem(code, message, line + linesBefore(text, offset), feed === -1 ? offset + first : offset - feed);
  }

  /** Gives on what is left, and the tally. */
  async end(): Promise<void> {
    const counts = { documents: this.#documents, empty: this.#empty, unselected: this.#unselected };
    this.#items.push({ item: 'file', file: this.#file, ...counts });
    await this.give();
  }
}

/** What `helm template` puts before each document (helm pkg/action/action.go renderResources). */
function renderedFrom(bytes: Buffer): string | null {
  const head = bytes.toString('utf8', 0, 2048);
  return /^(?:\s*\n)*# Source: (\S.*?)\s*$/m.exec(head.split(/^[^#\s]/m, 1)[0] ?? '')?.[1] ?? null;
}

/** Where Kustomize has an object from, with `buildMetadata: [originAnnotations]` (kustomize api/resource/origin.go). */
function originOf(body: JsonObject): string | null {
  const origin = text(member(member(body['metadata'], 'annotations'), 'config.kubernetes.io/origin'));
  return origin === null ? null : (/^path: (\S.*?)\s*$/m.exec(origin)?.[1] ?? null);
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Line feeds in `text` before `offset`. */
export function linesBefore(text: string, offset: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
