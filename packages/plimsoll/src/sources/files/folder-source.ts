import { normalize, resolve } from 'node:path';
import type { Observation } from '../../model/observation.ts';
import { problem } from '../../model/errors.ts';
import type { Sink, Source } from '../source.ts';
import { FolderContents } from './folder-contents.ts';
import { FolderCoverage } from './folder-coverage.ts';
import { FolderTree, type FolderRole, type TreeChange } from './folder-tree.ts';
import { FolderWatch, type OpenWatch } from './folder-watch.ts';

/** Times in milliseconds. Tests give shorter ones. */
interface FolderTuning {
  /** Editors write a file in several steps: what changed is read once they have paused so long. */
  readonly settle: number;
  /** How often all is looked through where it cannot be watched. */
  readonly poll: number;
  /** How often what cannot be read is tried again. */
  readonly retry: number;
  /** How often all is looked through although it is watched; `lastComplete` is said anew then. */
  readonly confirm: number;
  /** How long an editor may leave a file empty. */
  readonly patience: number;
  /** How long files may keep going, one after the other, until those that went are told. */
  readonly departure: number;
}

export const defaultTuning: FolderTuning = {
  settle: 15,
  poll: 2000,
  retry: 1000,
  confirm: 60_000,
  patience: 150,
  departure: 5000,
};

/** How a folder is read. */
export interface FolderOptions {
  /** The name of the source of what belongs to no cluster folder. */
  readonly name?: string;
  /** Read once instead of watching. */
  readonly once?: boolean;
  readonly tuning?: Partial<FolderTuning>;
  readonly openWatch?: OpenWatch;
}

/** One run of a folder's source: what it reads from, and to whom. */
interface Run {
  readonly tree: FolderTree;
  readonly contents: FolderContents;
  readonly coverage: FolderCoverage;
  readonly watch: FolderWatch;
  readonly sink: Sink;
  readonly signal: AbortSignal;
}

/** Files and folders as one source: read as a whole at first, then what changed of them. */
export class FolderSource implements Source {
  readonly name: string;
  readonly kind = 'files';
  readonly targets: readonly string[];
  readonly #role: FolderRole;
  readonly #others = new Set<string>();
  readonly #options: FolderOptions;
  readonly #tuning: FolderTuning;

