import type { ApiObject } from '../test-client.ts';

/** One write as watches see it. */
export interface StoredEvent {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly key: string;
  readonly object: ApiObject;
}

/** A copy of what was stored at one time. */
export interface StorageCopy {
  readonly revision: number;
  readonly compacted: number;
  readonly objects: ReadonlyMap<string, ApiObject>;
  readonly events: readonly StoredEvent[];
}

/** What etcd is to an API server: objects under keys, one counter for all writes, and a history that is compacted. */
export class SimulatedStorage {
  #revision = 1;
  /** Watches from before this revision are refused. */
  #compacted = 0;
  /** By {@link rootOf} a key, so that a cluster with thousands of types is asked for one of them in no time. */
  readonly #objects = new Map<string, Map<string, ApiObject>>();
  #events: StoredEvent[] = [];

  get revision(): number {
    return this.#revision;
  }

  get compacted(): number {
    return this.#compacted;
  }

  get(key: string): ApiObject | null {
    return this.#objects.get(rootOf(key))?.get(key) ?? null;
  }

  /** Writes an object with the next revision as its resourceVersion. */
  put(key: string, object: ApiObject): StoredEvent {
    return this.#append(this.get(key) === null ? 'ADDED' : 'MODIFIED', key, object);
  }

  /** Deletes an object; the event holds its last state with the deletion's revision. */
  delete(key: string): StoredEvent | null {
    const last = this.get(key);
    return last === null ? null : this.#append('DELETED', key, last);
  }

  #append(type: StoredEvent['type'], key: string, object: ApiObject): StoredEvent {
    this.#revision += 1;
    const versioned = { ...object, metadata: { ...object['metadata'], resourceVersion: String(this.#revision) } };
    if (type === 'DELETED') this.#objects.get(rootOf(key))?.delete(key);
    else this.#set(key, versioned);
    const event = { revision: this.#revision, type, key, object: versioned };
    this.#events.push(event);
    return event;
  }

  #set(key: string, object: ApiObject): void {
    const root = rootOf(key);
    let objects = this.#objects.get(root);
    if (objects === undefined) this.#objects.set(root, (objects = new Map()));
    objects.set(key, object);
  }

  /** The objects whose keys begin so, in the order of their keys; `''` gives all. */
  under(prefix: string): readonly (readonly [string, ApiObject])[] {
    const roots = prefix === '' ? [...this.#objects.values()] : [this.#objects.get(rootOf(prefix)) ?? []];
    return roots
      .flatMap((objects) => [...objects].filter(([key]) => key.startsWith(prefix)))
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** The events under a prefix that came after a revision; null where some of them are compacted. */
  since(revision: number, prefix: string): readonly StoredEvent[] | null {
    if (revision < this.#compacted) return null;
    return this.#events.slice(this.#placeAfter(revision)).filter((event) => event.key.startsWith(prefix));
  }

  /** Where the events after a revision begin. */
  #placeAfter(revision: number): number {
    let [from, to] = [0, this.#events.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#events[middle]?.revision ?? 0) > revision) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  /** Forgets the history up to now. */
  compact(): void {
    this.#compacted = this.#revision;
    this.#events = [];
  }

  copy(): StorageCopy {
    return {
      revision: this.#revision,
      compacted: this.#compacted,
      objects: new Map([...this.#objects.values()].flatMap((objects) => [...objects])),
      events: [...this.#events],
    };
  }

  /** Becomes what it was when it was copied. */
  restore({ revision, compacted, objects, events }: StorageCopy): void {
    this.#revision = revision;
    this.#compacted = compacted;
    this.#objects.clear();
    for (const [key, object] of objects) this.#set(key, object);
    this.#events = [...events];
  }
}

/** The first word of a key, which is its type: `/pods/` of `/pods/shop/web-1`. */
export function rootOf(key: string): string {
  return key.slice(0, key.indexOf('/', 1) + 1);
}
