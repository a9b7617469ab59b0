import { apiVersionOf, type SimulatedType } from './types.ts';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The media type of aggregated discovery (KEP-3352). */
export const aggregatedMedia = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** The groups of these types, each with one version, as aggregated discovery names them. */
export function aggregatedDiscovery(types: readonly SimulatedType[]): object {
  const groups = Map.groupBy(types, ({ group }) => group);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: [...groups].map(([name, members]) => ({
      metadata: { name, creationTimestamp: null },
      versions: [...Map.groupBy(members, ({ version }) => version)].map(([version, resources]) => ({
        version,
        freshness: 'Current',
        resources: resources.map((type) => ({
          resource: type.resource,
          responseKind: { group: type.group, version, kind: type.kind },
          scope: type.namespaced ? 'Namespaced' : 'Cluster',
          singularResource: type.kind.toLowerCase(),
          verbs,
        })),
      })),
    })),
  };
}

/** `GET /api` and `GET /apis` of a client that knows no aggregated discovery. */
export function groupList(path: '/api' | '/apis', types: readonly SimulatedType[]): object {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  const groups = Map.groupBy(types, ({ group }) => group);
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [...groups].map(([name, members]) => {
      const versions = [...new Set(members.map(({ version }) => version))].map((version) => ({
        groupVersion: `${name}/${version}`,
        version,
      }));
      return { name, versions, preferredVersion: versions[0] };
    }),
  };
}

/** `GET /apis/GROUP/VERSION`; null where none of these types is of it. */
export function resourceList(groupVersion: string, types: readonly SimulatedType[]): object | null {
  const members = types.filter((type) => apiVersionOf(type) === groupVersion);
  if (members.length === 0) return null;
  const resources = members.map(({ resource, kind, namespaced }) => ({
    name: resource,
    singularName: kind.toLowerCase(),
    namespaced,
    kind,
    verbs,
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}
