import { hash } from 'node:crypto';
import { jsonText } from '../model/json-text.ts';
import type { Resource, ResourceKey } from '../model/resource.ts';
import type { ResourceStamp } from './store.ts';

/** What is kept in memory of one resource: bodies live in the store. */
export interface IndexEntry {
  uid: string | null;
  hash: string;
  /** The list epoch in which it was last confirmed. */
  epoch: number;
}

/** An entry with its place within a type. */
export interface Located {
  readonly scope: string | null;
  readonly name: string;
  readonly entry: IndexEntry;
}

/** source → type → `scope NUL name` → entry. */
export class ResourceIndex {
  readonly #sources = new Map<string, Map<string, Map<string, IndexEntry>>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  load(stamps: readonly ResourceStamp[]): void {
    for (const stamp of stamps) this.set(stamp, { uid: stamp.uid, hash: stamp.hash, epoch: 0 });
  }

  get(key: ResourceKey): IndexEntry | undefined {
    return this.#sources.get(key.source)?.get(key.type)?.get(place(key));
  }

  set(key: ResourceKey, entry: IndexEntry): void {
    let types = this.#sources.get(key.source);
    if (types === undefined) this.#sources.set(key.source, (types = new Map()));
    let entries = types.get(key.type);
    if (entries === undefined) types.set(key.type, (entries = new Map()));
    if (!entries.has(place(key))) this.#size += 1;
    entries.set(place(key), entry);
  }

  delete(key: ResourceKey): void {
    if (this.#sources.get(key.source)?.get(key.type)?.delete(place(key)) === true) this.#size -= 1;
  }

  typesOf(source: string): readonly string[] {
    return [...(this.#sources.get(source)?.keys() ?? [])];
  }

  /** The entries of a type, in one scope or, for null, in all. A copy: the index may change meanwhile. */
  entriesOf(source: string, type: string, scope: string | null): readonly Located[] {
    const found: Located[] = [];
    for (const [text, entry] of this.#sources.get(source)?.get(type) ?? []) {
      const [in_ = '', name = ''] = text.split('\0');
      if (scope === null || in_ === scope) found.push({ scope: in_ || null, name, entry });
    }
    return found;
  }
}

function place(key: ResourceKey): string {
  return `${key.scope ?? ''}\0${key.name}`;
}

/**
 * What tells one state of a resource from another, and behind it a mark of its place, where it has one. A Kubernetes
 * object's resourceVersion changes with every write, so it stands for the body; elsewhere the body's text is hashed.
 */
export function hashOf(resource: Resource): string {
  const { place } = resource;
  const mark = place === null ? '' : ` @${digest(`${place.file}\0${place.document}\0${place.line}`, 8)}`;
  return `${stateHashOf(resource)}${mark}`;
}

/** Whether a resource of hash `known` is of hash `now` but for its place: something was written above it. */
export function isMovedAlone(known: string, now: string): boolean {
  return isMoved(known, now) && known.replace(placeMark, '') === now.replace(placeMark, '');
}

/** Whether a resource of hash `now` stands elsewhere in its files than it did with hash `known`. */
export function isMoved(known: string, now: string): boolean {
  const mark = placeMark.exec(now);
  return mark !== null && !known.endsWith(mark[0]);
}

const placeMark = / @[\w-]{8}$/;

function stateHashOf(resource: Resource): string {
  const rest = `${resource.apiVersion} ${resource.unseen.join()}${formsText(resource)}`;
  return resource.version !== null ? `${resource.version} ${rest}` : digest(`${jsonText(resource.body)}\0${rest}`, 22);
}

function digest(text: string, length: number): string {
  return hash('sha256', text, 'base64url').slice(0, length);
}

/** A form changes with the resource's version alone; whether it is there, and why not, may change beside it. */
function formsText({ forms = [] }: Resource): string {
  return forms.map(({ apiVersion, unknown }) => ` ${apiVersion} ${unknown ?? ''}`).join();
}
