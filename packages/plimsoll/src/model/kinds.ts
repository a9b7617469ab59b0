import { member, type Json, type JsonObject } from './json.ts';
import { kubernetesKinds } from './kubernetes-kinds.ts';
import { removedKinds } from './removed-kinds.ts';
import { typeName } from './served.ts';

/** Which resources a type stands for, by apiVersion and kind. */
export interface TypeOfKind {
  readonly type: string;
  readonly namespaced: boolean;
}

/** Gives the type of a kind where no discovery says it; null where nobody told of it. */
export type KindTable = (apiVersion: string, kind: string) => TypeOfKind | null;

/**
 * Which type a kind of a file is, and whether it has a namespace: from a CRD of the given paths, else Kubernetes' own
 * tables, those of removed kinds among them, else kubectl's guess at the plural.
 */
export class FileKinds {
  readonly #known = new Map<string, TypeOfKind>();
  readonly #types = new Set<string>();

  constructor() {
    for (const [group, kind, resource, namespaced] of [...removedKinds, ...kubernetesKinds])
      this.#add(group, kind, { type: typeName(group, resource), namespaced });
  }

  #add(group: string, kind: string, type: TypeOfKind): void {
    this.#known.set(`${group}/${kind}`, type);
    this.#types.add(type.type);
  }

  /** Learns the kind that a CustomResourceDefinition defines. */
  learn(definition: JsonObject): void {
    const spec = definition['spec'];
    const names = member(spec, 'names');
    const [group, kind, plural] = [
      text(member(spec, 'group')),
      text(member(names, 'kind')),
      text(member(names, 'plural')),
    ];
    if (group === null || kind === null || plural === null) return;
    this.#add(group, kind, { type: typeName(group, plural), namespaced: member(spec, 'scope') === 'Namespaced' });
  }

  /** The type of a kind; null where nobody told of it. */
  of(apiVersion: string, kind: string): TypeOfKind | null {
    return this.#known.get(`${groupOf(apiVersion)}/${kind}`) ?? null;
  }

  /** kubectl's guess for a kind that nobody told of. */
  guess(apiVersion: string, kind: string): string {
    return typeName(groupOf(apiVersion), pluralOf(kind));
  }

  /** True for a type of Kubernetes itself, or of a CRD that was learnt; `*\/pods` is such a type in any group. */
  isKnown(type: string): boolean {
    if (type.startsWith('*/')) return [...this.#types].some((known) => known.endsWith(type.slice(1)));
    return this.#types.has(type);
  }
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** k8s.io/apimachinery `meta.UnsafeGuessKindToResource`, but for its `gatewaies`. */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith('endpoints')) return singular;
  if (singular.endsWith('s')) return `${singular}es`;
  return /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
