import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';

/** `fs.watch`, or what a test puts in its place. */
export type OpenWatch = (folder: string, changed: (event: string, name: string | null) => void) => FSWatcher;

const openWatch: OpenWatch = (folder, changed) => watch(folder, { persistent: true }, changed);

/**
 * Folders that are watched, one by one: `fs.watch`'s own recursion misses links and folders that come, and opens a
 * watch for every file. Paths that may have changed gather until they are taken.
 */
export class FolderWatch {
  readonly #open: OpenWatch;
  readonly #links: () => ReadonlyMap<string, string>;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #touched = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #wake: () => void = () => undefined;
  #failure: string | null = null;

  /** `links`: files that are links, with what they lead to: a change of either folder may change them. */
  constructor(links: () => ReadonlyMap<string, string>, open: OpenWatch = openWatch) {
    [this.#links, this.#open] = [links, open];
  }

  /** Why not every folder can be watched (inotify(7): ENOSPC, EMFILE), so that they have to be looked through. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Watches a folder, unless it is watched already. */
  readonly enter = (folder: string): void => {
    if (this.#watchers.has(folder) || this.#failure !== null) return;
    try {
      const watcher = this.#open(folder, (event, name) => this.#heard(folder, event, name));
      this.#watchers.set(folder, watcher);
      watcher.on('error', (error) => this.#lost(folder, error));
    } catch (error) {
      this.#lost(folder, error);
    }
  };

  readonly leave = (folder: string): void => {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  };

  #lost(folder: string, error: unknown): void {
    this.leave(folder);
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // Gone or not to be read: a look at it says so.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EPERM') return;
    this.#failure ??= `${folder} cannot be watched: ${error instanceof Error ? error.message : String(error)}`;
    this.#wake();
  }

  #heard(folder: string, event: string, name: string | null): void {
    if (name === null || name === basename(folder)) {
      // The folder itself was moved or removed (inotify's IN_MOVE_SELF, IN_DELETE_SELF): another may take its place.
      this.#leaveAll(folder);
      this.#touch(folder);
    }
    if (name !== null) {
      // What came or went under this name may be a folder: what is watched there may be elsewhere now.
      if (event === 'rename') this.#leaveAll(join(folder, name));
      this.#touch(join(folder, name));
    }
    for (const [link, real] of this.#links())
      if (dirname(link) === folder || dirname(real) === folder) this.#touch(link);
  }

  /** Of a folder that moved the watches of those in it moved along, and hear nothing of who takes their places. */
  #leaveAll(folder: string): void {
    for (const watched of this.#watchers.keys())
      if (watched === folder || watched.startsWith(`${folder}${sep}`)) this.leave(watched);
  }

  #touch(path: string): void {
    this.#touched.add(path);
    this.#wake();
  }

  /** Looks at a path again in so many milliseconds. */
  later(path: string, milliseconds: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#touch(path);
    }, milliseconds);
    this.#timers.add(timer);
  }

  /** Resolves when something was touched, `signal` aborts or so many milliseconds have passed. */
  async touched(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.#touched.size > 0 || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => resolve();
    const timer = setTimeout(end, milliseconds);
    this.#wake = end;
    signal.addEventListener('abort', end, { once: true });
    await promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    this.#wake = () => undefined;
  }

  /** What was touched, once so many milliseconds have passed without more, or ten times as many with more. */
  async settled(quiet: number, signal: AbortSignal): Promise<ReadonlySet<string>> {
    for (let turn = 0, seen = -1; turn < 10 && seen !== this.#touched.size && !signal.aborted; turn++) {
      seen = this.#touched.size;
      await new Promise((resolve) => setTimeout(resolve, quiet));
    }
    const paths = new Set(this.#touched);
    this.#touched.clear();
    return paths;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }
}
