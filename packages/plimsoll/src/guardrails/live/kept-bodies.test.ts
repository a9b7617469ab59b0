import { expect, test } from 'vitest';
import type { Resource } from '../../model/resource.ts';
import { KeptBodies } from './kept-bodies.ts';

const claim = (source: string, scope: string, name: string, size: string): Resource => ({
  source,
  type: 'core/persistentvolumeclaims',
  scope,
  name,
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  uid: null,
  version: null,
  body: { size },
  unseen: [],
  place: null,
});

test('given resources of several scopes and sources, then a list is of one scope, of a source, or of all', () => {
  const bodies = new KeptBodies();
  const [shop, bank, other] = [
    claim('a', 'shop', 'x', '1'),
    claim('a', 'bank', 'x', '2'),
    claim('b', 'shop', 'x', '3'),
  ];
  bodies.set(shop);
  bodies.set(bank);
  bodies.set(other);
  expect(bodies.list('a', shop.type, 'shop')).toEqual([shop]);
  expect(bodies.list('a', shop.type, null)).toEqual([shop, bank]);
  expect(bodies.list('a', shop.type, 'nowhere')).toEqual([]);
  expect(bodies.list('a', 'core/secrets', null)).toEqual([]);
  expect(bodies.ofAllSources(shop.type)).toEqual([shop, bank, other]);
});

test('given a resource that changes and goes, then its last state is held, and then none', () => {
  const bodies = new KeptBodies();
  bodies.set(claim('a', 'shop', 'x', '1'));
  const changed = claim('a', 'shop', 'x', '2');
  bodies.set(changed);
  expect(bodies.get(changed)).toBe(changed);
  bodies.delete(changed);
  bodies.delete(changed);
  expect(bodies.get(changed)).toBeNull();
  expect(bodies.list('a', changed.type, 'shop')).toEqual([]);
});
