import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { clientAuthority } from './client-certificate.ts';
import { ClusterAccess, testUsers } from './cluster-access.ts';
import {
  apiServerPlan,
  certificatesFolder,
  type ComponentPlan,
  controllerPlan,
  etcdFolder,
  etcdPlan,
  kubeconfigText,
} from './component-flags.ts';
import { ComponentProcess } from './component-process.ts';
import { makeDataFolder, removeDataFolder } from './data-folder.ts';
import { freePort } from './free-port.ts';
import { type ApiObject, TestClient } from './test-client.ts';
import type { KeyedCertificate } from './x509.ts';

const READY_WITHIN_MS = 60_000;

/** What a test cluster is made of. */
export interface TestClusterOptions {
  /** Runs the controller-manager: Deployments get Pods, namespaces end, aggregated ClusterRoles fill. */
  readonly controllerManager?: boolean;
  readonly scheduler?: boolean;
  /** `1.33` … `1.36`: serves what that version served. */
  readonly emulatedVersion?: string;
  /** Further flags of the API server. */
  readonly apiServerFlags?: readonly string[];
  /** Gives the start up: what was started until then ends, and `start` throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How to run a cluster: its components in the order in which they start, and where they are. */
interface ClusterPlan {
  readonly folder: string;
  readonly url: string;
  readonly kubeconfig: string;
  readonly etcdUrl: string;
  readonly clientAuthority: KeyedCertificate;
  readonly components: readonly ComponentPlan[];
}

/**
 * A real etcd and kube-apiserver, on request controller-manager and scheduler, on loopback with free ports and a data
 * folder of their own. They end with this process, in whatever way it ends.
 */
export class TestCluster extends ClusterAccess {
  readonly #plan: ClusterPlan;
  /** In the order of the plan. */
  #running: ComponentProcess[];

  private constructor(plan: ClusterPlan, ca: string, running: ComponentProcess[]) {
    super({ url: plan.url, ca, kubeconfig: plan.kubeconfig, clientAuthority: plan.clientAuthority });
    this.#plan = plan;
    this.#running = running;
  }

  /** Starts one. @throws {TestClusterUnavailable} where it cannot run here. */
  static async start(options: TestClusterOptions = {}): Promise<TestCluster> {
    options.signal?.throwIfAborted();
    const folder = makeDataFolder();
    try {
      const plan = await planOf(folder, options);
      const running = await startAll(plan, options.signal);
      return new TestCluster(plan, authorityOf(folder) ?? '', running);
    } catch (error) {
      removeDataFolder(folder);
      throw error;
    }
  }

  /** Process ids, for tests that look whether something was left behind. */
  get pids(): readonly number[] {
    return this.#running.map(({ pid }) => pid);
  }

  /** Where the cluster keeps its data; removed by `stop`. */
  get folder(): string {
    return this.#plan.folder;
  }

  /** Kills the API server. */
  async killApiServer(): Promise<void> {
    await this.#running.find(({ component }) => component === 'kube-apiserver')?.kill();
  }

