import { Unknown, type Value } from '@plimsoll/cel';
import type { Resource } from '../../model/resource.ts';
import type { Policy } from '../policy.ts';
import type { Listing, World } from '../world.ts';
import { lookupScope } from './lookup-scope.ts';
import { knownObject } from './known-object.ts';

/** What expressions read of a list: a world gives the same one until something of it changes. */
const values = new WeakMap<Listing, Value>();

/** `lookups` of a policy for one resource. */
export function lookupsOf(policy: Policy, resource: Resource, world: World): Value {
  const lookups: Record<string, Value> = {};
  for (const { name, type, sameNamespace } of policy.lookups) {
    const listing = world.list(resource.source, type, sameNamespace ? lookupScope(resource) : null);
    lookups[name] = 'unknown' in listing ? new Unknown([`lookup ${name}: ${listing.unknown}`]) : valueOf(listing);
  }
  return lookups;
}

function valueOf(listing: Extract<Listing, { readonly items: unknown }>): Value {
  let value = values.get(listing);
  if (value === undefined) {
    value = listing.items.map(({ body, unseen }) => knownObject(body, unseen, listing.notKept));
    values.set(listing, value);
  }
  return value;
}
