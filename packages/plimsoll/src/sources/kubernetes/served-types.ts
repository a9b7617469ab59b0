import type { Served, ServedType } from '../../model/served.ts';
import { typeName } from '../../model/served.ts';
import type { Discovered, DiscoveredResource } from './discovery.ts';
import { heldAs } from './type-defaults.ts';

/**
 * Folds what discovery gave into one entry a resource: its versions in order of preference, the version that it is
 * held in (the first that can be listed), and the type that it is held as where groups share a storage.
 */
export function servedTypes(discovered: Discovered): Served {
  const byType = new Map<string, DiscoveredResource[]>();
  for (const resource of discovered.resources) {
    const type = typeName(resource.group, resource.resource);
    const versions = byType.get(type);
    if (versions === undefined) byType.set(type, [resource]);
    else versions.push(resource);
  }
  const types: ServedType[] = [];
  for (const [type, versions] of byType) {
    const held = versions.find(({ verbs }) => verbs.includes('list'));
    const first = held ?? versions[0];
    if (first === undefined) continue;
    const other = heldAs.get(type);
    types.push({
      type,
      group: first.group,
      resource: first.resource,
      singular: first.singular === '' ? first.kind.toLowerCase() : first.singular,
      kind: first.kind,
      namespaced: first.namespaced,
      shortNames: first.shortNames,
      versions: versions.map(({ version, kind, verbs, subresources }) => ({ version, kind, verbs, subresources })),
      heldVersion: held?.version ?? null,
      heldAs: other !== undefined && byType.has(other) ? other : null,
    });
  }
  return { types: types.sort((a, b) => (a.type < b.type ? -1 : 1)), stale: discovered.stale };
}

/**
 * Adds to `now` what `before` served in groups that are stale now and of which the server no longer says anything:
 * their resources stay, and their types stay known.
 */
export function withStaleTypes(now: Served, before: Served | null): Served {
  if (before === null || now.stale.length === 0) return now;
  const known = new Set(now.types.map(({ type }) => type));
  const kept = before.types.filter(({ type, group, versions }) => {
    const staleVersions = now.stale.filter((entry) => entry.group === group).map(({ version }) => version);
    return !known.has(type) && versions.some(({ version }) => staleVersions.includes(version));
  });
  return { ...now, types: [...now.types, ...kept].sort((a, b) => (a.type < b.type ? -1 : 1)) };
}
