import type { Store } from '../../inventory/store.ts';
import type { Change } from '../../model/change.ts';
import { type Coverage, isComplete } from '../../model/coverage.ts';
import { type Json, isJsonObject, member } from '../../model/json.ts';
import { type Resource, type ResourceKey, keyText } from '../../model/resource.ts';
import { type ServedType, servedSchema } from '../../model/served.ts';
import { podTemplateTypes } from '../evaluate/pod-template-types.ts';
import type { Listing, NamespaceView, World } from '../world.ts';
import type { TypeOfKind } from '../../model/kinds.ts';

/** Which type holds a kind where a source's discovery does not say it. */
export type KindTable = (apiVersion: string, kind: string) => TypeOfKind | null;

const NAMESPACES = 'core/namespaces';

/** Types of which bodies are kept besides what policies read: the policies themselves. */
export const policyTypes = [
  'admissionregistration.k8s.io/validatingadmissionpolicies',
  'admissionregistration.k8s.io/validatingadmissionpolicybindings',
] as const;

/**
 * The world of the inventory: namespaces, policies, and what policies read (params, look-ups) with their bodies, the
 * templates' owners by key, what is covered, what each cluster serves. Everything else stays in the store.
 */
export class LiveWorld implements World {
  readonly #store: Store;
  readonly #kinds: KindTable;
  readonly #bodies = new Map<string, Map<string, Resource>>();
  readonly #owners = new Set<string>();
  readonly #coverage = new Map<string, Coverage>();
  readonly #served = new Map<string, readonly ServedType[] | null>();
  readonly #versions = new Map<string, string>();
  readonly #keptTypes = new Set<string>([NAMESPACES, ...policyTypes]);

  private constructor(store: Store, kinds: KindTable) {
    this.#store = store;
    this.#kinds = kinds;
  }