  constructor(name: string, targets: readonly string[], role: FolderRole, options: FolderOptions) {
    [this.name, this.#role] = [name, role];
    this.targets = targets.map((target) => normalize(target).replace(/(?<=.)\/$/, ''));
    this.#options = options;
    this.#tuning = { ...defaultTuning, ...options.tuning };
  }

  /** Leaves out a folder that is a source of its own, and is no less one while its `version.json` is gone. */
  leaveOut(folder: string): void {
    this.#others.add(resolve(folder));
  }

  async run(sink: Sink, signal: AbortSignal): Promise<void> {
    const once = this.#options.once === true;
    const watch = new FolderWatch(() => tree.links, this.#options.openWatch);
    const silent = (): void => undefined;
    const tree = new FolderTree(
      this.targets,
      once ? silent : watch.enter,
      once ? silent : watch.leave,
      this.#role,
      this.#others,
    );
    try {
      const state = await sink.state(this.name);
      const contents = new FolderContents(this.name, this.targets, tree, state);
      const besides = this.#role === 'besides' && state.coverage.length === 0;
      const fresh = state.coverage.length === 0;
      const coverage = new FolderCoverage(this.name, { once, besides, fresh }, contents, tree, watch);
      const reading: Run = { tree, contents, coverage, watch, sink, signal };
      await this.#readAll(reading, state.types);
      if (!once) await this.#follow(reading);
    } finally {
      watch.close();
    }
  }

  /**
   * The first reading: a complete list of every type, but for those of which something cannot be seen. `earlier`: the
   * types that an earlier run found, which may be gone.
   */
  async #readAll({ tree, contents, coverage, sink, signal }: Run, earlier: readonly string[]): Promise<void> {
    const source = this.name;
    await sink.observe(coverage.beginning());
    await tree.lookAtAll();
    const files = tree.files();
    const listed = new Set<string>();
    const begin = async (types: Iterable<string>): Promise<void> => {
      const fresh = [...new Set(types)].filter((type) => !listed.has(type));
      for (const type of fresh) listed.add(type);
      await sink.observe(fresh.map((type) => ({ kind: 'list-start', source, type, scope: null })));
    };
    const give = async (batches: AsyncIterable<readonly Observation[]>): Promise<void> => {
      for await (const batch of batches) {
        if (signal.aborted) return;
        await begin(typesOf(batch));
        await sink.observe(batch);
      }
    };
    await give(contents.takeAll(files));
    if (signal.aborted) return;
    await begin(earlier);
    const stale = contents.staleTypes();
    const observedAt = Date.now();
    const complete = [...listed].filter((type) => !stale.has(type));
    await sink.observe([
      ...complete.map((type) => ({ kind: 'list-complete', source, type, scope: null, observedAt }) as const),
      ...coverage.of(listed),
      ...contents.faults(),
      ...this.#notWatched(coverage.polled),
    ]);
  }

  /** Reads again what changes, until `signal` aborts. */
  async #follow(reading: Run): Promise<void> {
    const { tree, contents, coverage, watch, sink, signal } = reading;
    const emptied = new Set<string>();
    let lookAgain = Date.now() + this.#interval(watch);
    while (!signal.aborted) {
      await watch.touched(Math.max(0, Math.min(lookAgain - Date.now(), this.#retryIn(tree))), signal);
      const touched = await watch.settled(this.#tuning.settle, signal);
      if (signal.aborted) return;
      const polled = coverage.polled;
      const whole = Date.now() >= lookAgain;
      const looked = whole
        ? both(await tree.look(touched), await tree.lookAtAll())
        : await tree.look([...touched, ...tree.faults.keys()]);
      if (whole) lookAgain = Date.now() + this.#interval(watch);
      const found = looked.gone.length === 0 ? looked : await this.#departed(looked, reading);
      if (signal.aborted) return;
      const changed = await this.#settledFiles(found.changed, emptied, contents, watch);
      for await (const batch of contents.take({ changed, gone: found.gone }))
        await sink.observe([...batch, ...coverage.of(typesOf(batch))]);
      await sink.observe([
        ...coverage.of([], whole),
        ...contents.faults(),
        ...(polled === coverage.polled ? [] : this.#notWatched(coverage.polled)),
      ]);
    }
  }

  /**
   * What was found, once nothing more goes: a folder that is removed loses its files one by one before it is away
   * itself. What goes with it is not proven gone.
   */
  async #departed(found: TreeChange, { tree, watch, signal }: Run): Promise<TreeChange> {
    const { patience, departure } = this.#tuning;
    const end = Date.now() + departure;
    let all = found;
    for (let more = found; more.gone.length > 0 && Date.now() < end && !signal.aborted; all = both(all, more)) {
      const touched = await watch.settled(patience, signal);
      more = watch.failure === null ? await tree.look(touched) : await tree.lookAtAll();
    }
    return {
      changed: all.changed.filter((file) => tree.has(file)),
      gone: all.gone.filter((file) => !tree.has(file) && tree.hidden(file) === null),
    };
  }

  /** Files to read now; one that is suddenly empty, as an editor leaves it for a moment, is looked at again first. */
  async #settledFiles(
    files: readonly string[],
    emptied: Set<string>,
    contents: FolderContents,
    watch: FolderWatch,
  ): Promise<readonly string[]> {
    const settled: string[] = [];
    for (const file of files) {
      if (emptied.delete(file) || !(await contents.isSuddenlyEmpty(file))) settled.push(file);
      else {
        emptied.add(file);
        watch.later(file, this.#tuning.patience);
      }
    }
    return settled;
  }

  #interval(watch: FolderWatch): number {
    return watch.failure === null ? this.#tuning.confirm : this.#tuning.poll;
  }

  #retryIn(tree: FolderTree): number {
    return tree.faults.size === 0 ? Infinity : this.#tuning.retry;
  }

  #notWatched(reason: string | null): readonly Observation[] {
    if (reason === null) return [];
    const source = this.name;
    return [{ kind: 'problems', source, origin: 'watch', problems: [problem('PLM1211', reason, { source })] }];
  }
}

function both(a: TreeChange, b: TreeChange): TreeChange {
  return { changed: [...new Set([...a.changed, ...b.changed])], gone: [...new Set([...a.gone, ...b.gone])] };
}

function typesOf(batch: readonly Observation[]): readonly string[] {
  return [
    ...new Set(batch.flatMap((observation) => (observation.kind === 'upsert' ? [observation.resource.type] : []))),
  ];
}
