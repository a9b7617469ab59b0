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
  #objects = new Map<string, ApiObject>();
  #events: StoredEvent[] = [];

  get revision(): number {
    return this.#revision;
  }

  get compacted(): number {
    return this.#compacted;
  }

  get(key: string): ApiObject | null {
    return this.#objects.get(key) ?? null;
  }

  /** Writes an object with the next revision as its resourceVersion. */
  put(key: string, object: ApiObject): StoredEvent {
    return this.#append(this.#objects.has(key) ? 'MODIFIED' : 'ADDED', key, object);
  }

  /** Deletes an object; the event holds its last state with the deletion's revision. */
  delete(key: string): StoredEvent | null {
    const last = this.#objects.get(key);
    return last === undefined ? null : this.#append('DELETED', key, last);
  }

  #append(type: StoredEvent['type'], key: string, object: ApiObject): StoredEvent {
    this.#revision += 1;
    const versioned = { ...object, metadata: { ...object['metadata'], resourceVersion: String(this.#revision) } };
    if (type === 'DELETED') this.#objects.delete(key);
    else this.#objects.set(key, versioned);
    const event = { revision: this.#revision, type, key, object: versioned };
    this.#events.push(event);
    return event;
  }

  /** The objects whose keys begin so, in the order of their keys. */
  under(prefix: string): readonly (readonly [string, ApiObject])[] {
    return [...this.#objects].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** The events under a prefix that came after a revision; null where some of them are compacted. */
  since(revision: number, prefix: string): readonly StoredEvent[] | null {
    if (revision < this.#compacted) return null;
    return this.#events.filter((event) => event.revision > revision && event.key.startsWith(prefix));
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
      objects: new Map(this.#objects),
      events: [...this.#events],
    };
  }

  /** Becomes what it was when it was copied. */
  restore({ revision, compacted, objects, events }: StorageCopy): void {
    this.#revision = revision;
    this.#compacted = compacted;
    this.#objects = new Map(objects);
    this.#events = [...events];
  }
}
