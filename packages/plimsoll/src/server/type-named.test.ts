import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nothing } from '../inventory/store-contract.ts';
import { changed, openInventory, pod } from './inventory.fixture.ts';
import { typeNamed } from './type-named.ts';

let inventory: ReturnType<typeof openInventory>;
beforeEach(() => {
  inventory = openInventory();
});
afterEach(async () => await inventory.store.close());

const served = (type: string, kind: string, singular: string, shortNames: string[], heldAs: string | null = null) => ({
  type,
  group: type.slice(0, type.indexOf('/')),
  resource: type.slice(type.indexOf('/') + 1),
  singular,
  kind,
  namespaced: true,
  shortNames,
  versions: [{ version: 'v1', kind, verbs: ['list'], subresources: [] }],
  heldVersion: 'v1',
  heldAs,
});

describe('given nothing but Kubernetes’ own kinds', () => {
  test.each([
    ['pods', 'core/pods'],
    ['pod', 'core/pods'],
    ['Pod', 'core/pods'],
    ['po', 'core/pods'],
    ['core/pods', 'core/pods'],
    ['deploy', 'apps/deployments'],
    ['Deployment', 'apps/deployments'],
    ['deployments.apps', 'apps/deployments'],
    ['deployment.apps', 'apps/deployments'],
    ['netpol', 'networking.k8s.io/networkpolicies'],
    ['ing', 'networking.k8s.io/ingresses'],
    ['ingress', 'networking.k8s.io/ingresses'],
    ['podpreset', 'settings.k8s.io/podpresets'],
  ])('then %s is %s', async (word, type) => {
    expect(await typeNamed(inventory.store, word)).toMatchObject({ type });
  });

  test.each([
    ['pdos', 'There is no type pdos; did you mean core/pods.'],
    ['aps/deployments', 'There is no type aps/deployments; did you mean apps/deployments.'],
    ['xyzzyxyzzy', 'There is no type xyzzyxyzzy.'],
  ])('then %s is PLM1005: %s', async (word, message) => {
    await expect(typeNamed(inventory.store, word)).rejects.toMatchObject({ code: 'PLM1005', message });
  });
});

test('given what a cluster serves, then its words are taken, one held under another name is that, and one that is held comes before one that is not', async () => {
  const types = [
    served('example.com/widgets', 'Widget', 'widget', ['wd', 'po']),
    served('apps/deployments', 'Deployment', 'deployment', ['deploy']),
    served('extensions/deployments', 'Deployment', 'deployment', ['deploy'], 'apps/deployments'),
    served('core/pods', 'Pod', 'pod', ['po']),
  ];
  const fact = { source: 'prod', name: 'served', value: { types, stale: [] }, observedAt: 1 };
  await inventory.store.commit({ ...nothing, facts: [fact] });
  expect(await typeNamed(inventory.store, 'WD')).toEqual({ type: 'example.com/widgets', others: [] });
  expect(await typeNamed(inventory.store, 'deploy')).toEqual({ type: 'apps/deployments', others: [] });
  expect(await typeNamed(inventory.store, 'po')).toEqual({ type: 'core/pods', others: ['example.com/widgets'] });
  await inventory.publish(changed(1, { ...pod('a'), type: 'example.com/widgets', kind: 'Widget' }));
  expect(await typeNamed(inventory.store, 'po')).toEqual({ type: 'example.com/widgets', others: ['core/pods'] });
});

test('given files of a kind that nobody serves, then its plural and its kind are its words', async () => {
  await inventory.publish(changed(1, { ...pod('a'), type: 'example.com/gadgets', kind: 'Gadget' }));
  expect(await typeNamed(inventory.store, 'gadgets')).toMatchObject({ type: 'example.com/gadgets' });
  expect(await typeNamed(inventory.store, 'gadget')).toMatchObject({ type: 'example.com/gadgets' });
});
