import type { Store } from '../inventory/store.ts';
import type { Coverage } from '../model/coverage.ts';
import { isComplete } from '../model/coverage.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { member } from '../model/json.ts';
import { FileKinds } from '../model/kinds.ts';
import { keyText } from '../model/resource.ts';
import type { Resource, ResourceKey } from '../model/resource.ts';
import { servedSchema } from '../model/served.ts';
import type { Served } from '../model/served.ts';

/** The topmost controller of a resource: what a person edits to change it. */
export interface Owner extends ResourceKey {
  readonly kind: string;
  /** Why it is known by its name alone, and what is above it is not known; null where it is in the inventory. */
  readonly unseen: string | null;
}

/** A controller as an object names it (metadata.ownerReferences, `controller: true`; at most one is). */
interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string | null;
}

/** One step upwards. */
type Above = { readonly resource: Read } | Owner | null;

/** A resource as far as it is read here: {@link partsRead}. */
type Read = Pick<Resource, 'source' | 'type' | 'scope' | 'name' | 'kind' | 'uid'> & {
  readonly body: JsonObject | null;
};

const partsRead = [['metadata', 'ownerReferences']];

/** A static pod is owned by its Node, but nobody changes it there. */
const noOwners: ReadonlySet<string> = new Set(['core/nodes']);
const kinds = new FileKinds();

/**
 * Follows controllers upwards through the inventory: Pod → ReplicaSet → Deployment, Job → CronJob, and custom ones as
 * far as they are there. Remembers what it found: for one answer, not for long. What is at hand already need not be
 * read from the store.
 */
export class Owners {
  readonly #store: Pick<Store, 'excerpts' | 'coverage' | 'sourceState'>;
  readonly #atHand: ReadonlyMap<string, Resource>;
  readonly #tops = new Map<string, Promise<Owner | null>>();
  readonly #controllers = new Map<string, Promise<Read | null>>();
  readonly #served = new Map<string, Promise<Served | null>>();
  readonly #coverage = new Map<string, Promise<readonly Coverage[]>>();

  constructor(store: Pick<Store, 'excerpts' | 'coverage' | 'sourceState'>, atHand: readonly Resource[] = []) {
    this.#store = store;
    this.#atHand = new Map(atHand.map((resource) => [keyText(resource), resource]));
  }

  /** The topmost controller of a resource; null where it has none, or is gone itself. */
  of(key: ResourceKey): Promise<Owner | null> {
    const text = keyText(key);
    let top = this.#tops.get(text);
    if (top === undefined) this.#tops.set(text, (top = this.#topOf(key)));
    return top;
  }

  async #topOf(key: ResourceKey): Promise<Owner | null> {
    let current = this.#atHand.get(keyText(key)) ?? (await this.#read(key));
    let top: Owner | null = null;
    // A circle, which nothing forbids, ends where it began.
    const passed = new Set([keyText(key)]);
    while (current !== null) {
      const above: Above = await this.#controllerOf(current);
      if (above === null) break;
      if ('unseen' in above) return above;
      current = above.resource;
      if (passed.has(keyText(current))) break;
      passed.add(keyText(current));
      top = ownerOf(current);
    }
    return top;
  }

  async #read({ source, type, scope, name }: ResourceKey): Promise<Read | null> {
    return (await this.#store.excerpts({ source, type, scope, name }, partsRead, 1)).items[0] ?? null;
  }

  /** A resource that controls others, usually many: read once. */
  #controller(key: ResourceKey): Promise<Read | null> {
    const text = keyText(key);
    let found = this.#controllers.get(text);
    if (found === undefined) this.#controllers.set(text, (found = this.#read(key)));
    return found;
  }

  /** The controller itself; where it cannot be seen, what is known of it; null where there is none. */
  async #controllerOf(resource: Read): Promise<Above> {
    const reference = referenceOf(resource);
    if (reference === null) return null;
    const { source } = resource;
    const { kind, name, uid } = reference;
    const types = await this.#typesOf(source, reference);
    for (const type of types) {
      if (noOwners.has(type)) return null;
      for (const scope of scopesOf(resource, reference)) {
        const owner = await this.#controller({ source, type, scope, name });
        if (owner !== null && (uid === null || owner.uid === null || owner.uid === uid)) return { resource: owner };
      }
    }
    const [type] = types;
    const unseen = await this.#whyUnseen(resource, reference, type);
    if (unseen === null) return null;
    return { source, type: type ?? kinds.guess(reference.apiVersion, kind), scope: resource.scope, name, kind, unseen };
  }

  /** The types that may hold an owner: of Kubernetes' own kinds, and what the source serves it as. */
  async #typesOf(source: string, { apiVersion, kind }: Reference): Promise<readonly string[]> {
    const own = kinds.of(apiVersion, kind)?.type;
    const slash = apiVersion.indexOf('/');
    const group = slash < 0 ? '' : apiVersion.slice(0, slash);
    const served = own === undefined || own.startsWith('extensions/') ? await this.#servedBy(source) : null;
    const found = served?.types.find((type) => type.group === group && type.kind === kind);
    const held = found === undefined ? [] : [found.heldAs ?? found.type];
    return [...new Set([...held, ...(own === undefined ? [] : [own])])];
  }

  #servedBy(source: string): Promise<Served | null> {
    let served = this.#served.get(source);
    if (served === undefined) {
      served = this.#store.sourceState(source).then(({ facts }) => {
        const parsed = servedSchema.safeParse(facts.get('served'));
        return parsed.success ? parsed.data : null;
      });
      this.#served.set(source, served);
    }
    return served;
  }

  #coverageOf(source: string): Promise<readonly Coverage[]> {
    let rows = this.#coverage.get(source);
    if (rows === undefined) this.#coverage.set(source, (rows = this.#store.coverage(source)));
    return rows;
  }

  /** Why an owner is not in the inventory; null where its type is listed completely, so that it is gone. */
  async #whyUnseen(
    { source, scope }: Read,
    { apiVersion, kind }: Reference,
    type: string | undefined,
  ): Promise<string | null> {
    if (type === undefined) return `nothing is known of ${apiVersion} ${kind}`;
    const rows = (await this.#coverageOf(source)).filter((row) => row.type === type);
    const row =
      rows.find((found) => found.scope === null && isComplete(found)) ??
      rows.find((found) => found.scope === scope) ??
      rows[0];
    return isComplete(row) ? null : `${type}: ${row?.reason ?? row?.state ?? 'never seen'}`;
  }
}

/** Where an owner may be: beside what it owns, or in no namespace. */
function scopesOf({ scope }: Read, { apiVersion, kind }: Reference): Iterable<string | null> {
  return kinds.of(apiVersion, kind)?.namespaced === true ? [scope] : new Set([scope, null]);
}

function ownerOf({ source, type, scope, name, kind }: Read): Owner {
  return { source, type, scope, name, kind, unseen: null };
}

function referenceOf({ body }: Read): Reference | null {
  const owners = member(member(body ?? undefined, 'metadata'), 'ownerReferences');
  if (!Array.isArray(owners)) return null;
  const owner = (owners as readonly Json[]).find((one) => member(one, 'controller') === true);
  const [apiVersion, kind, name, uid] = ['apiVersion', 'kind', 'name', 'uid'].map((key) => member(owner, key));
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') return null;
  return { apiVersion, kind, name, uid: typeof uid === 'string' ? uid : null };
}
