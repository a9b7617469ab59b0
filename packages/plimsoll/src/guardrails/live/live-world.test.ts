import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { resourceWith } from '../../inventory/store-contract.ts';
import type { Change } from '../../model/change.ts';
import type { Coverage } from '../../model/coverage.ts';
import type { Resource } from '../../model/resource.ts';
import type { Listing } from '../world.ts';
import { LiveWorld } from './live-world.ts';

const type = 'core/resourcequotas';
const quota = (name: string, scope: string) => resourceWith({ type, scope, name });
const came = (resource: Resource): Change => {
  const { source, scope, name } = resource;
  const key = { source, type: resource.type, scope, name };
  return { seq: 1, at: 1, operation: 'created', key, uid: null, resource };
};
const went = (resource: Resource): Change => ({ ...came(resource), operation: 'deleted', resource: null });
const row = (state: Coverage['state'], reason: string | null, of = type): Coverage => ({
  source: 'prod',
  type: of,
  scope: null,
  state,
  since: 1,
  lastComplete: null,
  reason,
});

const names = (listing: Listing) => ('items' in listing ? listing.items.map(({ name }) => name) : listing.unknown);

async function opened(): Promise<LiveWorld> {
  const world = await LiveWorld.open(openSqliteStore(':memory:'), () => null);
  await world.keepTypes([type]);
  world.cover(row('live', null));
  return world;
}

describe('a list that is looked up', () => {
  test('is the same one until something of it changes, and then says so', async () => {
    const world = await opened();
    world.take(came(quota('a', 'shop')));
    const [shop, all, other] = ['shop', null, 'bank'].map((scope) => world.list('prod', type, scope));
    world.take(came(resourceWith({ name: 'another type' })));
    expect(world.list('prod', type, 'shop')).toBe(shop);
    world.take(came(quota('b', 'shop')));
    expect(names(world.list('prod', type, 'shop'))).toEqual(['a', 'b']);
    expect(world.list('prod', type, null)).not.toBe(all);
    expect(world.list('prod', type, 'bank')).toBe(other);
    world.take(went(quota('a', 'shop')));
    expect(names(world.list('prod', type, 'shop'))).toEqual(['b']);
    expect(names(world.list('prod', type, null))).toEqual(['b']);
  });

  test('is another one when it can no longer be listed, when bodies are not kept, and when nothing is said of it', async () => {
    const world = await opened();
    expect(names(world.list('prod', type, 'shop'))).toEqual([]);
    world.cover(row('forbidden', 'PLM1406: no'));
    expect(names(world.list('prod', type, 'shop'))).toContain('PLM1406: no');
    world.cover(row('live', null));
    expect(names(world.list('prod', type, 'shop'))).toEqual([]);
    expect(world.list('prod', type, null)).toMatchObject({ notKept: null });
    world.cover(row('forbidden', 'PLM1406: no bodies', `${type}/data`));
    expect(world.list('prod', type, null)).toMatchObject({ notKept: 'PLM1406: no bodies' });
    world.uncover({ source: 'prod', type, scope: null });
    expect(names(world.list('prod', type, 'shop'))).toContain('never seen');
  });

  test('has what was stored before it was kept', async () => {
    const world = await opened();
    expect(names(world.list('prod', 'core/limitranges', null))).toContain('never seen');
    await world.keepTypes(['core/limitranges']);
    world.cover(row('live', null, 'core/limitranges'));
    expect(names(world.list('prod', 'core/limitranges', null))).toEqual([]);
  });
});
