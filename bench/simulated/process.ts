import {
  builtInTypes,
  definitions,
  machineClock,
  namespaces,
  silentServer,
  SimulatedApiServer,
  SimulatedCluster,
  SimulatedHttpServer,
  type SimulatedType,
  typeId,
} from '../../packages/testcluster/src/index.ts';
import type { Address, Asked, Calls } from './calls.ts';
import { SteadyLoad, now, pods } from './load.ts';
import { definedType, definitionOf, podFields, thingFields } from './objects.ts';

const NAMESPACES = 20;

interface Opened {
  readonly cluster: SimulatedCluster;
  /** null where the cluster is dead. */
  readonly server: SimulatedHttpServer | null;
  filled: number;
  load: SteadyLoad | null;
}

/** What a call may give now or later. */
type Served = { readonly [Name in keyof Calls]: (argument: Parameters<Calls[Name]>[0]) => unknown };

const opened: Opened[] = [];

/** One certificate for all: making one takes longer than a cluster does. */
let shared: { readonly certificate: string; readonly key: string } | undefined;

function at(number: number): Opened {
  const found = opened[number];
  if (found === undefined) throw new Error(`there is no cluster ${number}`);
  return found;
}

const calls: Served = {
  open: async ({ delay = 0, dead = false }): Promise<Address> => {
    const cluster = new SimulatedCluster(machineClock, 36, crypto.randomUUID().slice(0, 8));
    for (const name of ['bench', ...Array.from({ length: NAMESPACES }, (_, i) => `team-${i}`)])
      cluster.apply(
        namespaces,
        { name },
        { metadata: { labels: { 'kubernetes.io/metadata.name': name, team: name } } },
      );
    if (dead) {
      opened.push({ cluster, server: null, filled: 0, load: null });
      return { url: (await silentServer()).url, ca: '' };
    }
    const options = { delay, ...(shared === undefined ? {} : { identity: shared }) };
    const server = await SimulatedHttpServer.start(new SimulatedApiServer(cluster), options);
    shared ??= server.identity;
    opened.push({ cluster, server, filled: 0, load: null });
    return { url: server.url, ca: server.ca };
  },
  pods: ({ cluster: number, count }) => {
    const of = at(number);
    for (let index = 1; index <= count; index += 1) writePod(of.cluster, index);
    of.filled = count;
    return null;
  },
  types: async ({ cluster: number, types, objects }) => {
    const { cluster } = at(number);
    const defined = Array.from({ length: types }, (_, index) => definedType(index));
    for (const type of defined) cluster.apply(definitions, { name: typeId(type) }, definitionOf(type));
    // A type is served a little after its CRD.
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const type of defined) for (let index = 0; index < objects; index += 1) writeThing(cluster, type, index);
    return null;
  },
  touch: ({ cluster: number, types }) => {
    for (let index = 0; index < types; index += 1) writeThing(at(number).cluster, definedType(index), 1_000);
    return null;
  },
  policy: ({ cluster: number }) => {
    const { cluster } = at(number);
    cluster.apply(named('validatingadmissionpolicies'), { name: 'added' }, { spec: addedPolicy });
    const when = now();
    const spec = { policyName: 'added', validationActions: ['Audit'] };
    cluster.apply(named('validatingadmissionpolicybindings'), { name: 'added' }, { spec });
    return when;
  },
  begin: (load) => {
    const of = at(load.cluster);
    of.load = new SteadyLoad(of.cluster, load, of.filled);
    return null;
  },
  end: ({ cluster }) => at(cluster).load?.end() ?? [],
  change: ({ cluster: number, count }) => {
    const { cluster } = at(number);
    for (let index = 1; index <= count; index += 1) writePod(cluster, index);
    return null;
  },
  compact: ({ cluster }) => {
    at(cluster).cluster.storage.compact();
    return null;
  },
  traffic: ({ cluster }) => at(cluster).server?.traffic.count ?? null,
};

/** What one pod in ten breaks, in every namespace. */
const addedPolicy = {
  failurePolicy: 'Fail',
  matchConstraints: {
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['pods'] }],
  },
  validations: [{ expression: "!object.status.podIP.endsWith('4')", message: 'The pod has an address that ends in 4' }],
};

function named(resource: string): SimulatedType {
  const found = builtInTypes.find((type) => type.resource === resource);
  if (found === undefined) throw new Error(`${resource} is not built in`);
  return found;
}

function writePod(cluster: SimulatedCluster, index: number): void {
  const fields = podFields(index) as { readonly metadata: { readonly namespace: string; readonly name: string } };
  const { namespace, name } = fields.metadata;
  cluster.apply(pods, { namespace, name }, fields);
}

function writeThing(cluster: SimulatedCluster, type: SimulatedType, index: number): void {
  cluster.apply(type, { namespace: `team-${index % NAMESPACES}`, name: `thing-${index}` }, thingFields(index));
}

async function answer({ id, name, argument }: Asked): Promise<void> {
  try {
    const call = calls[name] as (argument: unknown) => unknown;
    process.send?.({ id, result: await call(argument) });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

process.on('message', (asked: Asked) => void answer(asked));
// The bench is gone: nothing outlives it.
process.on('disconnect', () => process.exit(0));
