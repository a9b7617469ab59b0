import type { Finding } from '../../plimsoll/src/model/finding.ts';
import { PlimsollError } from '../../plimsoll/src/model/errors.ts';
import type { ResourceKey } from '../../plimsoll/src/model/resource.ts';
import type {
  FindingFilter,
  Page,
  ResourceFilter,
  ResourceStamp,
  Store,
  StoreWrite,
} from '../../plimsoll/src/inventory/store.ts';
import type { Resource } from '../../plimsoll/src/model/resource.ts';
import type { SimulatedDisk } from './disk.ts';
import type { Mortal } from './mortal.ts';

/** The real store as one process sees it while it lives, on a disk that may be full. */
export class MortalStore implements Store {
  readonly #store: Store;
  readonly #life: Mortal;
  readonly #disk: SimulatedDisk;

  constructor(store: Store, life: Mortal, disk: SimulatedDisk) {
    this.#store = store;
    this.#life = life;
    this.#disk = disk;
  }

  get headSeq(): number {
    return this.#store.headSeq;
  }

  get oldestSeq(): number {
    return this.#store.oldestSeq;
  }

  async commit(write: StoreWrite): Promise<void> {
    await this.#life.passes('before write');
    // As the writer says it where SQLite has no room; a setting is refused in SQLite's own words.
    if (this.#disk.isFull)
      throw new PlimsollError('PLM1505', 'the store cannot be written: database or disk is full', {}, {});
    await this.#life.lives(() => this.#store.commit(write));
  }

  async setSetting(name: string, value: string): Promise<void> {
    await this.#life.passes('before write');
    if (this.#disk.isFull) throw new Error('database or disk is full');
    await this.#life.lives(() => this.#store.setSetting(name, value));
  }

  stamps(): AsyncIterable<readonly ResourceStamp[]> {
    return this.#life.yields(() => this.#store.stamps());
  }

  resource(key: ResourceKey): Promise<Resource | null> {
    return this.#life.lives(() => this.#store.resource(key));
  }

  resources(filter: ResourceFilter, limit: number, page?: string | null): Promise<Page<Resource>> {
    return this.#life.lives(() => this.#store.resources(filter, limit, page));
  }

  excerpts(...asked: Parameters<Store['excerpts']>): ReturnType<Store['excerpts']> {
    return this.#life.lives(() => this.#store.excerpts(...asked));
  }

  scan(filter: ResourceFilter): AsyncIterable<readonly Resource[]> {
    return this.#life.yields(() => this.#store.scan(filter));
  }

  versions(...asked: Parameters<Store['versions']>): ReturnType<Store['versions']> {
    return this.#life.lives(() => this.#store.versions(...asked));
  }

  times(): ReturnType<Store['times']> {
    return this.#life.lives(() => this.#store.times());
  }

  resourceAt(...asked: Parameters<Store['resourceAt']>): ReturnType<Store['resourceAt']> {
    return this.#life.lives(() => this.#store.resourceAt(...asked));
  }

  resourcesAt(...asked: Parameters<Store['resourcesAt']>): ReturnType<Store['resourcesAt']> {
    return this.#life.lives(() => this.#store.resourcesAt(...asked));
  }

  scanAt(...asked: Parameters<Store['scanAt']>): ReturnType<Store['scanAt']> {
    return this.#life.yields(() => this.#store.scanAt(...asked));
  }

  findingsAt(...asked: Parameters<Store['findingsAt']>): ReturnType<Store['findingsAt']> {
    return this.#life.lives(() => this.#store.findingsAt(...asked));
  }

  coverageAt(at: number): ReturnType<Store['coverageAt']> {
    return this.#life.lives(() => this.#store.coverageAt(at));
  }

  timelineSince(at: number): ReturnType<Store['timelineSince']> {
    return this.#life.lives(() => this.#store.timelineSince(at));
  }

  storiesSince(...asked: Parameters<Store['storiesSince']>): ReturnType<Store['storiesSince']> {
    return this.#life.lives(() => this.#store.storiesSince(...asked));
  }

  events(sinceSeq: number, limit: number): ReturnType<Store['events']> {
    return this.#life.lives(() => this.#store.events(sinceSeq, limit));
  }

  findings(filter: FindingFilter, limit: number, page?: string | null): Promise<Page<Finding>> {
    return this.#life.lives(() => this.#store.findings(filter, limit, page));
  }

  openFindings(): AsyncIterable<readonly Finding[]> {
    return this.#life.yields(() => this.#store.openFindings());
  }

  coverage(source?: string): ReturnType<Store['coverage']> {
    return this.#life.lives(() => this.#store.coverage(source));
  }

  problems(): ReturnType<Store['problems']> {
    return this.#life.lives(() => this.#store.problems());
  }

  sources(): ReturnType<Store['sources']> {
    return this.#life.lives(() => this.#store.sources());
  }

  typesOf(source: string): ReturnType<Store['typesOf']> {
    return this.#life.lives(() => this.#store.typesOf(source));
  }

  sourceState(source: string): ReturnType<Store['sourceState']> {
    return this.#life.lives(() => this.#store.sourceState(source));
  }

  readerSeq(name: string): Promise<number | null> {
    return this.#life.lives(() => this.#store.readerSeq(name));
  }

  setting(name: string): Promise<string | null> {
    return this.#life.lives(() => this.#store.setting(name));
  }

  async tend(): Promise<boolean> {
    await this.#life.passes('before write');
    if (this.#disk.isFull) throw new PlimsollError('PLM1505', 'the store cannot be written: database or disk is full');
    return await this.#life.lives(() => this.#store.tend());
  }

  close(): Promise<void> {
    return this.#life.lives(() => this.#store.close());
  }
}
