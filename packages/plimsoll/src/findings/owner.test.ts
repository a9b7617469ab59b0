import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeLog } from '../inventory/change-log.ts';
import { openSqliteStore } from '../inventory/sqlite/sqlite-store.ts';
import { resourceWith } from '../inventory/store-contract.ts';
import type { Store } from '../inventory/store.ts';
import type { CoverageState } from '../model/coverage.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import { Owners } from './owner.ts';

let store: Store;
let log: ChangeLog;

beforeEach(async () => {
  store = openSqliteStore(':memory:');
  log = await ChangeLog.open(store, []);
});

afterEach(async () => {
  await log.close();
  await store.close();
});

const by = (apiVersion: string, kind: string, name: string, rest: JsonObject = {}): JsonObject => ({
  apiVersion,
  kind,
  name,
  uid: `uid-${name}`,
  controller: true,
  ...rest,
});

function object(type: string, kind: string, name: string, ...ownerReferences: JsonObject[]): Observation {
  const scope = type === 'core/nodes' ? null : 'shop';
  const resource = resourceWith({
    type,
    kind,
    name,
    scope,
    uid: `uid-${name}`,
    body: { metadata: { name, ownerReferences } },
  });
  return { kind: 'upsert', observedAt: 1, resource };
}

function coverage(type: string, state: CoverageState, reason: string | null = null): Observation {
  return {
    kind: 'coverage',
    coverage: { source: 'prod', type, scope: null, state, since: 1, lastComplete: 1, reason },
  };
}

const ownerOf = (type: string, name: string) => new Owners(store).of({ source: 'prod', type, scope: 'shop', name });

describe('the topmost owner', () => {
  it('of a pod is its Deployment, or its CronJob', async () => {
    await log.observe([
      object('core/pods', 'Pod', 'web-1-a', by('apps/v1', 'ReplicaSet', 'web-1')),
      object('apps/replicasets', 'ReplicaSet', 'web-1', by('apps/v1', 'Deployment', 'web')),
      object('apps/deployments', 'Deployment', 'web'),
      object('core/pods', 'Pod', 'night-1-a', by('batch/v1', 'Job', 'night-1')),
      object('batch/jobs', 'Job', 'night-1', by('batch/v1', 'CronJob', 'night')),
      object('batch/cronjobs', 'CronJob', 'night'),
    ]);
    expect(await ownerOf('core/pods', 'web-1-a')).toMatchObject({
      type: 'apps/deployments',
      name: 'web',
      unseen: null,
    });
    expect(await ownerOf('core/pods', 'night-1-a')).toMatchObject({ type: 'batch/cronjobs', name: 'night' });
    expect(await ownerOf('apps/deployments', 'web')).toBeNull();
  });

  it('is a custom one where the source serves its kind and holds it', async () => {
    const version = { version: 'v1', kind: 'Rollout', verbs: ['list'], subresources: [] };
    const names = { type: 'argoproj.io/rollouts', group: 'argoproj.io', resource: 'rollouts', singular: 'rollout' };
    const rollouts = { ...names, kind: 'Rollout', namespaced: true, shortNames: [], versions: [version] };
    const value: Json = { types: [{ ...rollouts, heldVersion: 'v1', heldAs: null }], stale: [] };
    await log.observe([
      { kind: 'fact', source: 'prod', name: 'served', value, observedAt: 1 },
      object('apps/replicasets', 'ReplicaSet', 'web-1', by('argoproj.io/v1', 'Rollout', 'web')),
      object('argoproj.io/rollouts', 'Rollout', 'web'),
    ]);
    expect(await ownerOf('apps/replicasets', 'web-1')).toMatchObject({ type: 'argoproj.io/rollouts', unseen: null });
  });

  it('is known by name alone where its type cannot be seen, and there the chain ends', async () => {
    await log.observe([
      coverage('apps/replicasets', 'forbidden', 'PLM1406: no'),
      object('core/pods', 'Pod', 'web-1-a', by('apps/v1', 'ReplicaSet', 'web-1')),
      object('core/pods', 'Pod', 'odd', by('example.com/v1', 'Thing', 'it')),
    ]);
    expect(await ownerOf('core/pods', 'web-1-a')).toMatchObject({
      type: 'apps/replicasets',
      name: 'web-1',
      unseen: 'apps/replicasets: PLM1406: no',
    });
    expect(await ownerOf('core/pods', 'odd')).toMatchObject({
      kind: 'Thing',
      unseen: expect.stringContaining('Thing'),
    });
  });

  it('is none where it is gone, another of its name, no controller, a circle, or a Node', async () => {
    await log.observe([
      coverage('apps/replicasets', 'live'),
      object('core/pods', 'Pod', 'orphan', by('apps/v1', 'ReplicaSet', 'gone')),
      object('core/pods', 'Pod', 'stale', by('apps/v1', 'ReplicaSet', 'web-1', { uid: 'the one before' })),
      object('apps/replicasets', 'ReplicaSet', 'web-1'),
      object('core/pods', 'Pod', 'friend', by('apps/v1', 'ReplicaSet', 'web-1', { controller: false })),
      object('core/pods', 'Pod', 'static', by('v1', 'Node', 'node-1')),
      object('core/nodes', 'Node', 'node-1'),
      object('batch/jobs', 'Job', 'self', by('batch/v1', 'Job', 'self')),
    ]);
    for (const name of ['orphan', 'stale', 'friend', 'static']) expect(await ownerOf('core/pods', name)).toBeNull();
    expect(await ownerOf('batch/jobs', 'self')).toBeNull();
    expect(await ownerOf('core/pods', 'never there')).toBeNull();
  });

  it('is found in a circle of several as well', async () => {
    await log.observe([
      object('batch/jobs', 'Job', 'a', by('batch/v1', 'Job', 'b')),
      object('batch/jobs', 'Job', 'b', by('batch/v1', 'Job', 'a')),
    ]);
    expect(await ownerOf('batch/jobs', 'a')).toMatchObject({ name: 'b' });
  });
});
