import type { Listing, NamespaceView, World } from '../../guardrails/world.ts';
import type { TypeOfKind } from '../../model/kinds.ts';
import { isJsonObject } from '../../model/json.ts';
import { keyText, type Resource, type ResourceKey } from '../../model/resource.ts';
import { apiVersionOf, type ServedType } from '../../model/served.ts';
import type { ClusterFacts } from './reading.ts';

/** Gives the type of a kind: CRDs of the scanned paths, then the built-in table, then kubectl's guess. */
export type KindTable = (apiVersion: string, kind: string) => TypeOfKind | null;

/**
 * What the scanned files say besides the judged object. A namespace that is not given has its name's label alone, and
 * whatever reads more of it is unknown (guardrails.md).
 */
export class FilesWorld implements World {
  readonly #kinds: KindTable;
  readonly #clusters: ReadonlyMap<string, ClusterFacts>;
  /** `source NUL type`, and `source NUL type NUL scope`, to the resources. */
  readonly #lists = new Map<string, Resource[]>();
  readonly #namespaces = new Map<string, Resource>();
  readonly #keys = new Set<string>();

  constructor(kinds: KindTable, clusters: readonly ClusterFacts[] = []) {
    this.#kinds = kinds;
    this.#clusters = new Map(clusters.map((cluster) => [cluster.source, cluster]));
  }

  /** Remembers a resource whole: a namespace, a param, what a look-up lists. */
  keep(resource: Resource): void {
    const { source, type, scope, name } = resource;
    this.#add(listKey(source, type), resource);
    if (scope !== null) this.#add(listKey(source, type, scope), resource);
    if (type === 'core/namespaces') this.#namespaces.set(listKey(source, type, name), resource);
    this.note(resource);
  }

  #add(key: string, resource: Resource): void {
    const list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, [resource]);
    else list.push(resource);
  }

  /** Remembers that a resource is there. */
  note(key: ResourceKey): void {
    this.#keys.add(keyText(key));
  }

  namespace(source: string, name: string): NamespaceView {
    const found = this.#namespaces.get(listKey(source, 'core/namespaces', name));
    if (found !== undefined) return { body: withNameLabel(found), unknown: null };
    const metadata = { name, labels: { 'kubernetes.io/metadata.name': name } };
    return {
      body: { apiVersion: 'v1', kind: 'Namespace', metadata },
      unknown: `namespace ${name} is not among the files`,
    };
  }

  list(source: string, type: string, scope: string | null): Listing {
    const unknown = this.#clusters.get(source)?.unlisted(type, scope) ?? null;
    if (unknown !== null) return { unknown };
    return { items: this.#lists.get(scope === null ? listKey(source, type) : listKey(source, type, scope)) ?? [] };
  }

  has(key: ResourceKey): boolean {
    return this.#keys.has(keyText(key));
  }

  typeOfKind(source: string, apiVersion: string, kind: string): TypeOfKind | null {
    const found = this.served(source)?.find(
      (type) =>
        type.kind === kind && type.versions.some(({ version }) => apiVersionOf(type.group, version) === apiVersion),
    );
    return found === undefined ? this.#kinds(apiVersion, kind) : { type: found.type, namespaced: found.namespaced };
  }

  served(source: string): readonly ServedType[] | null {
    return this.#clusters.get(source)?.served ?? null;
  }
}

/** The API server sets this label on every namespace (KEP-2161). */
function withNameLabel({ body, name }: Resource): Resource['body'] {
  const metadata = isJsonObject(body['metadata']) ? body['metadata'] : {};
  const labels = isJsonObject(metadata['labels']) ? metadata['labels'] : {};
  return { ...body, metadata: { ...metadata, labels: { ...labels, 'kubernetes.io/metadata.name': name } } };
}

const listKey = (...words: readonly string[]) => words.join('\0');
