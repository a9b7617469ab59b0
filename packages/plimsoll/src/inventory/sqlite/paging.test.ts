import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../model/resource.ts';
import type { ResourceFilter, Store } from '../store.ts';
import { nothing, resourceWith } from '../store-contract.ts';
import { openSqliteStore } from './sqlite-store.ts';

const all: readonly Resource[] = ['prod', 'test'].flatMap((source) =>
  ['apps/deployments', 'core/pods'].flatMap((type) =>
    [null, 'farm', 'shop'].flatMap((scope) =>
      ['a', 'b', 'c'].map((name) => resourceWith({ source, type, scope, name })),
    ),
  ),
);

const keyText = ({ source, type, scope, name }: Resource) => `${source} ${type} ${scope} ${name}`;

describe('pages of a list of resources', () => {
  let store: Store;
  beforeAll(async () => {
    store = openSqliteStore(':memory:');
    const changes = all.map(({ source, type, scope, name }, i) => ({
      seq: i + 1,
      at: 1,
      operation: 'created' as const,
      key: { source, type, scope, name },
      uid: null,
      resource: resourceWith({ source, type, scope, name }),
      hash: '1',
    }));
    await store.commit({ ...nothing, changes });
  });
  afterAll(async () => await store.close());

  const paged = async (filter: ResourceFilter) => {
    const found: Resource[] = [];
    for (let page: string | null | undefined; page !== null;) {
      const { items, next } = await store.resources(filter, 2, page ?? null);
      found.push(...items);
      page = next;
    }
    return found.map(keyText);
  };

  it.each<[ResourceFilter, number]>([
    [{}, 36],
    [{ source: 'prod' }, 18],
    [{ type: 'core/pods' }, 18],
    [{ name: 'b' }, 12],
    [{ source: 'prod', type: 'core/pods' }, 9],
    [{ source: 'prod', scope: 'shop' }, 6],
    [{ source: 'prod', type: 'core/pods', scope: null }, 3],
    [{ source: 'prod', type: 'core/pods', scope: 'shop' }, 3],
    [{ type: 'core/pods', scope: 'shop', name: 'c' }, 2],
    [{ source: 'prod', type: 'core/pods', scope: 'shop', name: 'c' }, 1],
  ])('given %j, then pages give the %i resources of one list, in its order', async (filter, count) => {
    const list = (await store.resources(filter, 100)).items.map(keyText);
    expect(list).toHaveLength(count);
    expect(await paged(filter)).toEqual(list);
  });
});
