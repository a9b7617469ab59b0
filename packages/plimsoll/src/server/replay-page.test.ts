import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emptyWorld } from '../guardrails/empty-world.ts';
import { Trial } from '../guardrails/trial.ts';
import { openSqliteStore } from '../inventory/sqlite/sqlite-store.ts';
import { change, nothing, resourceWith } from '../inventory/store-contract.ts';
import type { Store } from '../inventory/store.ts';
import type { JsonObject } from '../model/json.ts';
import { createApp } from './app.ts';
import { keepsNothing, noConfiguration } from './backend.ts';
import type { ReplayAnswer } from './schemas.ts';

let store: Store;
let app: FastifyInstance;

beforeEach(() => {
  store = openSqliteStore(':memory:');
  const backend = {
    ...keepsNothing,
    store,
    subscribe: () => () => undefined,
    guardrails: () => [],
    waivers: async () => [],
    explain: async () => {
      throw new Error('nobody asks');
    },
    trial: (expression: string, type: string) => new Trial(expression, type, emptyWorld),
    world: emptyWorld,
    restsOn: () => [],
    judging: () => false,
    unready: () => [],
    configuration: noConfiguration,
  };
  const settings = { version: '0', names: () => new Set<string>(), holders: () => null, onBug: () => undefined };
  app = createApp(backend, settings);
});
afterEach(async () => {
  await app.close();
  await store.close();
});

const guardrail = (expression: string): JsonObject => ({
  apiVersion: 'plimsoll.dev/v1',
  kind: 'Guardrail',
  metadata: { name: 'of-images' },
  spec: {
    severity: 'low',
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['*'], operations: ['CREATE'], resources: ['pods'] }],
    },
    validations: [{ expression, message: 'another image' }],
  },
});
const holds = guardrail("object.spec.image != 'bad'");

const pod = (name: string, image: string, manager: string) =>
  resourceWith({
    name,
    body: {
      metadata: {
        name,
        managedFields: [{ manager, operation: 'Update', time: image }],
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: 'r1', controller: true }],
      },
      spec: { image },
    },
  });

async function asked(body: object, since = '1970-01-01T00:00:00Z') {
  const { statusCode, payload } = await app.inject({
    url: '/v1/replay',
    method: 'POST',
    headers: { host: 'localhost', 'content-type': 'application/json' },
    payload: JSON.stringify({ guardrails: [{ body: holds }], since, ...body }),
  });
  return { status: statusCode, answer: JSON.parse(payload) as ReplayAnswer & { code: string; detail: string } };
}

describe('a replay', () => {
  test('says what, from when until when, by whom, and of which owner', async () => {
    await store.commit({ ...nothing, changes: [change(1, 'created', pod('web', 'good', 'argocd'))] });
    await store.commit({ ...nothing, changes: [change(2, 'updated', pod('web', 'bad', 'kubectl-edit'))] });
    await store.commit({ ...nothing, changes: [change(3, 'updated', pod('web', 'good', 'argocd'))] });
    const { status, answer } = await asked({});
    expect(status).toBe(200);
    expect(answer.items).toMatchObject([
      {
        guardrail: 'of-images',
        resource: { namespace: 'shop', name: 'web' },
        outcome: 'fail',
        severity: 'low',
        violations: [{ message: 'another image', paths: ['spec.image'] }],
        from: '1970-01-01T00:00:02.000Z',
        until: '1970-01-01T00:00:03.000Z',
        by: [{ manager: 'kubectl-edit' }],
        cause: 'resource',
        owner: { kind: 'ReplicaSet', name: 'web-1' },
      },
    ]);
    expect(answer).toMatchObject({
      looked: 1,
      states: 3,
      nextPageToken: null,
      held: { since: '1970-01-01T00:00:01.000Z', until: '1970-01-01T00:00:03.000Z' },
    });
  });

  test('of what stood when it begins does not know since when, nor by whom', async () => {
    await store.commit({ ...nothing, changes: [change(1, 'created', pod('web', 'bad', 'argocd'))] });
    const { answer } = await asked({}, '1970-01-01T00:00:01.500Z');
    expect(answer.items).toMatchObject([{ from: null, until: null, by: [], cause: null }]);
  });

  test('goes on page after page, finds each once, and does not see what happens meanwhile', async () => {
    const changes = Array.from({ length: 400 }, (_, index) =>
      change(index + 1, 'created', pod(`web-${String(index).padStart(3, '0')}`, 'bad', 'x')),
    );
    await store.commit({ ...nothing, changes });
    const names: string[] = [];
    let [pages, looked] = [0, 0];
    for (let pageToken: string | null | undefined; pageToken !== null; pages += 1) {
      const { answer } = await asked({ limit: 1, ...(pageToken === undefined ? {} : { pageToken }) });
      names.push(...answer.items.map(({ resource }) => resource.name));
      const after = change(1_000 + pages, 'created', pod(`zzz-${pages}`, 'bad', 'x'));
      await store.commit({ ...nothing, changes: [after] });
      ({ looked, nextPageToken: pageToken } = answer);
    }
    expect(pages).toBeGreaterThan(1);
    expect(looked).toBe(400);
    expect(names).toEqual(changes.map(({ key }) => key.name));
  });

  test('of a store that has seen nothing is nothing', async () => {
    expect((await asked({})).answer).toMatchObject({ items: [], held: null });
  });

  test.each([
    [{ guardrails: [{ body: guardrail('object.') }] }, 'PLM1302', 'does not compile'],
    [{ guardrails: [{ body: { kind: 'Pod' } }] }, 'PLM1302', 'there is no guardrail'],
    [{ guardrails: [] }, 'PLM1002', 'guardrails'],
    [{ since: 'yesterday' }, 'PLM1002', 'write a time as RFC 3339'],
    [{ since: '2999-01-01T00:00:00Z' }, 'PLM1509', 'is still to come'],
    [{ pageToken: 'x' }, 'PLM1002', 'pageToken'],
    [{ sinse: 1 }, 'PLM1002', 'sinse'],
  ])('given %j, is refused', async (body, code, detail) => {
    await store.commit({ ...nothing, changes: [change(1, 'created', pod('web', 'bad', 'x'))] });
    expect(await asked(body)).toMatchObject({ status: 400, answer: { code, detail: expect.stringContaining(detail) } });
  });

  test('is no GET', async () => {
    const { statusCode, headers } = await app.inject({ url: '/v1/replay', headers: { host: 'localhost' } });
    expect([statusCode, headers['allow']]).toEqual([405, 'POST, OPTIONS']);
  });
});
