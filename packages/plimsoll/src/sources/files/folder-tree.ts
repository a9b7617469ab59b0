import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { clusterMark, isClusterFolder } from './cluster-folders.ts';
import { isLookedInto, isManifest } from './find-files.ts';

/** What a look found. Paths as the user would type them. */
export interface TreeChange {
  /** Files that are new or differ from when they were last looked at. */
  readonly changed: readonly string[];
  /** Files that are proven gone: the folder that held them was read, and they are not in it. */
  readonly gone: readonly string[];
}

/**
 * What the targets are: `cluster` folders, or what is no cluster: `plain`, or `besides` cluster folders, of which
 * nothing is said while there is nothing.
 */
export type FolderRole = 'cluster' | 'plain' | 'besides';

/**
 * The manifests below the targets and how they looked (times, size, inode): what a second look compares with. It never
 * reads a file. A file or folder that cannot be looked at is a fault, and what is known below it stays; a target that
 * is gone is a fault too, for a volume that is not mounted looks the same.
 */
export class FolderTree {
  readonly #targets: readonly string[];
  readonly #enter: (folder: string) => void;
  readonly #leave: (folder: string) => void;
  readonly #role: FolderRole;
  readonly #others: ReadonlySet<string>;
  readonly #files = new Map<string, string>();
  /** Folders by path, with their real path, and by that. */
  readonly #folders = new Map<string, string>();
  readonly #byRealPath = new Map<string, string>();
  /** What is known of each folder: paths of files, folders and faults in it. */
  readonly #children = new Map<string, Set<string>>();
  /** Folders that links lead to a second time: they are read under their first name. */
  readonly #shadowed = new Set<string>();
  readonly #links = new Map<string, string>();
  readonly #faults = new Map<string, string>();
  #found: { readonly changed: string[]; readonly gone: string[] } = { changed: [], gone: [] };

