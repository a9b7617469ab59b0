import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptedProxy, oldServer, sharedTestCluster, testUsers } from '@plimsoll/testcluster';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import type { Store } from '../../inventory/store.ts';
import type { Coverage } from '../../model/coverage.ts';
import { KubernetesSource, type KubernetesOptions } from './kubernetes-source.ts';

const cluster = await sharedTestCluster();
const POD = { containers: [{ name: 'a', image: 'a' }] };

let folder: string;
let store: Store;
let log: ChangeLog;
let proxy: ScriptedProxy;
let namespace: string;
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  if (cluster === undefined) return;
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-kubernetes-'));
  store = openSqliteStore(':memory:');
  log = await ChangeLog.open(store, []);
  proxy = await ScriptedProxy.start(cluster.url, cluster.ca);
  namespace = await cluster.namespace('source');
  stops = [];
});

afterEach(async () => {
  for (const stop of stops) await stop();
  await proxy.stop();
  await log.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A kubeconfig that leads through the proxy as one of the test users. */
function kubeconfig(user: keyof typeof testUsers = 'admin'): string {
  const file = join(folder, `${user}.json`);
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: proxy.url } }],
      users: [{ name: 'u', user: { token: testUsers[user].token } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
  return file;
}

/** Starts a source through the proxy; gives the way to stop it, which the test's end does as well. */
function watch(options: Partial<KubernetesOptions> = {}): () => Promise<void> {
  const source = new KubernetesSource({
    name: 'test',
    kubeconfig: kubeconfig(),
    ...options,
    tuning: { stagger: 0, ...options.tuning },
  });
  const ending = new AbortController();
  const running = source.run(log, ending.signal);
  const stop = async (): Promise<void> => {
    ending.abort();
    await running;
  };
  stops.push(stop);
  return stop;
}

async function eventually<T>(what: string, probe: () => Promise<T | undefined | null | false>): Promise<T> {
  for (let i = 0; i < 300; i += 1) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not within 15 s: ${what}`);
}

const pod = (name: string) => store.resource({ source: 'test', type: 'core/pods', scope: namespace, name });
const create = (name: string) =>
  cluster?.admin.create(`/api/v1/namespaces/${namespace}/pods`, { metadata: { name }, spec: POD });
const remove = (name: string) => cluster?.admin.delete(`/api/v1/namespaces/${namespace}/pods/${name}`);
const coverageOf = async (type: string): Promise<Coverage | undefined> =>
  (await store.coverage()).find((row) => row.source === 'test' && row.type === type);
const live = (type: string) => eventually(`${type} is live`, async () => (await coverageOf(type))?.state === 'live');

describe.skipIf(cluster === undefined)('the Kubernetes source on a real API server', () => {
  it('sees what is there, what comes, what changes and what goes', async () => {
    await create('before');
    watch();
    await eventually('before', () => pod('before'));
    await live('core/pods');
    await create('after');
    await eventually('after', () => pod('after'));
    await cluster?.admin.patch(`/api/v1/namespaces/${namespace}/pods/after`, {
      metadata: { labels: { changed: 'yes' } },
    });
    await eventually('changed', async () => JSON.stringify((await pod('after'))?.body).includes('"changed":"yes"'));
    await remove('after');
    await eventually('gone', async () => (await pod('after')) === null);
  });

  it('keeps no data of Secrets, and says that it did not', async () => {
    await cluster?.admin.create(`/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name: 'token' },
      stringData: { password: 'hunter2' },
    });
    watch();
    const secret = await eventually('secret', () =>
      store.resource({ source: 'test', type: 'core/secrets', scope: namespace, name: 'token' }),
    );
    expect(JSON.stringify(secret)).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(secret.unseen).toEqual(expect.arrayContaining(['data']));
  });

  it.each([31, 12])('lists and watches a server that says 1.%i', async (minor) => {
    for (const rule of oldServer(minor)) proxy.rule(rule);
    await create('old');
    watch();
    await eventually('old', () => pod('old'));
    await live('core/pods');
    await create('newer');
    await eventually('newer', () => pod('newer'));
    expect(proxy.requests.filter((request) => request.includes('/pods') && request.includes('limit=500'))).not.toEqual(
      [],
    );
  });

  it('lists again and finds what it missed where the watch has expired', async () => {
    await create('stays');
    await create('goes');
    watch();
    await eventually('goes', () => pod('goes'));
    await live('core/pods');
    const stopRule = proxy.rule({ match: { path: /\/pods$/ }, fault: { kind: 'refuse' } });
    proxy.cutAll();
    await remove('goes');
    await create('missed');
    stopRule();
    proxy.rule({
      match: { path: /\/pods$/, query: { watch: '1' } },
      fault: { kind: 'error-event', code: 410, reason: 'Expired' },
      times: 1,
    });
    await eventually('missed', () => pod('missed'));
    await eventually('goes is gone', async () => (await pod('goes')) === null);
    expect(await pod('stays')).not.toBeNull();
  });

  it('deletes nothing while the server is away, says so, and catches up', async () => {
    await create('here');
    watch();
    await eventually('here', () => pod('here'));
    await live('core/pods');
    const away = proxy.rule({ match: {}, fault: { kind: 'refuse' } });
    proxy.cutAll();
    await eventually('coverage says so', async () => (await coverageOf('core/pods'))?.state !== 'live');
    expect(await pod('here')).not.toBeNull();
    await create('meanwhile');
    away();
    await eventually('meanwhile', () => pod('meanwhile'));
    await live('core/pods');
  });

  it('says what is forbidden, and why, and keeps the rest', async () => {
    proxy.rule({
      match: { path: '/api/v1/secrets' },
      fault: { kind: 'status', code: 403, reason: 'Forbidden', message: 'secrets is forbidden' },
    });
    watch();
    await live('core/pods');
    const secrets = await eventually('forbidden', async () => {
      const row = (await store.coverage()).find(({ type, state }) => type === 'core/secrets' && state === 'forbidden');
      return row;
    });
    expect(secrets.reason).toContain('forbidden');
  });

  it('waits as long as it is told and then goes on', async () => {
    await create('patience');
    proxy.rule({
      match: { path: '/api/v1/pods' },
      fault: { kind: 'status', code: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 },
      times: 2,
    });
    watch();
    await eventually('patience', () => pod('patience'));
  });

  it('survives garbage and half lines', async () => {
    watch();
    await live('core/pods');
    proxy.rule({
      match: { path: '/api/v1/pods', query: { watch: '1' } },
      fault: { kind: 'garble', afterBytes: 5, text: '}{garbage\n' },
      times: 1,
    });
    proxy.cutAll();
    await create('garbled');
    await eventually('garbled', () => pod('garbled'));
  });

  it('resumes after a restart without listing again', async () => {
    await create('kept');
    const stop = watch();
    await eventually('kept', () => pod('kept'));
    await live('core/pods');
    await eventually('cursor', async () =>
      (await store.sourceState('test')).cursors.some(({ type }) => type === 'core/pods'),
    );
    await stop();
    proxy.requests.length = 0;
    await create('while-away');
    await remove('kept');
    watch();
    await eventually('while-away', () => pod('while-away'));
    await eventually('kept is gone', async () => (await pod('kept')) === null);
    const asked = proxy.requests.filter((request) => request.startsWith('GET /api/v1/pods?'));
    expect(asked.filter((request) => request.includes('limit=500') || request.includes('sendInitialEvents'))).toEqual(
      [],
    );
  });

  it('notices a CRD that comes and one that goes', async () => {
    watch();
    await live('core/pods');
    const group = `${namespace}.example.com`;
    const crd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await cluster?.admin.create(crd, {
      metadata: { name: `boats.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'boats', singular: 'boat', kind: 'Boat' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    });
    await live(`${group}/boats`);
    await cluster?.admin.create(`/apis/${group}/v1/namespaces/${namespace}/boats`, {
      apiVersion: `${group}/v1`,
      kind: 'Boat',
      metadata: { name: 'plimsoll' },
    });
    const boat = { source: 'test', type: `${group}/boats`, scope: namespace, name: 'plimsoll' };
    await eventually('boat', () => store.resource(boat));
    await cluster?.admin.delete(`${crd}/boats.${group}`);
    await eventually('no boat', async () => (await store.resource(boat)) === null);
  });

  it('says of an expired token that the source is down, and why', async () => {
    proxy.rule({ match: {}, fault: { kind: 'status', code: 401, reason: 'Unauthorized', message: 'token expired' } });
    watch();
    const row = await eventually('down', async () => (await store.coverage()).find(({ type }) => type === '*'));
    expect(row).toMatchObject({
      state: expect.stringMatching(/down|forbidden/),
      reason: expect.stringMatching(/401|[Uu]nauthorized|expired/),
    });
  });

  it('refuses a context that does not exist', async () => {
    const source = new KubernetesSource({ name: 'test', kubeconfig: kubeconfig(), context: 'nowhere' });
    await expect(source.run(log, new AbortController().signal)).rejects.toMatchObject({ fault: 'user' });
  });
});
