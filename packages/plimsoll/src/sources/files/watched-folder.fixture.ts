import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import type { Store } from '../../inventory/store.ts';
import type { Coverage } from '../../model/coverage.ts';
import type { Resource } from '../../model/resource.ts';
import type { Sink } from '../source.ts';
import { fileSources } from './file-sources.ts';
import type { FolderOptions } from './folder-source.ts';

export const configMap = (name: string, value = 'a'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  key: ${value}\n`;

/** A temporary folder, a store, and sources that watch the one into the other; everything ends with the test. */
export class WatchedFolder {
  readonly folder = mkdtempSync(join(tmpdir(), 'plimsoll-files-'));
  readonly store: Store;
  readonly log: ChangeLog;
  /** The name of every resource that was observed, changed or not. */
  readonly observed: string[] = [];
  readonly #stops: (() => Promise<void>)[] = [];

  private constructor(store: Store, log: ChangeLog) {
    [this.store, this.log] = [store, log];
  }

  static async open(): Promise<WatchedFolder> {
    const store = openSqliteStore(':memory:');
    return new WatchedFolder(store, await ChangeLog.open(store, []));
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) await stop();
    await this.log.close();
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** Watches the folder (or `targets`) from its first reading on; gives the way to stop. */
  async watch(options: FolderOptions = {}, targets: readonly string[] = [this.folder]): Promise<() => Promise<void>> {
    const ending = new AbortController();
    let read = false;
    const sink: Sink = {
      state: (source) => this.log.state(source),
      observe: async (batch) => {
        await this.log.observe(batch);
        read ||= batch.some((said) => said.kind === 'coverage' && said.coverage.state !== 'listing');
        for (const observation of batch)
          if (observation.kind === 'upsert') this.observed.push(observation.resource.name);
      },
    };
    const running = fileSources(targets, options).map((source) => source.run(sink, ending.signal));
    const stop = async (): Promise<void> => {
      ending.abort();
      await Promise.all(running);
    };
    this.#stops.push(stop);
    await eventually('the first reading', () => Promise.resolve(read));
    return stop;
  }

  /** Reads the folder (or `targets`) once. */
  async readOnce(targets: readonly string[] = [this.folder]): Promise<void> {
    for (const source of fileSources(targets, { once: true })) await source.run(this.log, new AbortController().signal);
  }

  async resources(): Promise<readonly Resource[]> {
    return (await this.store.resources({}, 10_000)).items;
  }

  /** `type name` of every resource, sorted. */
  async names(): Promise<readonly string[]> {
    return (await this.resources()).map(({ type, name }) => `${type.replace('core/', '')} ${name}`).sort();
  }

  async hasNames(...names: readonly string[]): Promise<void> {
    let found: readonly string[] = [];
    const wanted = names.toSorted().join();
    await eventually(
      () => `${wanted}; there is ${found.join()}`,
      async () => {
        found = await this.names();
        return found.join() === wanted;
      },
    );
  }

  async coverageOf(type: string): Promise<Coverage | undefined> {
    return (await this.store.coverage()).find((row) => row.type === type);
  }

  /** `operation name` of each change since a seq. */
  async changes(since = 0): Promise<readonly string[]> {
    const events = await this.store.events(since, 10_000);
    return events.flatMap((event) =>
      event.kind === 'change' ? [`${event.change.operation} ${event.change.key.name}`] : [],
    );
  }
}

/** Opens one before each test and closes it after; the function gives that of the test under way. */
export function watchedFolder(): () => WatchedFolder {
  let watched: WatchedFolder | undefined;
  beforeEach(async () => {
    watched = await WatchedFolder.open();
  });
  afterEach(async () => await watched?.close());
  return () => {
    if (watched === undefined) throw new Error('no folder is watched');
    return watched;
  };
}

/** Asks again and again until it is true; 10 s at most. */
export async function eventually(what: string | (() => string), probe: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 500; i += 1) {
    if (await probe()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`not within 10 s: ${typeof what === 'string' ? what : what()}`);
}