  /**
   * `targets`: normalised paths without a slash at their end. `enter` is told of each folder before it is read, `leave`
   * of each that is left. Cluster folders are away without their `version.json`; what is no cluster leaves out those right
   * below it, and `others`: absolute paths of those that are sources, whatever becomes of them.
   */
  constructor(
    targets: readonly string[],
    enter: (folder: string) => void,
    leave: (folder: string) => void,
    role: FolderRole,
    others: ReadonlySet<string>,
  ) {
    [this.#targets, this.#enter, this.#leave, this.#role, this.#others] = [targets, enter, leave, role, others];
  }

  /** True where a file was there when it was last looked at. */
  has(file: string): boolean {
    return this.#files.has(file);
  }

  /** Why a target is away; null where all are there. */
  away(): string | null {
    const away = this.#targets.find((target) => this.#faults.has(target));
    return away === undefined ? null : (this.#faults.get(away) ?? null);
  }

  /** The files in the order in which kubectl would apply them, so that the last of one name counts. */
  files(): readonly string[] {
    return [...this.#files.keys()].sort(this.order);
  }

  /** Files that are links, with what they lead to. */
  get links(): ReadonlyMap<string, string> {
    return this.#links;
  }

  /** What could not be looked at, and why. */
  get faults(): ReadonlyMap<string, string> {
    return this.#faults;
  }

  /** Why a file cannot be seen; null where it can. */
  hidden(file: string): string | null {
    if (this.#faults.size === 0) return null;
    for (let path = file; ; path = dirname(path)) {
      const reason = this.#faults.get(path);
      if (reason !== undefined) return reason;
      if (dirname(path) === path) return null;
    }
  }

  /** Sorts paths by target, then name by name. */
  readonly order = (a: string, b: string): number => {
    const [first, second] = [this.#placeOf(a), this.#placeOf(b)];
    for (let index = 0; index < Math.max(first.length, second.length); index++) {
      const [left = '', right = ''] = [first[index], second[index]];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  };

  #placeOf(path: string): readonly string[] {
    const target = this.#targets.findIndex((root) => isAtOrBelow(path, root));
    const root = this.#targets[target] ?? '';
    const rest = path.slice(root === '.' ? 0 : root.length).split('/');
    return [String(target).padStart(6, '0'), ...rest.filter((name) => name !== '')];
  }

  /** Looks at every target. */
  async lookAtAll(): Promise<TreeChange> {
    return await this.look(this.#targets);
  }

  /**
   * Looks at paths again, and at what is below them; a path that is none of ours is passed over. A file that is named
   * itself has changed, however it looks: two writes within a tick of the file system's clock look alike.
   */
  async look(paths: Iterable<string>): Promise<TreeChange> {
    this.#found = { changed: [], gone: [] };
    for (const path of paths) {
      if (!this.#isOurs(path)) continue;
      if (this.#files.has(path)) this.#files.set(path, '');
      await this.#look(basename(path) === clusterMark && this.#isOthers(dirname(path)) ? dirname(path) : path);
    }
    if (this.#role === 'cluster') this.#lookForMarks();
    return { changed: [...new Set(this.#found.changed)], gone: [...new Set(this.#found.gone)] };
  }

  /** A folder that is being removed may lose its `version.json` long before it is gone. */
  #lookForMarks(): void {
    for (const target of this.#targets) {
      const mark = join(target, clusterMark);
      const reason = `${mark} is gone`;
      if (this.#files.has(mark) && this.#faults.get(target) === reason) this.#faults.delete(target);
      if (!this.#files.has(mark) && this.hidden(mark) === null) this.#faults.set(target, reason);
    }
  }

  /** True for a cluster folder that is a source of its own. */
  #isOthers(folder: string): boolean {
    if (this.#role === 'cluster' || !this.#targets.includes(dirname(folder))) return false;
    return isClusterFolder(folder) || this.#others.has(resolve(folder));
  }

  #isOurs(path: string): boolean {
    if (this.#targets.includes(path)) return true;
    return isLookedInto(basename(path)) && this.#folders.has(dirname(path));
  }

  async #look(path: string): Promise<void> {
    this.#faults.delete(path);
    try {
      const entry = await stat(path, { bigint: true });
      // Looked at by itself it is known to its folder all the same: that one tells when it is gone.
      this.#children.get(dirname(path))?.add(path);
      if (entry.isDirectory()) return await this.#lookInto(path);
      this.#forgetFolder(path);
      if (!entry.isFile() || !(this.#targets.includes(path) || isManifest(path))) return this.#forget(path);
      if (this.#targets.includes(path)) this.#enter(dirname(path));
      const real = await realpath(path);
      if ((await lstat(path)).isSymbolicLink()) this.#follow(path, real);
      else this.#links.delete(path);
      const look = `${entry.mtimeNs} ${entry.ctimeNs} ${entry.size} ${entry.ino}`;
      if (this.#files.get(path) === look) return;
      this.#files.set(path, look);
      this.#found.changed.push(path);
    } catch (error) {
      if (await this.#isProvenGone(path, error)) {
        this.#forgetFolder(path);
        this.#forget(path);
        await this.#lookAtShadowed();
      } else this.#faults.set(path, `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #follow(link: string, real: string): void {
    this.#links.set(link, real);
    this.#enter(dirname(link));
    this.#enter(dirname(real));
  }

  async #lookInto(folder: string): Promise<void> {
    this.#forget(folder);
    if (this.#isOthers(folder)) return this.#forgetFolder(folder);
    const real = await realpath(folder);
    if ((this.#byRealPath.get(real) ?? folder) !== folder) {
      this.#shadowed.add(folder);
      return;
    }
    this.#shadowed.delete(folder);
    this.#folders.set(folder, real);
    this.#byRealPath.set(real, folder);
    this.#enter(folder);
    const paths = (await readdir(folder)).filter(isLookedInto).map((name) => join(folder, name));
    const before = this.#children.get(folder) ?? new Set();
    this.#children.set(folder, before.union(new Set(paths)));
    for (const path of before.difference(new Set(paths))) await this.#look(path);
    for (const path of paths.sort()) await this.#look(path);
    this.#children.set(folder, new Set(paths));
  }

  /** A link that leads nowhere is there, and cannot be read. */
  async #isProvenGone(path: string, error: unknown): Promise<boolean> {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || this.#targets.includes(path)) return false;
    try {
      await lstat(path);
      return false;
    } catch {
      return true;
    }
  }

  #forget(file: string): void {
    this.#links.delete(file);
    if (this.#files.delete(file)) this.#found.gone.push(file);
  }

  #forgetFolder(folder: string): void {
    this.#shadowed.delete(folder);
    if (!this.#folders.has(folder)) return;
    for (const [path, real] of this.#folders) {
      if (!isAtOrBelow(path, folder)) continue;
      this.#folders.delete(path);
      this.#byRealPath.delete(real);
      this.#children.delete(path);
      this.#leave(path);
    }
    for (const path of this.#files.keys()) if (isAtOrBelow(path, folder)) this.#forget(path);
    for (const path of this.#faults.keys()) if (isAtOrBelow(path, folder)) this.#faults.delete(path);
  }

  async #lookAtShadowed(): Promise<void> {
    // A look may shadow a folder again, which is then not looked at twice.
    const shadowed = [...this.#shadowed];
    for (const folder of shadowed) {
      this.#shadowed.delete(folder);
      await this.#look(folder);
    }
  }
}

function isAtOrBelow(path: string, root: string): boolean {
  if (root === '.') return !path.startsWith('/') && !path.startsWith('..');
  return path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`);
}