  /** Reads from the store what has to be at hand. */
  static async open(store: Store, kinds: KindTable): Promise<LiveWorld> {
    const world = new LiveWorld(store, kinds);
    for (const type of world.#keptTypes) await world.#load(type);
    for (const type of podTemplateTypes.keys())
      for await (const resources of store.scan({ type }))
        for (const resource of resources) world.#owners.add(keyText(resource));
    for (const coverage of await store.coverage()) world.cover(coverage);
    for (const source of await store.sources())
      for (const [name, value] of (await store.sourceState(source)).facts) world.takeFact(source, name, value);
    return world;
  }

  async #load(type: string): Promise<void> {
    for await (const resources of this.#store.scan({ type })) for (const resource of resources) this.#keep(resource);
  }

  /** Keeps the bodies of these types from now on; those of others that were asked for before stay. */
  async keepTypes(types: Iterable<string>): Promise<void> {
    for (const type of types) {
      if (this.#keptTypes.has(type)) continue;
      this.#keptTypes.add(type);
      await this.#load(type);
    }
  }

  /** Takes a change in; gives the state of a kept resource before it. */
  take(change: Change): Resource | null {
    const key = keyText(change.key);
    if (podTemplateTypes.has(change.key.type)) {
      if (change.resource === null) this.#owners.delete(key);
      else this.#owners.add(key);
    }
    if (!this.#keptTypes.has(change.key.type)) return null;
    const bodies = this.#bodiesOf(change.key);
    const before = bodies.get(key) ?? null;
    if (change.resource === null) bodies.delete(key);
    else this.#keep(change.resource);
    return before;
  }

  cover(coverage: Coverage): void {
    this.#coverage.set(coverageKey(coverage.source, coverage.type, coverage.scope), coverage);
  }

  /** True where the list of a type in a scope says what is there; a stale one says what was. */
  isListable({ source, type, scope }: Pick<Coverage, 'source' | 'type' | 'scope'>): boolean {
    const coverage = this.#coverageOf(source, type, scope);
    return isComplete(coverage) || coverage?.state === 'stale';
  }

  /** Takes in what a source says of itself; false where that is nothing that guardrails look at. */
  takeFact(source: string, name: string, value: Json): boolean {
    if (name === 'served') {
      const served = servedSchema.safeParse(value);
      this.#served.set(source, served.success ? served.data.types : null);
      return true;
    }
    const minor = name === 'version' ? /^\d+/.exec(String(member(value, 'minor') ?? ''))?.[0] : undefined;
    if (minor === undefined) return false;
    this.#versions.set(source, `1.${minor}`);
    return true;
  }

  /** The sources that said what they serve. */
  get sources(): readonly string[] {
    return [...this.#served.keys()];
  }

  /** The minor version of a source, `1.36`; null where it is not known. */
  versionOf(source: string): string | null {
    return this.#versions.get(source) ?? null;
  }

  /** Every kept resource of a type, of all sources. */
  allOf(type: string): readonly Resource[] {
    return [...this.#bodies.entries()].flatMap(([key, bodies]) =>
      key.endsWith(`\0${type}`) ? [...bodies.values()] : [],
    );
  }

  namespace(source: string, name: string): NamespaceView {
    const key = keyText({ source, type: NAMESPACES, scope: null, name });
    const found = this.#bodies.get(`${source}\0${NAMESPACES}`)?.get(key);
    if (found !== undefined) return { body: withNameLabel(found), unknown: null };
    const metadata = { name, labels: { 'kubernetes.io/metadata.name': name } };
    return { body: { apiVersion: 'v1', kind: 'Namespace', metadata }, unknown: 'it is not in the inventory' };
  }

  list(source: string, type: string, scope: string | null): Listing {
    const coverage = this.#coverageOf(source, type, scope);
    if (!this.isListable({ source, type, scope }))
      return {
        unknown: `${type} of ${source} cannot be listed: ${coverage?.reason ?? coverage?.state ?? 'never seen'}`,
      };
    const all = [...(this.#bodies.get(`${source}\0${type}`)?.values() ?? [])];
    const notKept = this.#coverage.get(coverageKey(source, `${type}/data`, scope))?.reason ?? null;
    return { items: scope === null ? all : all.filter((resource) => resource.scope === scope), notKept };
  }

  #coverageOf(source: string, type: string, scope: string | null): Coverage | undefined {
    return this.#coverage.get(coverageKey(source, type, null)) ?? this.#coverage.get(coverageKey(source, type, scope));
  }

  has(key: ResourceKey): boolean {
    return this.#owners.has(keyText(key));
  }

  typeOfKind(source: string, apiVersion: string, kind: string): TypeOfKind | null {
    const slash = apiVersion.indexOf('/');
    const group = slash < 0 ? '' : apiVersion.slice(0, slash);
    const found = this.served(source)?.find((type) => type.group === group && type.kind === kind);
    return found === undefined ? this.#kinds(apiVersion, kind) : { type: found.type, namespaced: found.namespaced };
  }

  served(source: string): readonly ServedType[] | null {
    return this.#served.get(source) ?? null;
  }

  #bodiesOf(key: ResourceKey): Map<string, Resource> {
    const slot = `${key.source}\0${key.type}`;
    let bodies = this.#bodies.get(slot);
    if (bodies === undefined) this.#bodies.set(slot, (bodies = new Map()));
    return bodies;
  }

  #keep(resource: Resource): void {
    this.#bodiesOf(resource).set(keyText(resource), resource);
  }
}

function coverageKey(source: string, type: string, scope: string | null): string {
  return `${source}\0${type}\0${scope ?? ''}`;
}

/** The API server sets this label on every namespace (KEP-2161). */
function withNameLabel({ body, name }: Resource): Resource['body'] {
  const metadata = member(body, 'metadata');
  const labels = member(metadata, 'labels');
  return {
    ...body,
    metadata: {
      ...(isJsonObject(metadata) ? metadata : {}),
      labels: { ...(isJsonObject(labels) ? labels : {}), 'kubernetes.io/metadata.name': name },
    },
  };
}
