import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { problem } from '../../model/errors.ts';
import { parseExactJson } from '../../model/exact-json.ts';
import type { Observation } from '../../model/observation.ts';
import type { Problem } from '../../model/problem.ts';
import { displayName, type Resource } from '../../model/resource.ts';
import type { SourceState } from '../source.ts';
import type { FileObject } from './file-item.ts';
import { FileLedger, type Held } from './file-ledger.ts';
import {
  definingKind,
  isVersionFile,
  objectsOfKinds,
  readingOf,
  resourcesOf,
  type FileReading,
} from './file-reading.ts';
import { fileResource } from './file-resource.ts';
import { FileTypes } from './file-types.ts';
import type { FolderTree, TreeChange } from './folder-tree.ts';

/** Files that are read before what they hold is handed on. */
const sliceFiles = 100;
/** Cursors of this source: one a file, with what it holds, so that a restart knows what a broken one held. */
const cursorType = 'file';

type Key = Omit<Held, 'kept'>;

/** What the files hold, kept by keys alone, and what a change of files means for the inventory. */
export class FolderContents {
  readonly #source: string;
  readonly #tree: FolderTree;
  readonly #targets: readonly string[];
  readonly #ledger: FileLedger;
  readonly #types: FileTypes;
  /** Files of which something could not be seen when they were last read, and why. */
  readonly #hidden = new Map<string, string>();
  /** Files that could not be read at all. */
  readonly #unread = new Map<string, string>();
  /** Faults of the tree that were said. */
  readonly #faults = new Map<string, string>();