  /** Starts the API server again on the same port and data; it must have ended. */
  async startApiServer(): Promise<void> {
    const planned = this.#plan.components.filter(({ component }) => component === 'kube-apiserver');
    const [apiServer] = await startAll({ ...this.#plan, components: planned });
    this.#running = this.#running.map((old) => (old.component === 'kube-apiserver' ? (apiServer ?? old) : old));
  }

  /** Makes etcd forget its history up to now. The API server's caches know it until it starts again. */
  async compact(): Promise<void> {
    // etcd's gRPC gateway: numbers of 64 bits are strings, keys base64.
    const ask = async (path: string, body: object): Promise<ApiObject> => {
      const answer = await request(this.#plan.etcdUrl + path, { method: 'POST', body: JSON.stringify(body) });
      return (await answer.body.json()) as ApiObject;
    };
    const { header } = await ask('/v3/kv/range', { key: Buffer.from('/').toString('base64') });
    await ask('/v3/kv/compaction', { revision: header.revision, physical: true });
  }

  /** Stops everything and starts it again on the same ports; `empty`: as another cluster, without the old one's data. */
  async restart({ empty = false } = {}): Promise<void> {
    await stopAll(this.#running);
    if (empty) removeDataFolder(etcdFolder(this.#plan.folder));
    this.#running = await startAll(this.#plan);
  }

  /** Copies what etcd holds, restarting everything; gives the way to start everything anew on that copy. */
  async backUp(): Promise<() => Promise<void>> {
    const data = etcdFolder(this.#plan.folder);
    const copy = `${data}-copy`;
    await stopAll(this.#running);
    cpSync(data, copy, { recursive: true });
    this.#running = await startAll(this.#plan);
    return async () => {
      await stopAll(this.#running);
      removeDataFolder(data);
      renameSync(copy, data);
      this.#running = await startAll(this.#plan);
    };
  }

  /** Ends everything and removes its data. */
  async stop(): Promise<void> {
    await this.admin.close();
    await stopAll(this.#running);
    removeDataFolder(this.#plan.folder);
  }
}

async function planOf(folder: string, options: TestClusterOptions): Promise<ClusterPlan> {
  const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const kubeconfig = join(folder, 'kubeconfig');
  const controllers = [
    ...(options.controllerManager === true ? (['kube-controller-manager'] as const) : []),
    ...(options.scheduler === true ? (['kube-scheduler'] as const) : []),
  ];
  const authority = clientAuthority(Date.now());
  const components = [etcdPlan(folder, etcdUrl, peerPort), apiServerPlan(folder, etcdUrl, port, authority, options)];
  for (const component of controllers) components.push(controllerPlan(component, folder, kubeconfig, await freePort()));
  return { folder, kubeconfig, etcdUrl, url: `https://127.0.0.1:${port}`, clientAuthority: authority, components };
}

/** Starts components one after the other, the API server to its readiness; where one fails the others are killed. */
async function startAll(plan: ClusterPlan, signal?: AbortSignal): Promise<ComponentProcess[]> {
  const running: ComponentProcess[] = [];
  try {
    for (const { component, flags } of plan.components) {
      const started = await ComponentProcess.start(component, flags, signal);
      running.push(started);
      if (component !== 'kube-apiserver') continue;
      const ca = await readyAuthority(plan, started, signal);
      writeFileSync(plan.kubeconfig, kubeconfigText(plan.url, ca), { mode: 0o600 });
    }
    signal?.throwIfAborted();
    return running;
  } catch (error) {
    for (const component of running.toReversed()) await component.kill();
    throw error;
  }
}

/** Ends components in the opposite order: an API server whose etcd went first hangs. */
async function stopAll(running: readonly ComponentProcess[]): Promise<void> {
  for (const component of running.toReversed())
    if (component.component === 'kube-apiserver') await component.stop(2_000);
    else await component.kill();
}

/** Waits for `/readyz` and gives the self-signed certificate that the server made, which is its own authority. */
async function readyAuthority(plan: ClusterPlan, apiServer: ComponentProcess, signal?: AbortSignal): Promise<string> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    signal?.throwIfAborted();
    if (apiServer.hasEnded) throw new Error(`kube-apiserver ended at start:\n${apiServer.output}`);
    const ca = authorityOf(plan.folder);
    if (ca !== null && (await isReady(plan.url, ca))) return ca;
    await delay(50);
  }
  throw new Error(`kube-apiserver was not ready within ${READY_WITHIN_MS / 1000} s:\n${apiServer.output}`);
}

/** The API server's certificate; null where it has not written it yet. */
function authorityOf(folder: string): string | null {
  try {
    return readFileSync(join(certificatesFolder(folder), 'apiserver.crt'), 'utf8');
  } catch {
    return null; // not written yet
  }
}

async function isReady(url: string, ca: string): Promise<boolean> {
  const client = new TestClient(url, testUsers.admin.token, ca);
  try {
    const answer = await client.get('/readyz');
    return answer['text'] === 'ok';
  } catch {
    return false; // refused, or not ready yet: asked again until the time is up
  } finally {
    await client.close();
  }
}
