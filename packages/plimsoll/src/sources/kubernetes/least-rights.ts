import type { Served, ServedType } from '../../model/served.ts';
import { isWatchable } from './target.ts';
import { isNamed, offByDefault } from './type-defaults.ts';

/** What of a cluster is watched, as far as it decides which rights that takes. */
interface Watched {
  readonly exclude?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  readonly namespaces?: readonly string[] | undefined;
  readonly withSecrets?: boolean | undefined;
}

/** A rule of RBAC (rbac.authorization.k8s.io/v1 PolicyRule). */
interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** A ClusterRole, or the Role of a namespace. */
export interface RoleManifest {
  readonly apiVersion: 'rbac.authorization.k8s.io/v1';
  readonly kind: 'ClusterRole' | 'Role';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules: readonly PolicyRule[];
}

const roleName = 'plimsoll-reader';

/**
 * The types that are listed and watched, and to which rights are asked for. Secrets are among them only where they are
 * asked for: a right to list their metadata is a right to read them.
 */
export function watchedTypes(served: Served, watched: Watched): readonly ServedType[] {
  const exclude = watched.exclude ?? offByDefault;
  return served.types.filter(
    (type) =>
      type.heldAs === null &&
      isWatchable(type) &&
      (type.type !== 'core/secrets' || watched.withSecrets === true) &&
      (watched.only === undefined ? !isNamed(type.type, exclude) : watched.only.includes(type.type)),
  );
}

/**
 * The least that lets these types be watched (Kubernetes: RBAC). Where namespaces are watched one by one, what lies in
 * them is granted in each by a Role.
 */
export function leastRoles(types: readonly ServedType[], { namespaces }: Watched): readonly RoleManifest[] {
  const apart = namespaces !== undefined && namespaces.length > 0;
  const everywhere = types.filter(({ namespaced }) => !apart || !namespaced);
  const cluster: RoleManifest = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: roleName },
    rules: [
      { nonResourceURLs: ['/version', '/api', '/api/*', '/apis', '/apis/*'], verbs: ['get'] },
      // By its UID one cluster is told from another.
      { apiGroups: [''], resources: ['namespaces'], resourceNames: ['kube-system'], verbs: ['get'] },
      ...rulesFor(everywhere),
    ],
  };
  if (!apart) return [cluster];
  const inside = types.filter(({ namespaced }) => namespaced);
  return [
    cluster,
    ...namespaces.map((namespace): RoleManifest => ({
      ...cluster,
      kind: 'Role',
      metadata: { name: roleName, namespace },
      rules: rulesFor(inside),
    })),
  ];
}

/** One rule a group; ConfigMaps may be read one by one as well, for policies that name some as params. */
function rulesFor(types: readonly ServedType[]): readonly PolicyRule[] {
  const groups = Map.groupBy(types, ({ group }) => group);
  const rules = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, of]) => ({
      apiGroups: [group],
      resources: of.map(({ resource }) => resource).sort(),
      verbs: ['list', 'watch'],
    }));
  const named = types.some(({ type }) => type === 'core/configmaps');
  return named ? [...rules, { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }] : rules;
}
