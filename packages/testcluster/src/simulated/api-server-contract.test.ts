import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { afterAll } from 'vitest';
import { testUsers } from '../cluster-access.ts';
import { TestCluster } from '../test-cluster.ts';
import { testClusterOrSkip } from '../unavailable.ts';
import { apiServerContract, type ContractSubject } from './api-server-contract.ts';
import { SimulatedApiServer } from './api-server.ts';
import { machineClock } from './clock.ts';
import { SimulatedCluster } from './cluster.ts';
import { SimulatedHttpServer } from './http-server.ts';
import { SimulatedNetwork } from './network.ts';
import { builtInTypes, definitions, namespaces, type SimulatedType } from './types.ts';
import { VirtualClock } from './virtual-clock.ts';

// Not the shared one: its history is compacted.
const real = await testClusterOrSkip(() => TestCluster.start());
afterAll(() => real?.stop());

const definition = (group: string) => ({
  metadata: { name: `things.${group}` },
  spec: {
    group,
    scope: 'Cluster',
    names: { plural: 'things', singular: 'thing', kind: 'Thing' },
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

async function realSubject(): Promise<ContractSubject> {
  if (real === undefined) throw new Error('there is no cluster');
  const { admin, url, ca } = real;
  const namespace = await real.namespace('contract');
  const maps = `/api/v1/namespaces/${namespace}/configmaps`;
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const dispatcher = new Agent({ connect: { ca } });
  return {
    origin: url,
    dispatcher,
    token: testUsers.admin.token,
    namespace,
    create: async (name, text = '') => void (await admin.create(maps, { metadata: { name }, data: { text } })),
    update: async (name, text) => void (await admin.patch(`${maps}/${name}`, { data: { text } })),
    remove: async (name) => void (await admin.delete(`${maps}/${name}`)),
    define: async (group) => void (await admin.create(crds, definition(group))),
    thing: async (group, name) =>
      void (await admin.create(`/apis/${group}/v1/things`, {
        apiVersion: `${group}/v1`,
        kind: 'Thing',
        metadata: { name },
      })),
    undefine: async (group) => void (await admin.delete(`${crds}/things.${group}`)),
    compact: async () => {
      await real.compact();
      await real.killApiServer();
      await real.startApiServer();
    },
    pass: (milliseconds = 150) => delay(milliseconds),
    close: async () => await dispatcher.destroy(),
  };
}

const thing = (group: string): SimulatedType => ({
  group,
  version: 'v1',
  resource: 'things',
  kind: 'Thing',
  namespaced: false,
});

/** What is done to a simulated cluster, however it is asked. */
function simulated(cluster: SimulatedCluster) {
  const namespace = 'contract';
  const [maps] = builtInTypes as [SimulatedType];
  cluster.apply(namespaces, { name: namespace }, {});
  return {
    token: 'token',
    namespace,
    create: async (name: string, text = '') => void cluster.apply(maps, { namespace, name }, { data: { text } }),
    update: async (name: string, text: string) => void cluster.apply(maps, { namespace, name }, { data: { text } }),
    remove: async (name: string) => cluster.remove(maps, { namespace, name }),
    define: async (group: string) => void cluster.apply(definitions, { name: `things.${group}` }, definition(group)),
    thing: async (group: string, name: string) => void cluster.apply(thing(group), { name }, {}),
    undefine: async (group: string) => cluster.remove(definitions, { name: `things.${group}` }),
    compact: async () => cluster.storage.compact(),
  };
}

async function simulatedSubject(): Promise<ContractSubject> {
  const clock = new VirtualClock(0);
  const cluster = new SimulatedCluster(clock);
  const network = new SimulatedNetwork(new SimulatedApiServer(cluster), clock, () => 0.5);
  return {
    ...simulated(cluster),
    origin: 'http://simulated',
    dispatcher: network.client(),
    pass: (milliseconds = 150) => clock.pass(milliseconds),
    close: async () => undefined,
  };
}

async function simulatedOverHttp(): Promise<ContractSubject> {
  const cluster = new SimulatedCluster(machineClock);
  const server = await SimulatedHttpServer.start(new SimulatedApiServer(cluster));
  const dispatcher = new Agent({ connect: { ca: server.ca } });
  return {
    ...simulated(cluster),
    origin: server.url,
    dispatcher,
    pass: (milliseconds = 150) => delay(milliseconds),
    close: async () => {
      await dispatcher.destroy();
      await server.stop();
    },
  };
}

apiServerContract('a real server', real === undefined ? null : realSubject);
apiServerContract('a simulated server', simulatedSubject);
apiServerContract('a simulated server over HTTPS', simulatedOverHttp);
