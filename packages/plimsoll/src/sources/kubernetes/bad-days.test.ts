import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScriptedProxy, sharedTestCluster, testUsers } from '@plimsoll/testcluster';
import { describe, expect, it } from 'vitest';
import { IdentityClaims } from '../identity-claims.ts';
import { eventually, watchedCluster } from './watched-cluster.fixture.ts';

const cluster = await sharedTestCluster();
const at = watchedCluster(cluster);
const watchOfPods = { path: '/api/v1/pods', query: { watch: '1' } };

describe.skipIf(cluster === undefined)('a watch that falls silent', () => {
  it('is begun anew, and what came meanwhile is seen', async () => {
    at().watch({ tuning: { bookmarkInterval: 300 } });
    await at().live('core/pods');
    const silent = at().proxy.rule({ match: watchOfPods, fault: { kind: 'silence' } });
    at().proxy.cutAll();
    await at().create('unheard');
    const asked = () => at().proxy.requests.filter((request) => /^GET \/api\/v1\/pods\?.*watch=1/.test(request)).length;
    const before = asked();
    await eventually('asked again', async () => asked() >= before + 2);
    await eventually('asked whether it is the same history', async () =>
      at().proxy.requests.some((request) => request.startsWith('GET /api/v1/pods?limit=1')),
    );
    silent();
    await eventually('unheard', () => at().pod('unheard'));
  });
});

describe.skipIf(cluster === undefined)('an API server that is another one now', () => {
  it('ends what the other held, and lists what this one holds', async () => {
    await at().create('old');
    at().watch();
    await eventually('old', () => at().pod('old'));
    await at().live('core/pods');
    const identity = (await at().store.sourceState('test')).identity;
    at().proxy.rule({
      match: { path: '/api/v1/namespaces/kube-system' },
      fault: { kind: 'json', body: { metadata: { name: 'kube-system', uid: 'another-cluster' } } },
    });
    at().proxy.rule({
      match: { path: '/api/v1/pods' },
      fault: { kind: 'drop-lines', containing: '"name":"old"' },
    });
    at().proxy.cutAll();
    await eventually('another identity', async () => (await at().store.sourceState('test')).identity !== identity);
    await eventually('old is gone', async () => (await at().pod('old')) === null);
    await at().create('new');
    await eventually('new', () => at().pod('new'));
  });

  it('never looks complete before it is: what waits for its turn to be listed is said at once', async () => {
    const options = { only: ['core/configmaps', 'core/pods'], tuning: { listsAtOnce: 1 } };
    const stop = at().watch(options);
    await at().live('core/pods');
    await at().live('core/configmaps');
    await stop();
    at().proxy.rule({
      match: { path: '/api/v1/namespaces/kube-system' },
      fault: { kind: 'json', body: { metadata: { name: 'kube-system', uid: 'another-cluster' } } },
    });
    at().proxy.rule({ match: { path: /configmaps|pods/ }, fault: { kind: 'delay', ms: 1000 } });
    at().watch(options);
    await eventually('another identity', async () =>
      (await at().store.sourceState('test')).identity?.endsWith('another-cluster'),
    );
    const states = async () => [
      (await at().coverageOf('core/configmaps'))?.state,
      (await at().coverageOf('core/pods'))?.state,
    ];
    await eventually('one list after another', async () => {
      const said = await states();
      return said.includes('listing') && said.includes('never');
    });
    await at().live('core/configmaps');
    await at().live('core/pods');
  });

  it('lists anew where its history went back', async () => {
    await at().create('kept');
    const stop = at().watch();
    await eventually('kept', () => at().pod('kept'));
    await eventually('cursor', async () =>
      (await at().store.sourceState('test')).cursors.some(({ type }) => type === 'core/pods'),
    );
    await stop();
    // A server restored from a backup: its newest version is lower than ours.
    at().proxy.rule({
      match: { path: '/api/v1/pods', query: { limit: '1' } },
      fault: {
        kind: 'json',
        body: { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '7' }, items: [] },
      },
    });
    at().proxy.requests.length = 0;
    at().watch();
    await eventually('a whole list', async () =>
      at().proxy.requests.some((request) => /\/api\/v1\/pods\?.*(sendInitialEvents|limit=500)/.test(request)),
    );
    expect(await at().pod('kept')).not.toBeNull();
  });
});

