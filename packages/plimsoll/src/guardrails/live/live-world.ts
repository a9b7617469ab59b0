import type { Store } from '../../inventory/store.ts';
import type { Change } from '../../model/change.ts';
import { type Coverage, isAwaited, isComplete, isMissed } from '../../model/coverage.ts';
import { type Json, member } from '../../model/json.ts';
import { type Parts, coversParts, eitherParts, partsOfObject } from '../../model/json-parts.ts';
import type { KindTable, TypeOfKind } from '../../model/kinds.ts';
import { type Resource, type ResourceKey, keyText } from '../../model/resource.ts';
import { type ServedType, servedSchema } from '../../model/served.ts';
import { isPolicyType } from '../formats/registry.ts';
import { podTemplateTypes } from '../evaluate/pod-template-types.ts';
import { type NamespaceView, namespaceByName, namespaceThere } from '../namespace-view.ts';
import type { Listing, World } from '../world.ts';
import { KeptBodies } from './kept-bodies.ts';

const NAMESPACES = 'core/namespaces';

/** What a change did to what is kept. */
export interface Taken {
  /** The kept state before it: of types of which parts are kept, those. */
  readonly before: Resource | null;
  /** True where look-ups show the resource as they did before. */
  readonly looksSame: boolean;
}

/**
 * The world of the inventory: namespaces, policies, what policies read (params whole, of what they look up as much as they
 * read), the templates' owners by key, what is covered, what each cluster serves. Everything else stays in the store.
 */
export class LiveWorld implements World {
  readonly #store: Store;
  readonly #kinds: KindTable;
  readonly #bodies = new KeptBodies();
  readonly #owners = new Set<string>();
  readonly #coverage = new Map<string, Coverage>();
  readonly #served = new Map<string, readonly ServedType[] | null>();
  readonly #minors = new Map<string, number>();
  /** What was answered of the lists of a type, by scope: the same until something of the type changes. */
  readonly #listings = new Map<string, Map<string | null, Listing>>();
  /** What of the bodies of which types is kept. */
  readonly #kept = new Map<string, Parts>([[NAMESPACES, 'whole']]);
  /** Those that there are of the types of policies. */
  readonly #policyTypes = new Set<string>();

  private constructor(store: Store, kinds: KindTable) {
    this.#store = store;
    this.#kinds = kinds;
  }

  /** Reads from the store what has to be at hand. */
  static async open(store: Store, kinds: KindTable): Promise<LiveWorld> {
    const world = new LiveWorld(store, kinds);
    for (const source of await store.sources())
      for (const type of await store.typesOf(source)) world.#noticePolicies(type);
    for (const type of world.#kept.keys()) await world.#load(type);
    for (const type of podTemplateTypes.keys())
      for await (const resources of store.scan({ type }))
        for (const resource of resources) world.#owners.add(keyText(resource));
    for (const coverage of await store.coverage()) world.cover(coverage);
    for (const source of await store.sources())
      for (const [name, value] of (await store.sourceState(source)).facts) world.takeFact(source, name, value);
    return world;
  }

  /** Keeps the policies themselves, and what goes with them. */
  #noticePolicies(type: string): void {
    if (!isPolicyType(type)) return;
    this.#policyTypes.add(type);
    this.#kept.set(type, 'whole');
  }

  async #load(type: string): Promise<void> {
    for await (const resources of this.#store.scan({ type }))
      for (const resource of resources) this.#bodies.set(this.#partsOf(resource));
  }

