import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterAccess, ScriptedProxy, testUsers } from '@plimsoll/testcluster';
import { afterEach, beforeEach } from 'vitest';
import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import type { LogEvent, Store } from '../../inventory/store.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import { KubernetesSource } from '../../sources/kubernetes/kubernetes-source.ts';
import { eventually } from '../../sources/kubernetes/watched-cluster.fixture.ts';
import { LiveGuardrails } from './live-guardrails.ts';

const admission = 'admissionregistration.k8s.io/v1';
const always = [
  'core/namespaces',
  'admissionregistration.k8s.io/validatingadmissionpolicies',
  'admissionregistration.k8s.io/validatingadmissionpolicybindings',
];

interface Running {
  readonly types: readonly string[];
  readonly store: Store;
  readonly live: LiveGuardrails;
  readonly stop: () => Promise<void>;
}

/** A real cluster that is watched through a scripted proxy and held to its own policies, over restarts. */
export class GuardedCluster {
  readonly proxy: ScriptedProxy;
  readonly namespace: string;
  readonly #cluster: ClusterAccess;
  readonly #folder = mkdtempSync(join(tmpdir(), 'plimsoll-guarded-'));
  readonly #created: string[] = [];
  #running: Running | null = null;
  /** What was published since the last start. */
  events: LogEvent[] = [];

  private constructor(cluster: ClusterAccess, proxy: ScriptedProxy, namespace: string) {
    this.#cluster = cluster;
    this.proxy = proxy;
    this.namespace = namespace;
  }

  static async open(cluster: ClusterAccess): Promise<GuardedCluster> {
    const proxy = await ScriptedProxy.start(cluster.url, cluster.ca);
    return new GuardedCluster(cluster, proxy, await cluster.namespace('guarded'));
  }

