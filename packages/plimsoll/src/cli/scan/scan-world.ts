import { namespaceByName, namespaceThere } from '../../guardrails/namespace-view.ts';
import type { NamespaceView } from '../../guardrails/namespace-view.ts';
import type { Listing, World } from '../../guardrails/world.ts';
import type { KindTable, TypeOfKind } from '../../model/kinds.ts';
import type { ServedType } from '../../model/served.ts';
import { keyText, type Resource, type ResourceKey } from '../../model/resource.ts';

/**
 * What the scanned files say besides the judged object. A namespace that is not given has its name's label alone, and
 * whatever reads more of it is unknown. A cluster that is scanned has its own world; what stands in the
 * paths of policies alone is there for every source that has nothing of that name itself.
 */
export class ScanWorld implements World {
  readonly #kinds: KindTable;
  /** `source NUL type`, and `source NUL type NUL scope`, to the resources. */
  readonly #lists = new Map<string, Resource[]>();
  readonly #namespaces = new Map<string, Resource>();
  readonly #keys = new Set<string>();
  /** What was answered, and of which list of a cluster it was made. */
  readonly #listings = new Map<string, { readonly own: Listing | null; readonly listing: Listing }>();
  readonly #clusters: ReadonlyMap<string, { readonly world: World }>;
  readonly #shared: Resource[] = [];

  constructor(kinds: KindTable, clusters: ReadonlyMap<string, { readonly world: World }>) {
    this.#kinds = kinds;
    this.#clusters = clusters;
  }

  /** Remembers a namespace or param of a path of policies. */
  share(resource: Resource): void {
    this.#shared.push(resource);
    this.#listings.clear();
  }

  /** Remembers a resource with its body: a namespace, a param, what a look-up lists. */
  keep(resource: Resource): void {
    const { source, type, scope, name } = resource;
    this.#add(listKey(source, type), resource);
    if (scope !== null) this.#add(listKey(source, type, scope), resource);
    if (type === 'core/namespaces') this.#namespaces.set(listKey(source, type, name), resource);
    this.note(resource);
  }

  #add(key: string, resource: Resource): void {
    this.#listings.clear();
    const list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, [resource]);
    else list.push(resource);
  }

  /** Remembers that a resource is there. */
  note(key: ResourceKey): void {
    this.#keys.add(keyText(key));
  }

  namespace(source: string, name: string): NamespaceView {
    const cluster = this.#clusters.get(source)?.world.namespace(source, name);
    if (cluster?.unknown === null) return cluster;
    const found =
      this.#namespaces.get(listKey(source, 'core/namespaces', name)) ??
      this.#shared.find((resource) => resource.type === 'core/namespaces' && resource.name === name);
    return found === undefined
      ? namespaceByName(name, cluster?.unknown ?? `namespace ${name} is not among the files`)
      : namespaceThere(found);
  }

  list(source: string, type: string, scope: string | null): Listing {
    const own = this.#clusters.get(source)?.world.list(source, type, scope) ?? null;
    const key = scope === null ? listKey(source, type) : listKey(source, type, scope);
    const known = this.#listings.get(key);
    if (known !== undefined && known.own === own) return known.listing;
    const listing = this.#besides(own ?? { items: this.#lists.get(key) ?? [] }, type, scope);
    this.#listings.set(key, { own, listing });
    return listing;
  }

  /** A list and what is shared besides. */
  #besides(own: Listing, type: string, scope: string | null): Listing {
    if ('unknown' in own || this.#shared.length === 0) return own;
    const names = new Set(own.items.map((item) => listKey(item.scope ?? '', item.name)));
    const besides = this.#shared.filter(
      (item) =>
        item.type === type &&
        (scope === null || item.scope === scope) &&
        !names.has(listKey(item.scope ?? '', item.name)),
    );
    return besides.length === 0 ? own : { items: [...own.items, ...besides] };
  }

  has(key: ResourceKey): boolean {
    return this.#keys.has(keyText(key)) || this.#clusters.get(key.source)?.world.has(key) === true;
  }

  typeOfKind(source: string, apiVersion: string, kind: string): TypeOfKind | null {
    return this.#clusters.get(source)?.world.typeOfKind(source, apiVersion, kind) ?? this.#kinds(apiVersion, kind);
  }

  served(source: string): readonly ServedType[] | null {
    return this.#clusters.get(source)?.world.served(source) ?? null;
  }
}

const listKey = (...words: readonly string[]) => words.join('\0');
