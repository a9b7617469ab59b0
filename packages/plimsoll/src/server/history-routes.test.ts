import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../inventory/sqlite/sqlite-store.ts';
import { change, nothing, resourceWith } from '../inventory/store-contract.ts';
import type { Store } from '../inventory/store.ts';
import type { JsonObject } from '../model/json.ts';
import { createApp } from './app.ts';
import { keepsNothing, noConfiguration } from './backend.ts';
import { found } from './inventory.fixture.ts';
import { emptyWorld } from '../guardrails/empty-world.ts';
import { Trial } from '../guardrails/trial.ts';

let store: Store;
let app: FastifyInstance;

const written = (manager: string, second: number) => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  time: `t${second}`,
});
const pod = (image: string, version: string, managers: JsonObject[]) =>
  resourceWith({
    version,
    body: {
      metadata: { name: 'web', resourceVersion: version, managedFields: managers },
      spec: {
        containers: [
          { name: 'side', image: 's' },
          { name: 'app', image },
        ],
      },
    },
    unseen: ['metadata.managedFields', 'data'],
  });
const first = pod('a:1', '1', [written('kubectl', 1)]);
const second = pod('a:2', '2', [written('kubectl', 1), written('argocd', 2)]);
const finding = found(3, second);

/** `web` is created at 1 s, changed at 2 s with a finding, deleted at 4 s, created anew at 5 s. */
beforeEach(async () => {
  store = openSqliteStore(':memory:');
  const live = {
    source: 'prod',
    type: 'core/pods',
    scope: null,
    state: 'live',
    since: 1,
    lastComplete: 1,
    reason: null,
  } as const;
  const events = finding.kind === 'finding' ? [{ ...finding.finding, seq: 3 }] : [];
  await store.commit({ ...nothing, at: 1000, changes: [change(1, 'created', first)] });
  await store.commit({ ...nothing, at: 2000, changes: [change(2, 'updated', second)], findings: events });
  await store.commit({
    ...nothing,
    at: 4000,
    changes: [change(4, 'deleted', second)],
    coverage: [{ seq: 6, coverage: { ...live, state: 'down' } }],
  });
  await store.commit({ ...nothing, at: 5000, changes: [change(7, 'created', { ...first, uid: 'u2' })] });
  const backend = {
    store,
    subscribe: () => () => undefined,
    guardrails: () => [],
    ...keepsNothing,
    waivers: async () => [],
    explain: () => Promise.reject(new Error('not asked')),
    trial: (expression: string, type: string) => new Trial(expression, type, emptyWorld),
    world: emptyWorld,
    restsOn: () => [],
    judging: () => true,
    unready: () => [],
    configuration: noConfiguration,
  };
  app = createApp(backend, { version: '0', names: () => new Set(), holders: () => null, onBug: () => undefined });
});
afterEach(async () => {
  await app.close();
  await store.close();
});

// oxlint-disable-next-line typescript/no-explicit-any -- reached into here and there
async function ask(path: string): Promise<any> {
  const { body } = await app.inject({ url: path, headers: { host: 'localhost' } });
  return JSON.parse(body);
}
const web = 'source=prod&type=core/pods&scope=shop&name=web';
const at = (second: number) => `at=${encodeURIComponent(new Date(second * 1000).toISOString())}`;

describe('a list at a time', () => {
  test('holds what stood then, in the state that it had, and is of that time', async () => {
    const then = await ask(`/v1/resources?${at(1.5)}`);
    expect(then.items).toMatchObject([{ name: 'web', version: '1' }]);
    expect(then.asOf).toBe('1970-01-01T00:00:01.500Z');
    expect((await ask(`/v1/resources?${at(3)}`)).items).toMatchObject([{ version: '2' }]);
    expect((await ask(`/v1/resources?${at(4.5)}`)).items).toEqual([]);
    expect((await ask(`/v1/types?${at(3)}`)).items).toEqual([{ source: 'prod', type: 'core/pods', resources: 1 }]);
    expect((await ask(`/v1/types?${at(4.5)}`)).items).toEqual([]);
  });

  test('says what could not be seen then', async () => {
    expect((await ask(`/v1/resources?${at(3)}`)).coverage.gaps).toEqual([]);
    expect((await ask(`/v1/resources?${at(4.5)}`)).coverage).toMatchObject({
      complete: false,
      gaps: [{ state: 'down' }],
    });
  });

  test('that rests on a list which is not watched is as old as it, and one at a time is of that time', async () => {
    const row = { source: 'prod', type: 'core/pods', scope: null, state: 'listed', since: 1, reason: null } as const;
    await store.commit({ ...nothing, at: 6000, coverage: [{ seq: 8, coverage: { ...row, lastComplete: 3000 } }] });
    expect((await ask('/v1/resources')).asOf).toBe('1970-01-01T00:00:03.000Z');
    expect((await ask('/v1/findings?source=other')).asOf).not.toContain('1970');
    expect((await ask(`/v1/resources?${at(6.5)}`)).asOf).toBe('1970-01-01T00:00:06.500Z');
  });

  test('of findings holds those that stood then, and judging that is under way is nothing to it', async () => {
    expect((await ask(`/v1/findings?${at(1.5)}`)).items).toEqual([]);
    const then = await ask(`/v1/findings?${at(3)}`);
    expect(then.items).toMatchObject([{ guardrail: 'no-privileged', state: 'open', stale: null }]);
    expect(then.coverage.judging).toBe(false);
    expect((await ask(`/v1/rollups?${at(3)}`)).items).toMatchObject([{ guardrail: 'no-privileged', count: 1 }]);
    expect((await ask('/v1/findings')).coverage).toMatchObject({ judging: true, complete: false });
  });

  test('takes where, and its pages are of one time', async () => {
    expect((await ask(`/v1/resources?${at(3)}&where=version=="1"`)).items).toEqual([]);
    expect((await ask(`/v1/resources?${at(3)}&where=version=="2"`)).items).toHaveLength(1);
    const { nextPageToken } = await ask(`/v1/versions?${web}&limit=1`);
    expect((await ask(`/v1/versions?${web}&limit=1&pageToken=${nextPageToken}`)).items).toMatchObject([{ seq: 4 }]);
    expect(await ask(`/v1/resources?${at(3)}&pageToken=${nextPageToken}`)).toMatchObject({ code: 'PLM1002' });
  });
});

