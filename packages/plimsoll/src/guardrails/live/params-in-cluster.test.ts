import { sharedTestCluster } from '@plimsoll/testcluster';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { eventually } from '../../sources/kubernetes/watched-cluster.fixture.ts';
import { guardedCluster } from './guarded-cluster.fixture.ts';

const cluster = await sharedTestCluster();
const at = guardedCluster(cluster);
const types = ['core/configmaps', 'core/services'];

/** Services may have the ports that the param names. */
const spec: JsonObject = {
  paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
  matchConstraints: {
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['services'] }],
  },
  validations: [{ expression: "string(object.spec.ports[0].port) in params.data.ports.split(',')" }],
};

const service = (name: string, port: number) =>
  at().create(`/api/v1/namespaces/${at().namespace}/services`, { metadata: { name }, spec: { ports: [{ port }] } });

const configMap = (name: string, ports: string, labels: JsonObject = {}, namespace = at().namespace) =>
  at().create(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name, labels }, data: { ports } });

/** Whether the inventory holds a ConfigMap's data. */
async function isWhole(name: string): Promise<boolean> {
  const found = await at().store.resource({ source: 'prod', type: 'core/configmaps', scope: at().namespace, name });
  return found !== null && 'data' in found.body;
}

describe.skipIf(cluster === undefined)('params that are ConfigMaps of a watched cluster', () => {
  it('are read whole; one that changes judges again what depends on it, and nothing else', async () => {
    await configMap('ports', '80');
    await configMap('bystander', '1');
    await service('web', 80);
    await service('odd', 81);
    await at().policy('ports', spec);
    await at().bind('ports', { paramRef: { name: 'ports', parameterNotFoundAction: 'Deny' } });
    await at().start(types);
    await at().opens(['ports odd fail ports']);
    expect(await isWhole('bystander')).toBe(false);
    await at().patch(at().path('configmaps', 'ports'), { data: { ports: '81' } });
    await at().opens(['ports web fail ports']);
    await at().patch(at().path('configmaps', 'bystander'), { data: { ports: '2' } });
    await at().patch(at().path('configmaps', 'ports'), { data: { ports: '80,81' } });
    await at().opens([]);
    expect(await isWhole('bystander')).toBe(false);
  });

  it('are found by labels as they come and go, and by name in the namespace that is named', async () => {
    await service('web', 80);
    await at().policy('ports', spec);
    await at().bind('ports', {
      paramRef: { selector: { matchLabels: { for: 'ports' } }, parameterNotFoundAction: 'Allow' },
    });
    await at().start(types);
    await at().live(...types);
    await configMap('first', '80', { for: 'ports' });
    await configMap('second', '81', { for: 'ports' });
    await at().opens(['ports web fail second']);
    await at().patch(at().path('configmaps', 'second'), { metadata: { labels: { for: 'nothing' } } });
    await at().opens([]);
    expect(await isWhole('second')).toBe(false);
    const elsewhere = (await cluster?.namespace('params')) ?? '';
    await configMap('named', '82', {}, elsewhere);
    const paramRef = { name: 'named', namespace: elsewhere, parameterNotFoundAction: 'Deny' };
    await at().bind('ports', { paramRef }, 'elsewhere');
    await at().opens(['ports web fail named']);
  });

  it('are metadata alone again once no binding names them, and stay whole over a restart while one does', async () => {
    await configMap('ports', '81');
    await service('web', 80);
    await at().policy('ports', spec);
    await at().bind('ports', { paramRef: { name: 'ports', parameterNotFoundAction: 'Deny' } });
    await at().start(types);
    await at().opens(['ports web fail ports']);
    await at().live(...types);
    await at().stop();
    at().proxy.requests.length = 0;
    await at().start(types);
    await at().patch(at().path('configmaps', 'ports'), { data: { ports: '80' } });
    await at().opens([]);
    await at().says(['resolved passes']);
    const lists = at().proxy.requests.filter((request) => /configmaps\?.*(limit=500|sendInitial)/.test(request));
    expect(lists).toEqual([]);
    expect(await isWhole('ports')).toBe(true);
    await at().remove(at().bindingPath('ports'));
    await eventually('metadata alone', async () => !(await isWhole('ports')));
  });

  it('that are still being listed for the first time are waited for: nothing is said that is taken back', async () => {
    await configMap('ports', '80');
    await service('web', 80);
    await service('odd', 81);
    await at().policy('ports', spec);
    await at().bind('ports', { paramRef: { name: 'ports', parameterNotFoundAction: 'Deny' } });
    at().proxy.rule({ match: { path: '/api/v1/configmaps' }, fault: { kind: 'delay', ms: 2000 } });
    await at().start(types);
    await at().opens(['ports odd fail ports']);
    await at().says(['open null']);
    expect(at().said()).toHaveLength(1);
  });

  it('that nobody may list are unknown once that is known', async () => {
    await service('web', 80);
    await at().policy('ports', spec);
    await at().bind('ports', { paramRef: { name: 'ports', parameterNotFoundAction: 'Deny' } });
    at().proxy.rule({
      match: { path: /configmaps/ },
      fault: { kind: 'status', code: 403, reason: 'Forbidden', message: 'list is not for you' },
    });
    await at().start(types);
    await at().opens(['ports web unknown']);
    await eventually('the reason', async () =>
      /core\/configmaps of prod cannot be listed: PLM1406.*list is not for you/.test(at().said()[0]?.reason ?? ''),
    );
  });

  it('that may not be read are unknown with the reason, are said by coverage, and are judged once they may', async () => {
    await configMap('ports', '81');
    await service('web', 80);
    await at().policy('ports', spec);
    await at().bind('ports', { paramRef: { name: 'ports', parameterNotFoundAction: 'Deny' } });
    const allow = at().proxy.rule({
      match: { path: at().path('configmaps', 'ports') },
      fault: { kind: 'status', code: 403, reason: 'Forbidden', message: 'get is not for you' },
    });
    await at().start(types);
    await at().opens(['ports web unknown ports']);
    await eventually('the reason', async () =>
      /PLM1406.*get is not for you/.test(at().said().at(-1)?.reason ?? 'none yet'),
    );
    const parts = async () => (await at().store.coverage()).filter(({ type }) => type === 'core/configmaps/data');
    expect(await parts()).toMatchObject([{ scope: at().namespace, state: 'forbidden' }]);
    allow();
    await at().opens(['ports web fail ports']);
    expect(await parts()).toEqual([]);
  });
});