  get store(): Store {
    if (this.#running === null) throw new Error('it is not watched');
    return this.#running.store;
  }

  /** How many verdicts there were since the last start. */
  get judged(): number {
    return [...(this.#running?.live.evaluated.values() ?? [])].reduce((sum, count) => sum + count, 0);
  }

  /** Watches these types, besides namespaces and policies, on the same store as before, with the rights of a user. */
  async start(types: readonly string[], user: keyof typeof testUsers = 'admin'): Promise<void> {
    const store = openSqliteStore(join(this.#folder, 'plimsoll.db'));
    const kinds = new FileKinds();
    const live = await LiveGuardrails.open(store, {
      parts: [],
      waivers: [],
      kinds: (apiVersion, kind) => kinds.of(apiVersion, kind),
    });
    const log = await ChangeLog.open(store, [live]);
    this.events = [];
    log.subscribe((events) => this.events.push(...events));
    await live.start(log);
    const tuning = { stagger: 0, slowRetry: 500, backoffBase: 50, discoveryDelay: 100 };
    const source = new KubernetesSource({
      name: 'prod',
      kubeconfig: this.#kubeconfig(user),
      only: [...always, ...types],
      exclude: [],
      tuning,
    });
    live.onNeeds(['prod'], (_, needs) => source.need(needs));
    const ending = new AbortController();
    const running = source.run(log, ending.signal);
    const stop = async (): Promise<void> => {
      ending.abort();
      await running;
      await live.stop();
      await log.close();
      await store.close();
    };
    this.#running = { types: [...always, ...types], store, live, stop };
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = null;
  }

  /** Stops, removes what was created, and ends. */
  async close(): Promise<void> {
    await this.stop();
    for (const path of this.#created.toReversed())
      await this.#cluster.admin.delete(path).catch((error: unknown) => {
        if (!String(error).includes('404')) throw error;
      });
    await this.proxy.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async create(collection: string, body: JsonObject): Promise<void> {
    await this.#cluster.admin.create(collection, body);
    this.#created.push(`${collection}/${String((body['metadata'] as JsonObject)['name'])}`);
  }

  /** Creates what is served in a moment: its definition was made just now. */
  async soon(collection: string, body: JsonObject): Promise<void> {
    await eventually(`${collection} is served`, async () => {
      await this.create(collection, body);
      return true;
    });
  }

  /** Creates a Service of one port in this test's namespace. */
  async service(name: string, labels: JsonObject = {}): Promise<void> {
    await this.create(`/api/v1/namespaces/${this.namespace}/services`, {
      metadata: { name, labels },
      spec: { ports: [{ port: 80 }] },
    });
  }

  async remove(path: string): Promise<void> {
    await this.#cluster.admin.delete(path);
  }

  async patch(path: string, body: JsonObject): Promise<void> {
    await this.#cluster.admin.patch(path, body);
  }

  /** Creates a policy, whose name gets the namespace's, so that test files may run beside each other. */
  async policy(name: string, spec: JsonObject): Promise<void> {
    await this.create(`/apis/${admission}/validatingadmissionpolicies`, {
      apiVersion: admission,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: this.named(name) },
      spec,
    });
  }

  /** Binds a policy to this test's namespace, auditing. */
  async bind(policy: string, spec: JsonObject = {}, name = policy): Promise<void> {
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': this.namespace } };
    await this.create(`/apis/${admission}/validatingadmissionpolicybindings`, {
      apiVersion: admission,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: this.named(name) },
      spec: {
        policyName: this.named(policy),
        validationActions: ['Audit'],
        matchResources: { namespaceSelector },
        ...spec,
      },
    });
  }

  bindingPath(name: string): string {
    return `/apis/${admission}/validatingadmissionpolicybindings/${this.named(name)}`;
  }

  named(name: string): string {
    return `${this.namespace}-${name}`;
  }

  /** The path of an object in this test's namespace. */
  path(resource: string, name: string, api = '/api/v1'): string {
    return `${api}/namespaces/${this.namespace}/${resource}/${name}`;
  }

  /** The open findings on this test's namespace: `policy resource outcome`, and param where there is one. */
  async open(): Promise<string[]> {
    const { items } = await this.store.findings({ state: 'open' }, 1000);
    return items
      .filter(({ resource }) => resource.scope === this.namespace)
      .map(({ policy, resource, outcome, param }) => {
        const name = policy.name.replace(`${this.namespace}-`, '');
        return `${name} ${resource.name} ${outcome}${param === null ? '' : ` ${param}`}`;
      })
      .toSorted();
  }

  /** Waits until exactly these are open. */
  async opens(expected: readonly string[]): Promise<void> {
    let last: readonly string[] = [];
    await eventually(`open: ${expected.join('; ')}`, async () => {
      last = await this.open();
      return JSON.stringify(last) === JSON.stringify(expected);
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; open are: ${last.join('; ')}`, { cause: error });
    });
  }

  /** Waits until just this was said of findings: the store has what is open before it is told. */
  async says(expected: readonly string[]): Promise<void> {
    await eventually(`said: ${expected.join('; ')}`, async () => {
      const said = this.said().map(({ state, resolution }) => `${state} ${resolution}`);
      return JSON.stringify(said) === JSON.stringify(expected);
    });
  }

  /** What was said of findings in this test's namespace since the last start. */
  said(): readonly Finding[] {
    return this.events.flatMap((event) =>
      event.kind === 'finding' && event.finding.resource.scope === this.namespace ? [event.finding] : [],
    );
  }

  /** Waits until these types are live. */
  async live(...types: readonly string[]): Promise<void> {
    for (const type of types)
      await eventually(`${type} is live`, async () => {
        const rows = await this.store.coverage();
        return rows.some((row) => row.type === type && row.state === 'live');
      });
  }

  /** Waits until every type that is watched is live and nothing is left to judge: findings may be open before that. */
  async settled(): Promise<void> {
    await this.live(...(this.#running?.types ?? []));
    await this.#running?.live.settled();
  }

  #kubeconfig(user: keyof typeof testUsers): string {
    const file = join(this.#folder, 'kubeconfig.json');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server: this.proxy.url } }],
      users: [{ name: 'u', user: { token: testUsers[user].token } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }
}

/** Defines a kind of objects of any shape, as a tool installs its own: for a cluster that one test file has alone. */
export async function defineKind(
  cluster: ClusterAccess | undefined,
  type: {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
    readonly plural: string;
    readonly scope: 'Cluster' | 'Namespaced';
    readonly subresources?: JsonObject;
  },
): Promise<void> {
  const { group, version, kind, plural, scope, subresources = {} } = type;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const served = { name: version, served: true, storage: true, schema, subresources };
  const names = { kind, plural, singular: kind.toLowerCase() };
  await cluster?.admin.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, names, scope, versions: [served] },
  });
}

/** Opens one before each test and closes it after. */
export function guardedCluster(cluster: ClusterAccess | undefined): () => GuardedCluster {
  let guarded: GuardedCluster | undefined;
  beforeEach(async () => {
    if (cluster !== undefined) guarded = await GuardedCluster.open(cluster);
  });
  afterEach(async () => await guarded?.close());
  return () => {
    if (guarded === undefined) throw new Error('no cluster is guarded');
    return guarded;
  };
}
