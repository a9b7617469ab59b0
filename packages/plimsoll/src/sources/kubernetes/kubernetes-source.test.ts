import { oldServer, sharedTestCluster } from '@plimsoll/testcluster';
import { describe, expect, it } from 'vitest';
import { KubernetesSource } from './kubernetes-source.ts';
import { eventually, watchedCluster } from './watched-cluster.fixture.ts';

const cluster = await sharedTestCluster();
const at = watchedCluster(cluster);

describe.skipIf(cluster === undefined)('the Kubernetes source on a real API server', () => {
  it('sees what is there, what comes, what changes and what goes', async () => {
    await at().create('before');
    at().watch();
    await eventually('before', () => at().pod('before'));
    await at().live('core/pods');
    await at().create('after');
    await eventually('after', () => at().pod('after'));
    await cluster?.admin.patch(`/api/v1/namespaces/${at().namespace}/pods/after`, {
      metadata: { labels: { changed: 'yes' } },
    });
    await eventually('changed', async () =>
      JSON.stringify((await at().pod('after'))?.body).includes('"changed":"yes"'),
    );
    await at().remove('after');
    await eventually('gone', async () => (await at().pod('after')) === null);
  });

  it('keeps no data of Secrets, and says that it did not', async () => {
    await cluster?.admin.create(`/api/v1/namespaces/${at().namespace}/secrets`, {
      metadata: { name: 'token' },
      stringData: { password: 'hunter2' },
    });
    at().watch();
    const secret = await eventually('secret', () =>
      at().store.resource({ source: 'test', type: 'core/secrets', scope: at().namespace, name: 'token' }),
    );
    expect(JSON.stringify(secret)).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(secret.unseen).toEqual(expect.arrayContaining(['data']));
  });

  it.each([31, 12])('lists and watches a server that says 1.%i', async (minor) => {
    for (const rule of oldServer(minor)) at().proxy.rule(rule);
    await at().create('old');
    at().watch();
    await eventually('old', () => at().pod('old'));
    await at().live('core/pods');
    await at().create('newer');
    await eventually('newer', () => at().pod('newer'));
    expect(
      at().proxy.requests.filter((request) => request.includes('/pods') && request.includes('limit=500')),
    ).not.toEqual([]);
  });

  it('lists again and finds what it missed where the watch has expired', async () => {
    await at().create('stays');
    await at().create('goes');
    at().watch();
    await eventually('goes', () => at().pod('goes'));
    await at().live('core/pods');
    const stopRule = at().proxy.rule({ match: { path: /\/pods$/ }, fault: { kind: 'refuse' } });
    at().proxy.cutAll();
    await at().remove('goes');
    await at().create('missed');
    stopRule();
    at().proxy.rule({
      match: { path: /\/pods$/, query: { watch: '1' } },
      fault: { kind: 'error-event', code: 410, reason: 'Expired' },
      times: 1,
    });
    await eventually('missed', () => at().pod('missed'));
    await eventually('goes is gone', async () => (await at().pod('goes')) === null);
    expect(await at().pod('stays')).not.toBeNull();
  });

  it('deletes nothing while the server is away, says so, and catches up', async () => {
    await at().create('here');
    at().watch();
    await eventually('here', () => at().pod('here'));
    await at().live('core/pods');
    const away = at().proxy.rule({ match: {}, fault: { kind: 'refuse' } });
    at().proxy.cutAll();
    await eventually('coverage says so', async () => (await at().coverageOf('core/pods'))?.state !== 'live');
    expect(await at().pod('here')).not.toBeNull();
    await at().create('meanwhile');
    away();
    await eventually('meanwhile', () => at().pod('meanwhile'));
    await at().live('core/pods');
  });

  it('says what is forbidden, and why, and keeps the rest', async () => {
    at().proxy.rule({
      match: { path: '/api/v1/secrets' },
      fault: { kind: 'status', code: 403, reason: 'Forbidden', message: 'secrets is forbidden' },
    });
    at().watch();
    await at().live('core/pods');
    const secrets = await eventually('forbidden', async () => {
      const row = (await at().store.coverage()).find(
        ({ type, state }) => type === 'core/secrets' && state === 'forbidden',
      );
      return row;
    });
    expect(secrets.reason).toContain('forbidden');
  });

  it('says nothing more of what is forbidden while it is tried again, and sees it once it is allowed', async () => {
    const allowed = at().proxy.rule({
      match: { path: '/api/v1/secrets' },
      fault: { kind: 'status', code: 403, reason: 'Forbidden', message: 'secrets is forbidden' },
    });
    at().watch({ only: ['core/secrets'], tuning: { slowRetry: 100 } });
    await eventually('forbidden', async () => (await at().coverageOf('core/secrets'))?.state === 'forbidden');
    const seq = at().store.headSeq;
    const asked = (): number => at().proxy.requests.filter((request) => request.includes('/secrets')).length;
    const first = asked();
    await eventually('tried again', () => Promise.resolve(asked() > first + 3));
    expect(at().store.headSeq).toBe(seq);
    allowed();
    await at().live('core/secrets');
  });

  it('waits as long as it is told and then goes on', async () => {
    await at().create('patience');
    at().proxy.rule({
      match: { path: '/api/v1/pods' },
      fault: { kind: 'status', code: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 },
      times: 2,
    });
    at().watch();
    await eventually('patience', () => at().pod('patience'));
  });

  it('survives garbage and half lines', async () => {
    at().watch();
    await at().live('core/pods');
    at().proxy.rule({
      match: { path: '/api/v1/pods', query: { watch: '1' } },
      fault: { kind: 'garble', afterBytes: 5, text: '}{garbage\n' },
      times: 1,
    });
    at().proxy.cutAll();
    await at().create('garbled');
    await eventually('garbled', () => at().pod('garbled'));
  });

  it('resumes after a restart without listing again', async () => {
    await at().create('kept');
    const stop = at().watch();
    await eventually('kept', () => at().pod('kept'));
    await at().live('core/pods');
    await eventually('cursor', async () =>
      (await at().store.sourceState('test')).cursors.some(({ type }) => type === 'core/pods'),
    );
    await stop();
    at().proxy.requests.length = 0;
    await at().create('while-away');
    await at().remove('kept');
    at().watch();
    await eventually('while-away', () => at().pod('while-away'));
    await eventually('kept is gone', async () => (await at().pod('kept')) === null);
    const asked = at().proxy.requests.filter((request) => request.startsWith('GET /api/v1/pods?'));
    expect(asked.filter((request) => request.includes('limit=500') || request.includes('sendInitialEvents'))).toEqual(
      [],
    );
  });

  it('notices a CRD that comes and one that goes', async () => {
    at().watch();
    await at().live('core/pods');
    const group = `${at().namespace}.example.com`;
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
    await at().live(`${group}/boats`);
    await cluster?.admin.create(`/apis/${group}/v1/namespaces/${at().namespace}/boats`, {
      apiVersion: `${group}/v1`,
      kind: 'Boat',
      metadata: { name: 'plimsoll' },
    });
    const boat = { source: 'test', type: `${group}/boats`, scope: at().namespace, name: 'plimsoll' };
    await eventually('boat', () => at().store.resource(boat));
    await cluster?.admin.delete(`${crd}/boats.${group}`);
    await eventually('no boat', async () => (await at().store.resource(boat)) === null);
  });

  it('says of an expired token that the source is down, and why', async () => {
    at().proxy.rule({
      match: {},
      fault: { kind: 'status', code: 401, reason: 'Unauthorized', message: 'token expired' },
    });
    at().watch();
    const row = await eventually('down', async () => {
      const whole = await at().coverageOf('*');
      return whole?.state === 'listing' ? null : whole;
    });
    expect(row).toMatchObject({
      state: expect.stringMatching(/down|forbidden/),
      reason: expect.stringMatching(/401|[Uu]nauthorized|expired/),
    });
  });

  it('refuses a context that does not exist', async () => {
    const source = new KubernetesSource({ name: 'test', kubeconfig: at().kubeconfig(), context: 'nowhere' });
    await expect(source.run(at().log, new AbortController().signal)).rejects.toMatchObject({ fault: 'user' });
  });
});
