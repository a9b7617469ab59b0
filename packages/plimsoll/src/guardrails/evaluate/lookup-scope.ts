import type { ResourceKey } from '../../model/resource.ts';

/** Where look-ups with `sameNamespace` look: a Namespace's own namespace is the one that it is. */
export function lookupScope({ type, scope, name }: Pick<ResourceKey, 'type' | 'scope' | 'name'>): string | null {
  return type === 'core/namespaces' ? name : scope;
}
