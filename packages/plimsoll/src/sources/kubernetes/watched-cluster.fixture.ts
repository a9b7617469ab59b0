import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClusterAccess, ScriptedProxy, testUsers } from '@plimsoll/testcluster';
import { afterEach, beforeEach } from 'vitest';
import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import type { Store } from '../../inventory/store.ts';
import type { Coverage } from '../../model/coverage.ts';
import type { Resource } from '../../model/resource.ts';
import { type KubernetesOptions, KubernetesSource } from './kubernetes-source.ts';

type User = Readonly<Record<string, object | string>>;

/** A test's way to watch a cluster through a scripted proxy into a store of its own; everything ends with the test. */
export class WatchedCluster {
  readonly cluster: ClusterAccess;
  readonly folder: string;
  readonly store: Store;
  readonly log: ChangeLog;
  readonly proxy: ScriptedProxy;
  readonly namespace: string;
  readonly #stops: (() => Promise<void>)[] = [];

  private constructor(parts: Pick<WatchedCluster, 'cluster' | 'folder' | 'store' | 'log' | 'proxy' | 'namespace'>) {
    this.cluster = parts.cluster;
    this.folder = parts.folder;
    this.store = parts.store;
    this.log = parts.log;
    this.proxy = parts.proxy;
    this.namespace = parts.namespace;
  }

  static async open(cluster: ClusterAccess): Promise<WatchedCluster> {
    const store = openSqliteStore(':memory:');
    return new WatchedCluster({
      cluster,
      folder: mkdtempSync(join(tmpdir(), 'plimsoll-kubernetes-')),
      store,
      log: await ChangeLog.open(store, []),
      proxy: await ScriptedProxy.start(cluster.url, cluster.ca),
      namespace: await cluster.namespace('source'),
    });
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) await stop();
    await this.proxy.stop();
    await this.log.close();
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A kubeconfig with one context that leads through the proxy, as one of the test users or as a user of its own. */
  kubeconfig(user: keyof typeof testUsers | User = 'admin', server = this.proxy.url): string {
    const file = join(this.folder, `kubeconfig-${Math.random().toString(36).slice(2)}.json`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user: typeof user === 'string' ? { token: testUsers[user].token } : user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }

  /** Starts a source through the proxy; gives the way to stop it, which the test's end does as well. */
  watch(options: Partial<KubernetesOptions> = {}): () => Promise<void> {
    const source = new KubernetesSource({
      name: 'test',
      ...(options.kubeconfig === undefined ? { kubeconfig: this.kubeconfig() } : {}),
      ...options,
      tuning: { stagger: 0, ...options.tuning },
    });
    const ending = new AbortController();
    const running = source.run(this.log, ending.signal);
    const stop = async (): Promise<void> => {
      ending.abort();
      await running;
    };
    this.#stops.push(stop);
    return stop;
  }

  pod(name: string, source = 'test', namespace = this.namespace): Promise<Resource | null> {
    return this.store.resource({ source, type: 'core/pods', scope: namespace, name });
  }

  async create(name: string, namespace = this.namespace): Promise<void> {
    const spec = { containers: [{ name: 'a', image: 'a' }] };
    await this.cluster.admin.create(`/api/v1/namespaces/${namespace}/pods`, { metadata: { name }, spec });
  }

  async remove(name: string): Promise<void> {
    await this.cluster.admin.delete(`/api/v1/namespaces/${this.namespace}/pods/${name}`);
  }

  async coverageOf(type: string, source = 'test', scope: string | null = null): Promise<Coverage | undefined> {
    const rows = await this.store.coverage();
    return rows.find((row) => row.source === source && row.type === type && row.scope === scope);
  }

  async live(type: string, source = 'test', scope: string | null = null): Promise<void> {
    await eventually(`${type} is live`, async () => (await this.coverageOf(type, source, scope))?.state === 'live');
  }
}

/** Opens one before each test and closes it after; the function gives that of the test under way. */
export function watchedCluster(cluster: ClusterAccess | undefined): () => WatchedCluster {
  let watched: WatchedCluster | undefined;
  beforeEach(async () => {
    if (cluster !== undefined) watched = await WatchedCluster.open(cluster);
  });
  afterEach(async () => await watched?.close());
  return () => {
    if (watched === undefined) throw new Error('no cluster is watched');
    return watched;
  };
}

/** Asks again and again until there is an answer; 15 s at most. */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined | null | false>): Promise<T> {
  for (let i = 0; i < 300; i += 1) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not within 15 s: ${what}`);
}