  #partsOf(resource: Resource): Resource {
    const parts = this.#kept.get(resource.type) ?? 'whole';
    if (parts === 'whole') return resource;
    const { forms: _, ...held } = resource;
    return { ...held, body: partsOfObject(resource.body, parts) };
  }

  /** Keeps these parts of the bodies of these types from now on; what was asked for before stays. */
  async keep(types: ReadonlyMap<string, Parts>): Promise<void> {
    for (const [type, parts] of types) {
      const kept = this.#kept.get(type);
      if (kept !== undefined && coversParts(kept, parts)) continue;
      this.#kept.set(type, kept === undefined ? parts : eitherParts(kept, parts));
      await this.#load(type);
      this.#listings.clear();
    }
  }

  /** Takes a change in. */
  take(change: Change): Taken {
    if (podTemplateTypes.has(change.key.type)) {
      const key = keyText(change.key);
      if (change.resource === null) this.#owners.delete(key);
      else this.#owners.add(key);
    }
    this.#noticePolicies(change.key.type);
    if (!this.#kept.has(change.key.type)) return { before: null, looksSame: false };
    const before = this.#bodies.get(change.key);
    const now = change.resource === null ? null : this.#partsOf(change.resource);
    const looksSame = before !== null && now !== null && isSameLook(before, now);
    if (!looksSame) {
      const listings = this.#listings.get(listingsKey(change.key));
      for (const scope of [change.key.scope, null]) listings?.delete(scope);
    }
    if (now === null) this.#bodies.delete(change.key);
    else this.#bodies.set(now);
    return { before, looksSame };
  }

  cover(coverage: Coverage): void {
    this.#coverage.set(coverageKey(coverage.source, coverage.type, coverage.scope), coverage);
    this.#listings.delete(listingsKey(coverage));
  }

  /** Nothing is said of this any more. */
  uncover({ source, type, scope }: Pick<Coverage, 'source' | 'type' | 'scope'>): void {
    this.#coverage.delete(coverageKey(source, type, scope));
    this.#listings.delete(listingsKey({ source, type }));
  }

  /** True where the list of a type in a scope says what is there; a stale one says what was. */
  isListable({ source, type, scope }: Pick<Coverage, 'source' | 'type' | 'scope'>): boolean {
    const coverage = this.#coverageOf(source, type, scope);
    return isComplete(coverage) || coverage?.state === 'stale';
  }

  /** Why the list of a type in a scope does not say what is there, by state and code; null where it does. */
  unlisted(of: Pick<Coverage, 'source' | 'type' | 'scope'>): string | null {
    if (this.isListable(of)) return null;
    const coverage = this.#coverageOf(of.source, of.type, of.scope);
    return coverage === undefined
      ? 'never'
      : `${coverage.state} ${coverage.reason?.slice(0, coverage.reason.indexOf(':'))}`;
  }

  /**
   * True where it will soon be known what a list holds, or why not: the first one is under way, or waits for its turn,
   * at a source that answers.
   */
  awaits({ source, type, scope }: Pick<Coverage, 'source' | 'type' | 'scope'>): boolean {
    const coverage = this.#coverageOf(source, type, scope);
    return coverage !== undefined && isAwaited(coverage) && this.answers(source);
  }

  /** False where a source as a whole is known not to answer, or not to us. */
  answers(source: string): boolean {
    const whole = this.#coverage.get(coverageKey(source, '*', null));
    return whole === undefined || !isMissed(whole);
  }

  /** What of a source has never been listed and is to be. */
  firstLists(source: string): readonly Coverage[] {
    return [...this.#coverage.values()].filter((row) => row.source === source && row.type !== '*' && isAwaited(row));
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
    this.#minors.set(source, Number(minor));
    return true;
  }

  /** The sources that said what they serve. */
  get sources(): readonly string[] {
    return [...this.#served.keys()];
  }

  /** The minor version of a source, 36 of 1.36; null where it is not known. */
  minorOf(source: string): number | null {
    return this.#minors.get(source) ?? null;
  }

  /** The policies of all sources, and what goes with them. */
  get policies(): readonly Resource[] {
    return [...this.#policyTypes].flatMap((type) => this.#bodies.ofAllSources(type));
  }

  namespace(source: string, name: string): NamespaceView {
    const found = this.#bodies.get({ source, type: NAMESPACES, scope: null, name });
    return found === null ? namespaceByName(name, 'it is not in the inventory') : namespaceThere(found);
  }

  list(source: string, type: string, scope: string | null): Listing {
    const key = listingsKey({ source, type });
    let listings = this.#listings.get(key);
    if (listings === undefined) this.#listings.set(key, (listings = new Map()));
    let listing = listings.get(scope);
    if (listing === undefined) listings.set(scope, (listing = this.#read(source, type, scope)));
    return listing;
  }

  #read(source: string, type: string, scope: string | null): Listing {
    const coverage = this.#coverageOf(source, type, scope);
    if (!this.isListable({ source, type, scope }))
      return {
        unknown: `${type} of ${source} cannot be listed: ${coverage?.reason ?? coverage?.state ?? 'never seen'}`,
      };
    const notKept = this.#coverage.get(coverageKey(source, `${type}/data`, scope))?.reason ?? null;
    return { items: this.#bodies.list(source, type, scope), notKept };
  }

  /** Of a type that may not be listed everywhere, what is said of the namespace alone. */
  #coverageOf(source: string, type: string, scope: string | null): Coverage | undefined {
    const whole = this.#coverage.get(coverageKey(source, type, null));
    if (isComplete(whole) || whole?.state === 'stale') return whole;
    return this.#coverage.get(coverageKey(source, type, scope)) ?? whole;
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
}

/** A type in a source; of a part of a type, as coverage has it (`core/configmaps/data`), its type. */
function listingsKey({ source, type }: Pick<Coverage, 'source' | 'type'>): string {
  return `${source}\0${type.split('/', 2).join('/')}`;
}

function coverageKey(source: string, type: string, scope: string | null): string {
  return `${source}\0${type}\0${scope ?? ''}`;
}

/** What a list of a look-up shows of a resource is its body as far as it is kept, and what of it was never read. */
function isSameLook(a: Resource, b: Resource): boolean {
  return JSON.stringify([a.unseen, a.body]) === JSON.stringify([b.unseen, b.body]);
}