describe.skipIf(cluster === undefined)('a list that the server cannot give at once', () => {
  it.each([400, 404, 405, 422])('is asked for in pages where WatchList is answered with %i', async (code) => {
    await at().create('paged');
    at().proxy.rule({
      match: { path: '/api/v1/pods', query: { sendInitialEvents: 'true' } },
      fault: { kind: 'status', code, reason: 'Invalid', message: 'sendInitialEvents is forbidden' },
    });
    at().watch();
    await eventually('paged', () => at().pod('paged'));
    await at().live('core/pods');
  });

  it('is begun anew where its continue token has expired, and where it breaks off', async () => {
    await at().create('first');
    at().proxy.rule({
      match: { path: '/api/v1/pods', query: { sendInitialEvents: 'true' } },
      fault: { kind: 'status', code: 422, reason: 'Invalid' },
    });
    at().proxy.rule({
      match: { path: '/api/v1/pods', query: { limit: '500' } },
      fault: { kind: 'status', code: 410, reason: 'Expired', message: 'the continue parameter is too old' },
      times: 1,
    });
    at().proxy.rule({
      match: { path: '/api/v1/pods', query: { limit: '500' } },
      fault: { kind: 'cut', afterBytes: 40 },
      times: 1,
    });
    at().proxy.rule({
      match: { path: '/api/v1/pods', query: { limit: '500' } },
      fault: { kind: 'status', code: 503, reason: 'ServiceUnavailable' },
      times: 1,
    });
    at().watch({ tuning: { backoffBase: 50 } });
    await eventually('first', () => at().pod('first'));
    await at().live('core/pods');
  });
});