describe('/v1/versions', () => {
  test.each([1, 2, 3, 100])(
    'tells what became of a resource, by whom, and what changed, in pages of %i',
    async (limit) => {
      const items = [];
      for (let token = ''; ;) {
        const page = await ask(`/v1/versions?${web}&limit=${limit}${token}`);
        items.push(...page.items);
        if (page.nextPageToken === null) break;
        token = `&pageToken=${page.nextPageToken}`;
      }
      expect(items).toMatchObject([
        { seq: 7, operation: 'created', until: null, uid: 'u2', changes: 0 },
        { seq: 4, operation: 'deleted', by: [] },
        {
          seq: 2,
          operation: 'updated',
          until: '1970-01-01T00:00:04.000Z',
          changes: 1,
          changed: ['spec.containers[name=app].image'],
          by: [{ manager: 'argocd', time: 't2' }],
        },
        { seq: 1, operation: 'seen', changes: 0, by: [{ manager: 'kubectl' }] },
      ]);
    },
  );
});

describe('/v1/diff', () => {
  const image = { operation: 'changed', path: 'spec.containers[name=app].image', from: 'a:1', to: 'a:2' };

  test('compares a state with the one before it, and hides what every write changes', async () => {
    expect(await ask(`/v1/diff?${web}&to=2`)).toMatchObject({
      name: 'web',
      from: { seq: 1, exists: true, version: '1' },
      to: { seq: 2, exists: true, version: '2' },
      differences: [image],
      hidden: 2,
      unseen: ['data'],
    });
    const all = await ask(`/v1/diff?${web}&to=2&all=true`);
    expect(all.differences.map(({ path }: { path: string }) => path)).toContain('metadata.resourceVersion');
    expect(all).toMatchObject({ hidden: 0, unseen: ['metadata.managedFields', 'data'] });
  });

  test('takes times as well, and a time at which there was none', async () => {
    const times = `from=${at(1.5).slice(3)}&to=${at(3).slice(3)}`;
    expect((await ask(`/v1/diff?${web}&${times}`)).differences).toEqual([image]);
    const gone = await ask(`/v1/diff?${web}&from=2&to=${at(4.5).slice(3)}`);
    expect(gone).toMatchObject({ to: { exists: false, seq: null } });
    expect(gone.differences.map(({ operation }: { operation: string }) => operation)).toEqual(['removed', 'removed']);
  });

  test('of the oldest state that is kept is empty: what was before is not known', async () => {
    expect(await ask(`/v1/diff?${web}&to=1`)).toMatchObject({ from: { seq: 1 }, to: { seq: 1 }, differences: [] });
  });

  test('never shows what a Secret holds', async () => {
    const secret = (value: string) =>
      resourceWith({
        type: 'core/secrets',
        name: 's',
        version: value,
        body: { metadata: { name: 's' }, data: { a: value } },
      });
    await store.commit({ ...nothing, at: 6000, changes: [change(8, 'created', secret('hunter2'))] });
    await store.commit({ ...nothing, at: 7000, changes: [change(9, 'updated', secret('hunter3'))] });
    const diff = await ask('/v1/diff?source=prod&type=core/secrets&scope=shop&name=s');
    expect(diff).toMatchObject({ differences: [], unseen: ['data', 'stringData'] });
    expect(JSON.stringify(diff)).not.toContain('"a"');
  });
});
