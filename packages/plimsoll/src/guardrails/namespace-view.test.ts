import { expect, test } from 'vitest';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { namespaceByName, namespaceThere } from './namespace-view.ts';

const shop = (metadata: JsonObject): Resource => ({
  source: 'prod',
  type: 'core/namespaces',
  scope: null,
  name: 'shop',
  apiVersion: 'v1',
  kind: 'Namespace',
  uid: null,
  version: null,
  body: { apiVersion: 'v1', kind: 'Namespace', metadata },
  unseen: [],
  place: null,
});

test('given a manifest without the label that the API server sets, then it has that beside its own', () => {
  const { body, unknown } = namespaceThere(shop({ name: 'shop', labels: { team: 'red' } }));
  expect(body['metadata']).toEqual({ name: 'shop', labels: { team: 'red', 'kubernetes.io/metadata.name': 'shop' } });
  expect(unknown).toBeNull();
});

test('given a manifest that says another name in that label, then the API server’s is what counts', () => {
  const labels = { 'kubernetes.io/metadata.name': 'bank' };
  expect(namespaceThere(shop({ name: 'shop', labels })).body['metadata']).toEqual({
    name: 'shop',
    labels: { 'kubernetes.io/metadata.name': 'shop' },
  });
});

test('given a namespace of an API server, then its own body is shown, not a copy for each judged resource', () => {
  const namespace = shop({ name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop' } });
  expect(namespaceThere(namespace).body).toBe(namespace.body);
});

test('given a name alone, then its label is known and the rest is unknown, with the reason', () => {
  expect(namespaceByName('shop', 'it is not in the inventory')).toEqual({
    body: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop' } },
    },
    unknown: 'it is not in the inventory',
    unseen: [],
  });
});
