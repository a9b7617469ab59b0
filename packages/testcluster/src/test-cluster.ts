import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ComponentProcess } from './component-process.ts';
import { freePort } from './free-port.ts';
import { ClusterAccess, testUsers } from './cluster-access.ts';
import { TestClient } from './test-client.ts';

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
}

/**
 * A real etcd and kube-apiserver, on request controller-manager and scheduler, on loopback with free ports and a data
 * folder of their own. They end with this process, in whatever way it ends.
 */
export class TestCluster extends ClusterAccess {
  readonly #folder: string;
  readonly #etcd: ComponentProcess;
  readonly #apiServerFlags: readonly string[];
  readonly #controllers: readonly ComponentProcess[];
  #apiServer: ComponentProcess;

  private constructor(parts: {
    url: string;
    ca: string;
    folder: string;
    etcd: ComponentProcess;
    apiServer: ComponentProcess;
    apiServerFlags: readonly string[];
    controllers: readonly ComponentProcess[];
  }) {
    super({ url: parts.url, ca: parts.ca, kubeconfig: join(parts.folder, 'kubeconfig') });
    this.#folder = parts.folder;
    this.#etcd = parts.etcd;
    this.#apiServer = parts.apiServer;
    this.#apiServerFlags = parts.apiServerFlags;
    this.#controllers = parts.controllers;
  }

  /** Starts one. @throws {TestClusterUnavailable} where it cannot run here. */
  static async start(options: TestClusterOptions = {}): Promise<TestCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-testcluster-'));
    const started: ComponentProcess[] = [];
    try {
      const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
      const etcdUrl = `http://127.0.0.1:${etcdPort}`;
      const etcd = await ComponentProcess.start('etcd', [
        `--data-dir=${join(folder, 'etcd')}`,
        `--listen-client-urls=${etcdUrl}`,
        `--advertise-client-urls=${etcdUrl}`,
        `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
        '--unsafe-no-fsync',
        '--log-level=error',
      ]);
      started.push(etcd);
      const apiServerFlags = flagsOfApiServer(folder, etcdUrl, port, options);
      const apiServer = await ComponentProcess.start('kube-apiserver', apiServerFlags);
      started.push(apiServer);
      const url = `https://127.0.0.1:${port}`;
      const ca = await readyAuthority(url, folder, apiServer);
      writeFileSync(join(folder, 'kubeconfig'), kubeconfigText(url, ca), { mode: 0o600 });
      const controllers: ComponentProcess[] = [];
      for (const component of wantedControllers(options)) {
        const controller = await ComponentProcess.start(
          component,
          flagsOfController(component, folder, await freePort()),
        );
        started.push(controller);
        controllers.push(controller);
      }
      return new TestCluster({ url, ca, folder, etcd, apiServer, apiServerFlags, controllers });
    } catch (error) {
      for (const component of started.toReversed()) await component.kill();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Process ids, for tests that look whether something was left behind. */
  get pids(): readonly number[] {
    return [...this.#controllers, this.#apiServer, this.#etcd].map((component) => component.pid);
  }

  /** Kills the API server. */
  async killApiServer(): Promise<void> {
    await this.#apiServer.kill();
  }

  /** Starts the API server again on the same port and data; it must have ended. */
  async startApiServer(): Promise<void> {
    this.#apiServer = await ComponentProcess.start('kube-apiserver', this.#apiServerFlags);
    await readyAuthority(this.url, this.#folder, this.#apiServer);
  }

  /** Ends everything, the API server before etcd: the other way round its shutdown hangs. */
  async stop(): Promise<void> {
    await this.admin.close();
    for (const controller of this.#controllers) await controller.kill();
    await this.#apiServer.stop(2_000);
    await this.#etcd.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function flagsOfApiServer(folder: string, etcdUrl: string, port: number, options: TestClusterOptions): string[] {
  const key = join(folder, 'service-account.key');
  const tokens = join(folder, 'tokens.csv');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const lines = Object.values(testUsers).map(
    ({ name, token, groups }) => `${token},${name},${name},"${groups.join(',')}"`,
  );
  writeFileSync(tokens, `${lines.join('\n')}\n`, { mode: 0o600 });
  return [
    `--etcd-servers=${etcdUrl}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    '--service-cluster-ip-range=10.0.0.0/24',
    `--cert-dir=${join(folder, 'certificates')}`,
    '--authorization-mode=RBAC',
    `--token-auth-file=${tokens}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--disable-admission-plugins=ServiceAccount',
    '--allow-privileged=true',
    '--runtime-config=api/all=true',
    '--enable-aggregator-routing=true',
    ...(options.emulatedVersion === undefined ? [] : [`--emulated-version=${options.emulatedVersion}`]),
    ...(options.apiServerFlags ?? []),
  ];
}

function wantedControllers(options: TestClusterOptions): ('kube-controller-manager' | 'kube-scheduler')[] {
  return [
    ...(options.controllerManager === true ? (['kube-controller-manager'] as const) : []),
    ...(options.scheduler === true ? (['kube-scheduler'] as const) : []),
  ];
}

function flagsOfController(component: string, folder: string, port: number): string[] {
  const kubeconfig = join(folder, 'kubeconfig');
  const shared = [
    `--kubeconfig=${kubeconfig}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--leader-elect=false',
    '--kube-api-qps=500',
    '--kube-api-burst=500',
  ];
  if (component === 'kube-scheduler') return shared;
  // Nobody renews the leases of made-up nodes.
  return [
    ...shared,
    `--service-account-private-key-file=${join(folder, 'service-account.key')}`,
    '--use-service-account-credentials=false',
    '--node-monitor-grace-period=24h',
  ];
}

/** Waits for `/readyz` and gives the self-signed certificate that the server made, which is its own authority. */
async function readyAuthority(url: string, folder: string, apiServer: ComponentProcess): Promise<string> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    if (apiServer.hasEnded) throw new Error(`kube-apiserver ended at start:\n${apiServer.output}`);
    const ca = readIfThere(join(folder, 'certificates', 'apiserver.crt'));
    if (ca !== null && (await isReady(url, ca))) return ca;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`kube-apiserver was not ready within ${READY_WITHIN_MS / 1000} s:\n${apiServer.output}`);
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
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

function kubeconfigText(url: string, ca: string): string {
  const users = Object.values(testUsers);
  return `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'testcluster',
          cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
        },
      ],
      users: users.map(({ name, token }) => ({ name, user: { token } })),
      contexts: users.map(({ name }) => ({ name, context: { cluster: 'testcluster', user: name } })),
      'current-context': 'admin',
    },
    null,
    2,
  )}\n`;
}
