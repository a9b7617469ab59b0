import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { ChangeLog } from '../../inventory/change-log.ts';
import { resourceWith } from '../../inventory/store-contract.ts';
import type { Change } from '../../model/change.ts';
import type { Coverage } from '../../model/coverage.ts';
import { noParts, partsUnder } from '../../model/json-parts.ts';
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
  await world.keep(new Map([[type, 'whole']]));
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
    await world.keep(new Map([['core/limitranges', 'whole']]));
    world.cover(row('live', null, 'core/limitranges'));
    expect(names(world.list('prod', 'core/limitranges', null))).toEqual([]);
  });
});

describe('a type of which parts are read', () => {
  const named = (name: string, more: object) =>
    resourceWith({ type, scope: 'shop', name, body: { metadata: { name, ...more }, spec: { hard: { pods: '4' } } } });
  const bodies = (listing: Listing) => ('items' in listing ? listing.items.map(({ body }) => body) : []);

  async function opened(): Promise<LiveWorld> {
    const store = openSqliteStore(':memory:');
    const world = await LiveWorld.open(store, () => null);
    await world.keep(new Map([[type, partsUnder([['metadata', 'labels']])]]));
    world.cover(row('live', null));
    return world;
  }

  test('is kept in those alone, and looks the same until one of them changes', async () => {
    const world = await opened();
    expect(world.take(came(named('a', { labels: { tier: 'x' } })))).toMatchObject({ looksSame: false });
    const list = world.list('prod', type, 'shop');
    expect(bodies(list)).toEqual([{ metadata: { labels: { tier: 'x' } } }]);
    expect(world.take(came(named('a', { labels: { tier: 'x' }, annotations: { b: 'c' } })))).toMatchObject({
      looksSame: true,
    });
    expect(world.list('prod', type, 'shop')).toBe(list);
    expect(world.take(came(named('a', { labels: { tier: 'y' } })))).toMatchObject({ looksSame: false });
    expect(bodies(world.list('prod', type, 'shop'))).toEqual([{ metadata: { labels: { tier: 'y' } } }]);
    expect(world.take(went(named('a', {})))).toMatchObject({ looksSame: false });
  });

  test('does not look the same where something of it was not kept by its source any more', async () => {
    const world = await opened();
    const resource = named('a', { labels: { tier: 'x' } });
    world.take(came(resource));
    expect(world.take(came({ ...resource, unseen: ['metadata.labels'] }))).toMatchObject({ looksSame: false });
  });

  test('is read anew from the store where more of it is read', async () => {
    const store = openSqliteStore(':memory:');
    const world = await LiveWorld.open(store, () => null);
    world.cover(row('live', null));
    await world.keep(new Map([[type, noParts]]));
    const resource = named('a', { labels: { tier: 'x' } });
    const log = await ChangeLog.open(store, []);
    await log.observe([{ kind: 'upsert', resource, observedAt: 1 }]);
    world.take(came(resource));
    expect(bodies(world.list('prod', type, null))).toEqual([{}]);
    await world.keep(new Map([[type, partsUnder([['spec', 'hard']])]]));
    expect(bodies(world.list('prod', type, null))).toEqual([{ spec: { hard: { pods: '4' } } }]);
    await log.close();
  });
});
