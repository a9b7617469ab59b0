import { TestCluster, testClusterOrSkip } from '@plimsoll/testcluster';
import { afterAll, describe, expect, it } from 'vitest';
import { eventually, watchedCluster } from './watched-cluster.fixture.ts';

// A cluster of its own: a group whose server is down is down for every test of a shared one.
const cluster = await testClusterOrSkip(() => TestCluster.start());
afterAll(async () => await cluster?.stop());
const at = watchedCluster(cluster);

const group = 'metrics.example.com';
const apiService = {
  metadata: { name: `v1beta1.${group}` },
  spec: {
    group,
    version: 'v1beta1',
    service: { namespace: 'default', name: 'no-such-service', port: 443 },
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
  },
};
const crd = (name: string) => ({
  metadata: { name: `${name}s.example.com` },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { plural: `${name}s`, singular: name, kind: name.replace(/^./, (first) => first.toUpperCase()) },
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
const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const apiServices = '/apis/apiregistration.k8s.io/v1/apiservices';

describe.skipIf(cluster === undefined)('an aggregated API whose server is down', () => {
  it('is unknown with its reason, holds up nothing else, and ends nothing of what is not proven gone', async () => {
    const admin = cluster?.admin;
    await admin?.create(crds, crd('boat'));
    at().watch({ tuning: { discoveryDelay: 100 } });
    await at().live('example.com/boats');
    await admin?.create('/apis/example.com/v1/boats', {
      apiVersion: 'example.com/v1',
      kind: 'Boat',
      metadata: { name: 'b' },
    });
    const boat = { source: 'test', type: 'example.com/boats', scope: null, name: 'b' };
    await eventually('boat', () => at().store.resource(boat));

    await admin?.create(apiServices, apiService);
    const down = await eventually('down', async () => {
      const row = await at().coverageOf(`${group}/*`);
      return row?.state === 'down' ? row : null;
    });
    expect(down.reason).toMatch(/PLM1410/);
    await at().create('beside', 'default');
    await eventually('beside', () => at().pod('beside', 'test', 'default'));
    expect(await at().store.resource(boat)).not.toBeNull();

    await admin?.delete(`${apiServices}/v1beta1.${group}`);
    await eventually('no longer down', async () => (await at().coverageOf(`${group}/*`)) === undefined);
    await admin?.delete(`${crds}/boats.example.com`);
    await eventually('boat is gone', async () => (await at().store.resource(boat)) === null);
  });

  it('is there from the start as well', async () => {
    await cluster?.admin.create(apiServices, apiService);
    at().watch();
    await at().live('core/pods');
    expect(await at().coverageOf(`${group}/*`)).toMatchObject({ state: 'down' });
  });
});