  constructor(source: string, targets: readonly string[], tree: FolderTree, { cursors }: SourceState) {
    [this.#source, this.#targets, this.#tree] = [source, targets, tree];
    this.#ledger = new FileLedger(source, tree.order);
    this.#types = new FileTypes(source);
    for (const { type, scope, cursor } of cursors)
      if (type === cursorType && scope !== null) this.#ledger.restore(scope, cursor);
  }

  /** Files that an earlier run knew, and that are proven gone since. */
  #goneSince(): readonly string[] {
    const there = new Set(this.#tree.files());
    return this.#ledger.files().filter((file) => !there.has(file) && this.#tree.hidden(file) === null);
  }

  /** True where a file that held something is empty now: an editor may be about to write it. */
  async isSuddenlyEmpty(file: string): Promise<boolean> {
    if (this.#ledger.held(file).length === 0) return false;
    const { size } = await stat(file).catch(() => ({ size: null }));
    return size === 0;
  }

  /** Problems of paths that cannot be looked at, and of those that can be again. */
  faults(): readonly Observation[] {
    const { faults } = this.#tree;
    const ended = [...this.#faults.keys()].filter((path) => !faults.has(path));
    const begun = [...faults].filter(([path, reason]) => this.#faults.get(path) !== reason);
    for (const path of ended) this.#faults.delete(path);
    for (const [path, reason] of begun) this.#faults.set(path, reason);
    const source = this.#source;
    const said = begun.flatMap(([path, reason]) => [
      ...this.#problems(path, [
        problem(this.#targets.includes(path) ? 'PLM1213' : 'PLM1209', reason, { source, file: path }),
      ]),
      this.#cursor(path),
    ]);
    // A path that is a file again has been read meanwhile, and has said its own.
    const there = new Set(this.#tree.files());
    const mended = ended.filter((path) => !there.has(path));
    return [...said, ...mended.flatMap((path) => [...this.#problems(path, []), this.#cursor(path)])];
  }

  /** Reads all files: their CRDs first, then their namespaces, which others refer to, then everything. */
  async *takeAll(files: readonly string[]): AsyncGenerator<readonly Observation[]> {
    const found: FileObject[] = [];
    await this.#types.learn(files, [], async (file) => {
      const objects = await objectsOfKinds(file, [definingKind, 'Namespace']);
      found.push(...objects.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Namespace'));
      return objects.some(({ kind }) => kind === definingKind);
    });
    const namespaces = found.map((object) => fileResource(object, this.#source, this.#types.kinds));
    const lastOfName = new Map(namespaces.map((namespace) => [namespace.name, namespace]));
    yield [...lastOfName.values()].filter(({ name }) => name !== '').map((resource) => upsert(resource));
    yield* this.#read(new Set(files), this.#goneSince());
  }

  /** Reads what changed, and gives what that means, in batches. */
  async *take({ changed, gone }: TreeChange): AsyncGenerator<readonly Observation[]> {
    // What an earlier run knew of a folder that could not be read until now was never in the tree.
    const mended = [...this.#faults.keys()].some((path) => !this.#tree.faults.has(path));
    const known = new Set([...gone, ...(mended ? this.#goneSince() : [])]);
    const retyped = await this.#types.learn(changed, [...known]);
    yield* this.#read(new Set([...changed, ...retyped]), [...known]);
  }

  /**
   * The last files come first, so that of two objects of one name only the one that counts is ever given; what no file
   * holds any more is deleted at the end.
   */
  async *#read(wanted: ReadonlySet<string>, gone: readonly string[]): AsyncGenerator<readonly Observation[]> {
    const lost = new Map<string, Key>();
    yield this.#forget(gone, lost);
    const files = [...wanted].sort(this.#tree.order).toReversed();
    for (let from = 0; from < files.length; from += sliceFiles)
      yield await this.#slice(files.slice(from, from + sliceFiles), lost);
    const read = new Set(wanted);
    for (let heirs = this.#heirs(lost, read); heirs.length > 0; heirs = this.#heirs(lost, read))
      for (const file of heirs) {
        read.add(file);
        yield await this.#slice([file], lost);
      }
    const observedAt = Date.now();
    const deleted = [...lost.values()].filter((key) => this.#ledger.ownerOf(key) === null);
    yield deleted.map(({ type, scope, name }) => ({
      kind: 'delete',
      key: { source: this.#source, type, scope, name },
      uid: null,
      observedAt,
    }));
    yield this.#sharing();
  }

  /** What a file gave up may stand in another that was not read: it may have been written meanwhile, and give up more. */
  #heirs(lost: ReadonlyMap<string, Key>, read: ReadonlySet<string>): readonly string[] {
    const heirs = new Set([...lost.values()].flatMap((key) => this.#ledger.ownerOf(key) ?? []));
    return [...heirs].filter((heir) => !read.has(heir));
  }

  /** What of files that hold one resource is to be told: at the one that counts, which of others hold it too. */
  #sharing(): readonly Observation[] {
    const source = this.#source;
    return [...this.#ledger.takeSharing()].map(([file, byOthers]) => ({
      kind: 'problems',
      source,
      origin: `${file} among others`,
      problems: [...byOthers].map(([others, held]) => {
        const first = held.slice(0, 1).map(({ type, scope, name }) => displayName({ source, type, scope, name }));
        const more = held.length === 1 ? '' : ` and ${held.length - 1} more`;
        return problem('PLM1208', `${first.join()}${more}: in ${others} too, and here it counts`, { source, file });
      }),
    }));
  }

  #forget(gone: readonly string[], lost: Map<string, Key>): readonly Observation[] {
    return gone.flatMap((file) => {
      this.#hidden.delete(file);
      this.#unread.delete(file);
      for (const key of this.#ledger.held(file)) lost.set(textOf(key), key);
      this.#ledger.set(file, []);
      return [...this.#problems(file, []), this.#cursor(file)];
    });
  }

  async #slice(files: readonly string[], lost: Map<string, Key>): Promise<readonly Observation[]> {
    const said: Observation[] = [];
    const read: { readonly file: string; readonly resources: readonly Resource[] }[] = [];
    for (const file of files) {
      if (isVersionFile(file)) {
        said.push(...(await this.#version(file)));
        continue;
      }
      const reading = await readingOf(file, this.#source);
      this.#types.note(reading);
      const { resources, problems } = resourcesOf(reading, this.#source, this.#types.kinds);
      const before = this.#ledger.cursorOf(file);
      this.#hold(reading, resources, lost);
      said.push(...this.#problems(file, [...reading.problems, ...problems]));
      if (this.#ledger.cursorOf(file) !== before) said.push(this.#cursor(file));
      read.push({ file, resources });
    }
    const counting = read.flatMap(({ file, resources }) =>
      resources.filter((resource) => this.#ledger.ownerOf(resource) === file),
    );
    return [...counting.map((resource) => upsert(resource)), ...said];
  }

  /** Notes what a file holds; of a file that hides something also what it held: an error deletes nothing. */
  #hold(reading: FileReading, resources: readonly Resource[], lost: Map<string, Key>): void {
    const { file, hidden } = reading;
    this.#unread.delete(file);
    if (hidden === null) this.#hidden.delete(file);
    else this.#hidden.set(file, hidden);
    if (hidden !== null && reading.problems.some(({ code }) => code === 'PLM1209')) this.#unread.set(file, hidden);
    const there = new Set(resources.map(textOf));
    const missing = this.#ledger.held(file).filter((key) => !there.has(textOf(key)));
    const held = resources.map(({ type, scope, name }) => ({ type, scope, name, kept: false }));
    this.#ledger.set(file, hidden === null ? held : [...held, ...missing.map((key) => ({ ...key, kept: true }))]);
    if (hidden === null) for (const key of missing) lost.set(textOf(key), key);
  }

  #problems(file: string, problems: readonly Problem[]): readonly Observation[] {
    const had = this.#ledger.noteProblems(file, problems.length > 0);
    return had || problems.length > 0 ? [{ kind: 'problems', source: this.#source, origin: file, problems }] : [];
  }

  #cursor(file: string): Observation {
    return { kind: 'cursor', source: this.#source, type: cursorType, scope: file, cursor: this.#ledger.cursorOf(file) };
  }

  async #version(file: string): Promise<readonly Observation[]> {
    if (!this.#targets.includes(dirname(file))) return [];
    const source = this.#source;
    try {
      const value = parseExactJson(await readFile(file, 'utf8'));
      return [{ kind: 'fact', source, name: 'version', value, observedAt: Date.now() }, ...this.#problems(file, [])];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const code = error instanceof SyntaxError ? 'PLM1202' : 'PLM1209';
      return this.#problems(file, [problem(code, reason, { source, file })]);
    }
  }

  /** True where no file holds anything, or has a problem. */
  isEmpty(): boolean {
    return this.#ledger.files().length === 0;
  }

  /** The first reason why something of the folders cannot be seen; null where all of it is. */
  unreadable(): string | null {
    return [...this.#tree.faults.values(), ...this.#unread.values()][0] ?? null;
  }

  /** Types of which something is held that cannot be seen just now, and why. */
  staleTypes(): ReadonlyMap<string, string> {
    const stale = new Map<string, string>();
    const note = (file: string, reason: string, only: (held: Held) => boolean) => {
      for (const held of this.#ledger.held(file)) if (only(held)) stale.set(held.type, stale.get(held.type) ?? reason);
    };
    for (const [file, reason] of this.#hidden) note(file, reason, ({ kept }) => kept);
    if (this.#tree.faults.size === 0) return stale;
    for (const file of this.#ledger.files()) {
      const reason = this.#tree.hidden(file);
      if (reason !== null) note(file, reason, () => true);
    }
    return stale;
  }
}

function upsert(resource: Resource): Observation {
  return { kind: 'upsert', resource, observedAt: Date.now() };
}

function textOf({ type, scope, name }: Key): string {
  return `${type}\0${scope ?? ''}\0${name}`;
}