describe.skipIf(cluster === undefined)('objects of every kind', () => {
  it('are taken whole with a key __proto__, and with 1.4 MB, the most that etcd takes', async () => {
    const group = `${at().namespace}.example.com`;
    const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    await cluster?.admin.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: `ships.${group}` },
      spec: {
        group,
        scope: 'Cluster',
        names: { plural: 'ships', singular: 'ship', kind: 'Ship' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: anything } }],
      },
    });
    at().watch();
    await at().live(`${group}/ships`);
    const cargo = JSON.parse(`{"__proto__": {"polluted": true}, "constructor": 1, "bulk": "${'x'.repeat(1_400_000)}"}`);
    await cluster?.admin.create(`/apis/${group}/v1/ships`, {
      apiVersion: `${group}/v1`,
      kind: 'Ship',
      metadata: { name: 'constructor' },
      cargo,
    });
    const key = { source: 'test', type: `${group}/ships`, scope: null, name: 'constructor' };
    const found = await eventually('the ship', () => at().store.resource(key));
    expect(JSON.stringify(found.body['cargo'], Object.keys(cargo).sort())).toBe(
      JSON.stringify(cargo, Object.keys(cargo).sort()),
    );
    expect(Object.hasOwn({ ...(found.body['cargo'] as object) }, '__proto__')).toBe(true);
    expect('polluted' in {}).toBe(false);
    await cluster?.admin.delete(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/ships.${group}`);
  });

  it('are taken whole: 1.2 MB, emoji, and keys such as __proto__ and constructor', async () => {
    at().watch({ metadataOnly: [] });
    await at().live('core/configmaps');
    const data = { 'big.txt': 'x'.repeat(1_000_000), constructor: 'c', __proto__x: 'p', toString: 'é😀' };
    await cluster?.admin.create(`/api/v1/namespaces/${at().namespace}/configmaps`, {
      metadata: { name: 'constructor', labels: { constructor: 'yes' }, annotations: { 'a.b/emoji': '😀' } },
      data,
    });
    const key = { source: 'test', type: 'core/configmaps', scope: at().namespace, name: 'constructor' };
    const found = await eventually('the ConfigMap', () => at().store.resource(key));
    expect(found.body['data']).toEqual(data);
    expect(found.body['metadata']).toMatchObject({
      labels: { constructor: 'yes' },
      annotations: { 'a.b/emoji': '😀' },
    });
  });
});

describe.skipIf(cluster === undefined)('many clusters in one process', () => {
  it('do not wait for one that hangs', async () => {
    const hanging = await ScriptedProxy.start(cluster?.url ?? '', cluster?.ca ?? '');
    hanging.rule({ match: {}, fault: { kind: 'silence' } });
    try {
      at().watch({ name: 'hangs', kubeconfig: at().kubeconfig('admin', hanging.url) });
      await at().create('here');
      at().watch();
      await eventually('here', () => at().pod('here'));
      await at().live('core/pods');
      expect((await at().coverageOf('*', 'hangs'))?.state).toBe('listing');
    } finally {
      await hanging.stop();
    }
  });

  it.each([
    ['may read the same', 'admin', 'admin'],
    ['may read less', 'admin', 'nobody'],
    ['may read more', 'nobody', 'admin'],
  ] as const)('are one source where two contexts lead to one of them, and the second %s', async (_, first, second) => {
    const claims = new IdentityClaims();
    at().watch({ claims, kubeconfig: at().kubeconfig(first) });
    await eventually('connected', async () => (await at().store.sourceState('test')).identity !== null);
    at().watch({ name: 'twin', claims, kubeconfig: at().kubeconfig(second) });
    const row = await eventually('off', async () => {
      const twin = await at().coverageOf('*', 'twin');
      return twin?.state === 'off' ? twin : null;
    });
    expect(row.reason).toContain('test');
    expect(await at().store.problems()).toContainEqual(expect.objectContaining({ code: 'PLM1403', source: 'twin' }));
  });

  it('are watched by the other of two contexts once the first is taken out, and the problem is over', async () => {
    const claims = new IdentityClaims();
    const stopFirst = at().watch({ claims });
    await eventually('connected', async () => (await at().store.sourceState('test')).identity !== null);
    at().watch({ name: 'twin', claims });
    await eventually('off', async () => (await at().coverageOf('*', 'twin'))?.state === 'off');
    await stopFirst();
    await eventually('live', async () => (await at().coverageOf('core/pods', 'twin'))?.state === 'live');
    expect(await at().store.problems()).toEqual([]);
  });
});

describe.skipIf(cluster === undefined)('credentials', () => {
  const plugin = (script: string, more: object = {}) => ({
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      args: ['-c', script],
      interactiveMode: 'Never',
      installHint: 'install the plug-in',
      ...more,
    },
  });
  const credential = (token: string, expires: string) =>
    JSON.stringify({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token, expirationTimestamp: expires },
    });

  it('come from an exec plug-in, which is asked again when they have expired', async () => {
    const runs = join(at().folder, 'runs');
    const soon = new Date(Date.now() + 1500).toISOString();
    const script = `echo run >> ${runs}; echo '${credential(testUsers.admin.token, soon)}'`;
    await at().create('before');
    at().watch({ kubeconfig: at().kubeconfig(plugin(script)) });
    await eventually('before', () => at().pod('before'));
    await new Promise((resolve) => setTimeout(resolve, 1600));
    at().proxy.cutAll();
    await at().create('after');
    await eventually('after', () => at().pod('after'));
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(runs, 'utf8').split('\n').length).toBeGreaterThan(2);
  });

  it.each([
    ['is not there', plugin('', { command: 'no-such-plugin' }), 'no-such-plugin'],
    ['fails', plugin('echo secret-in-stderr >&2; exit 3'), 'ended with 3'],
    ['prints no credential', plugin('echo hello'), 'sh'],
  ])('say so where the plug-in %s', async (_, user, words) => {
    at().watch({ kubeconfig: at().kubeconfig(user) });
    const row = await eventually('down', async () => {
      const whole = await at().coverageOf('*');
      return whole?.state === 'listing' ? null : whole;
    });
    expect(row.reason).toContain(words);
    expect(row.reason).not.toContain('secret-in-stderr');
  });

  it('are read anew from a token file that was rotated', async () => {
    const tokenFile = join(at().folder, 'token');
    writeFileSync(tokenFile, 'not-a-token');
    at().watch({ kubeconfig: at().kubeconfig({ tokenFile }), tuning: { slowRetry: 200 } });
    await eventually('refused', async () => /401|nauthorized/.test((await at().coverageOf('*'))?.reason ?? ''));
    writeFileSync(tokenFile, testUsers.admin.token);
    await at().live('core/pods');
  });
});

describe.skipIf(cluster === undefined)('a tenant', () => {
  it('sees its namespaces one by one, each with a coverage of its own, and knows the cluster by its address', async () => {
    const [first, second] = [at().namespace, (await cluster?.namespace('tenant')) ?? ''];
    const group = 'rbac.authorization.k8s.io';
    for (const namespace of [first, second]) {
      const roles = `/apis/${group}/v1/namespaces/${namespace}`;
      await cluster?.admin.create(`${roles}/roles`, {
        metadata: { name: 'see-pods' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
      });
      await cluster?.admin.create(`${roles}/rolebindings`, {
        metadata: { name: 'see-pods' },
        roleRef: { apiGroup: group, kind: 'Role', name: 'see-pods' },
        subjects: [{ apiGroup: group, kind: 'User', name: testUsers.nobody.name }],
      });
    }
    await at().create('mine');
    await at().create('mine-too', second);
    at().watch({ kubeconfig: at().kubeconfig('nobody'), namespaces: [first, second] });
    await eventually('mine', () => at().pod('mine'));
    await eventually('mine-too', () => at().pod('mine-too', 'test', second));
    await at().live('core/pods', 'test', first);
    await at().live('core/pods', 'test', second);
    expect((await at().store.sourceState('test')).identity).toMatch(/^server\//);
    const services = await eventually('services', async () => {
      const row = await at().coverageOf('core/services', 'test', first);
      return row?.state === 'forbidden' ? row : null;
    });
    expect(services.reason).toContain('forbidden');
  });
});
