import type { ApiObject } from '../test-client.ts';
import type { SimulatedClock } from './clock.ts';
import { rootOf, SimulatedStorage, type StorageCopy, type StoredEvent } from './storage.ts';
import { apiVersionOf, builtInTypes, definedBy, definitions, namespaces, type SimulatedType, typeId } from './types.ts';

/** Where an object is. */
export interface Place {
  readonly namespace?: string;
  readonly name: string;
}

/** A cluster as it was at one time: a backup of its etcd. */
export type ClusterCopy = StorageCopy;

/** How long after its CustomResourceDefinition a type is served. */
const ESTABLISHED_AFTER = 80;

/**
 * What is in a simulated cluster, and what may be done with it. Every write goes through here, so that what ever was
 * there, and has ended, is known.
 */
export class SimulatedCluster {
  readonly storage = new SimulatedStorage();
  readonly clock: SimulatedClock;
  /** Types that nobody may get, list or watch, by {@link typeId}. */
  readonly forbidden = new Set<string>();
  /** Bearer tokens that are accepted. */
  readonly tokens = new Set(['token']);
  /** 36 of 1.36. Below 27 it knows no WatchList, below 16 no bookmarks. */
  readonly minor: number;
  /** Where the uids of its objects begin; clusters that are watched together must differ in it. */
  readonly #mark: string;
  /** By {@link rootOf} the keys that they are told of. */
  readonly #listeners = new Map<string, Set<(event: StoredEvent) => void>>();
  readonly #ended = new Set<string>();
  /** When the types of CRDs began to be served, by the CRD's uid. */
  readonly #established = new Map<string, number>();
  /** What is served, until something changes it. */
  #served: { readonly types: readonly SimulatedType[]; readonly until: number } | null = null;
  #uids = 0;
  #replacements = 0;
  #rewound = false;

  constructor(clock: SimulatedClock, minor = 36, mark = '00000000') {
    this.clock = clock;
    this.minor = minor;
    this.#mark = mark;
    this.#begin();
  }

  /** Objects of this uid existed and do no longer, or not here. */
  hasEnded(uid: string): boolean {
    return this.#ended.has(uid);
  }

  /** What is served now. */
  get types(): readonly SimulatedType[] {
    const now = this.clock.elapsed();
    if (this.#served !== null && now < this.#served.until) return this.#served.types;
    const types = [...builtInTypes];
    let until = Infinity;
    for (const [, object] of this.storage.under(prefixOf(definitions))) {
      const since = this.#established.get(object['metadata'].uid);
      if (since === undefined) continue;
      if (since <= now) types.push(definedBy(object));
      else until = Math.min(until, since);
    }
    this.#served = { types, until };
    return types;
  }

  /** Calls back with each write of an object of this type. */
  onWrite(type: SimulatedType, listener: (event: StoredEvent) => void): () => void {
    const root = rootOf(prefixOf(type));
    let listeners = this.#listeners.get(root);
    if (listeners === undefined) this.#listeners.set(root, (listeners = new Set()));
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  get(type: SimulatedType, { namespace, name }: Place): ApiObject | null {
    return this.storage.get(keyOf(type, namespace, name));
  }

  /** Creates an object, or replaces all of it but its identity; null where its namespace or type is not there. */
  apply(type: SimulatedType, { namespace, name }: Place, fields: ApiObject): ApiObject | null {
    if (namespace !== undefined && this.get(namespaces, { name: namespace }) === null) return null;
    if (!this.#serves(type)) return null;
    const key = keyOf(type, namespace, name);
    const before = this.storage.get(key);
    const metadata = {
      ...fields['metadata'],
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: before?.['metadata'].uid ?? this.#uid(),
      creationTimestamp: before?.['metadata'].creationTimestamp ?? timeText(this.clock.now()),
    };
    const object = { apiVersion: apiVersionOf(type), kind: type.kind, ...fields, metadata };
    if (type === definitions && before === null)
      this.#established.set(metadata.uid, this.clock.elapsed() + ESTABLISHED_AFTER);
    this.#tell(this.storage.put(key, object));
    return object;
  }

  #serves(type: SimulatedType): boolean {
    if (builtInTypes.includes(type)) return true;
    const id = typeId(type);
    // A CRD is named for the type that it defines (apiextensions.k8s.io/v1, ValidateCustomResourceDefinition).
    const since = this.#established.get(this.get(definitions, { name: id })?.['metadata'].uid);
    return since !== undefined && since <= this.clock.elapsed();
  }

  /** Deletes an object with what it contains: a namespace's objects, a CRD's. */
  remove(type: SimulatedType, { namespace, name }: Place): void {
    const key = keyOf(type, namespace, name);
    const object = this.storage.get(key);
    if (object === null) return;
    if (type === namespaces)
      for (const inner of this.types.filter(({ namespaced }) => namespaced)) this.#removeUnder(prefixOf(inner, name));
    if (type === definitions) this.#removeUnder(prefixOf(definedBy(object)));
    this.#removeUnder(key);
  }

  /** A backup. */
  copy(): ClusterCopy {
    return this.storage.copy();
  }

  /** The same cluster with an older history: what came after it never was. */
  restore(copy: ClusterCopy): void {
    this.#rewound = true;
    const before = this.#uidsThere();
    this.storage.restore(copy);
    this.#served = null;
    const after = this.#uidsThere();
    for (const uid of before) if (!after.has(uid)) this.#ended.add(uid);
    for (const uid of after) this.#ended.delete(uid);
  }

  /** Whether its history ever went back, or became another cluster's. */
  get wasRewound(): boolean {
    return this.#rewound;
  }

  /** How often another cluster took its place. */
  get replacements(): number {
    return this.#replacements;
  }

  /** Another cluster in its place. */
  replace(): void {
    this.#replacements += 1;
    this.#rewound = true;
    for (const uid of this.#uidsThere()) this.#ended.add(uid);
    this.storage.restore(new SimulatedStorage().copy());
    this.#established.clear();
    this.#served = null;
    this.#begin();
  }

  #begin(): void {
    for (const name of ['default', 'kube-system'])
      this.apply(namespaces, { name }, { metadata: { labels: { 'kubernetes.io/metadata.name': name } } });
  }

  #uidsThere(): ReadonlySet<string> {
    return new Set(this.storage.under('').map(([, object]) => String(object['metadata'].uid)));
  }

  #removeUnder(prefix: string): void {
    for (const [key, object] of this.storage.under(prefix)) {
      if (prefix.endsWith('/') || key === prefix) {
        const event = this.storage.delete(key);
        this.#ended.add(String(object['metadata'].uid));
        if (event !== null) this.#tell(event);
      }
    }
  }

  #tell(event: StoredEvent): void {
    const root = rootOf(event.key);
    if (root === prefixOf(definitions)) this.#served = null;
    for (const listener of this.#listeners.get(root) ?? []) listener(event);
  }

  #uid(): string {
    this.#uids += 1;
    return `${this.#mark}-0000-4000-8000-${String(this.#uids).padStart(12, '0')}`;
  }
}

/** The key under which an object is stored: sorted by namespace, then name, as etcd's registry keys are. */
function keyOf(type: SimulatedType, namespace: string | undefined, name: string): string {
  return `${prefixOf(type, namespace)}${name}`;
}

/** Where the keys of a type begin, in one namespace or in all. */
export function prefixOf(type: SimulatedType, namespace?: string): string {
  return `/${typeId(type)}/${namespace === undefined ? '' : `${namespace}/`}`;
}

function timeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
