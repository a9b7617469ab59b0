import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { testUsers } from './cluster-access.ts';
import { sharedTestCluster } from './shared-cluster.ts';
import { ApiError, type ApiObject } from './test-client.ts';
import { testClusterProgram } from './binaries.ts';
import { makeDataFolder } from './data-folder.ts';
import { TestCluster } from './test-cluster.ts';
import { testClusterOrSkip } from './unavailable.ts';

const cluster = await sharedTestCluster();
const program = await testClusterOrSkip(testClusterProgram);

async function eventually<T>(probe: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 200; i += 1) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not happen within 10 s');
}

describe.skipIf(cluster === undefined)('the shared test cluster', () => {
  it('is a Kubernetes 1.36 API server', async () => {
    expect(await cluster?.admin.get('/version')).toMatchObject({ major: '1', minor: '36' });
  });

  it('turns a Deployment into bound Pods where there is a node', async () => {
    const namespace = await cluster?.namespace('deploy');
    await cluster?.admin.create('/api/v1/nodes', { metadata: { name: `node-${namespace}` } });
    const now = new Date().toISOString();
    await cluster?.admin.patch(`/api/v1/nodes/node-${namespace}/status`, {
      status: {
        capacity: { cpu: '8', memory: '32Gi', pods: '100' },
        allocatable: { cpu: '8', memory: '32Gi', pods: '100' },
        conditions: [
          { type: 'Ready', status: 'True', reason: 'Test', lastHeartbeatTime: now, lastTransitionTime: now },
        ],
      },
    });
    await cluster?.admin.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web' }] } },
      },
    });
    const bound = await eventually(async () => {
      const pods: ApiObject[] = (await cluster?.admin.get(`/api/v1/namespaces/${namespace}/pods`))?.['items'];
      return pods.length === 2 && pods.every((pod) => pod['spec'].nodeName !== undefined) ? pods : undefined;
    });
    expect(bound).toHaveLength(2);
  });

  it('refuses a user whom RBAC grants nothing', async () => {
    const nobody = cluster?.clientFor(testUsers.nobody);
    await expect(nobody?.get('/api/v1/secrets')).rejects.toThrow(ApiError);
    await nobody?.close();
  });
});

const kubeSystem = '/api/v1/namespaces/kube-system';
const marks = '/api/v1/namespaces/default/configmaps';

describe.skipIf(program === undefined)('a test cluster of its own', () => {
  it('keeps its data when it is restarted, or only its API server; emptied it is another cluster', async () => {
    const own = await TestCluster.start();
    try {
      const before = await own.admin.get(kubeSystem);
      await own.admin.create(marks, { metadata: { name: 'mark' } });
      await own.killApiServer();
      await expect(own.admin.get(kubeSystem)).rejects.toThrow();
      await own.startApiServer();
      expect(await own.admin.get(`${marks}/mark`)).toMatchObject({ metadata: { name: 'mark' } });
      await own.restart();
      expect((await own.admin.get(kubeSystem))['metadata'].uid).toBe(before['metadata'].uid);
      expect(await own.admin.get(`${marks}/mark`)).toMatchObject({ metadata: { name: 'mark' } });
      await own.restart({ empty: true });
      const after = await eventually(() => own.admin.get(kubeSystem).catch(() => undefined));
      expect(after['metadata'].uid).not.toBe(before['metadata'].uid);
      await expect(own.admin.get(`${marks}/mark`)).rejects.toMatchObject({ status: 404 });
    } finally {
      await own.stop();
    }
    expect(own.pids.filter(isAlive)).toEqual([]);
    expect(existsSync(own.folder)).toBe(false);
  }, 120_000);

  it('serves what an older version served where it emulates one', async () => {
    const own = await TestCluster.start({ emulatedVersion: '1.34' });
    try {
      expect(await own.admin.get('/version')).toMatchObject({ emulationMajor: '1', emulationMinor: '34' });
    } finally {
      await own.stop();
    }
  });

  it('leaves no process behind when its parent is killed with -9, and no data after the next start', async () => {
    await using temporary = await temporaryFolder();
    const { parent, pids, folder } = await startInAnotherProcess({ TMPDIR: temporary.path });
    expect(pids.filter(isAlive)).toEqual(pids);
    parent.kill('SIGKILL');
    await eventually(async () => (pids.some(isAlive) ? undefined : true));
    expect(existsSync(folder)).toBe(true);
    const next = makeDataFolder(temporary.path);
    makeDataFolder(temporary.path);
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(next)).toBe(true);
  });

  it('leaves none of the programs of KUBEBUILDER_ASSETS behind, which know nothing of their parent', async () => {
    await using assets = await temporaryFolder();
    for (const component of ['etcd', 'kube-apiserver'])
      await writeFile(
        join(assets.path, component),
        `#!/bin/sh\nunset PLIMSOLL_TESTCLUSTER_END_WITH_STDIN\nexec ${program} ${component} "$@"\n`,
        { mode: 0o755 },
      );
    await using temporary = await temporaryFolder();
    const { parent, pids } = await startInAnotherProcess({ KUBEBUILDER_ASSETS: assets.path, TMPDIR: temporary.path });
    expect(pids.filter(isAlive)).toEqual(pids);
    parent.kill('SIGKILL');
    await eventually(async () => ((await processesOf(temporary.path)).length > 0 ? undefined : true));
  });
});

describe.skipIf(program === undefined)('npm run testcluster', () => {
  it.each([
    ['while it starts', 'stderr', 'Starting'],
    ['while it makes its workloads and lets them play', 'stdout', 'kubeconfig'],
  ] as const)('leaves nothing behind when Ctrl-C is pressed %s', async (_when, stream, word) => {
    await using temporary = await temporaryFolder();
    const playing = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: { ...process.env, TMPDIR: temporary.path },
      detached: true,
    });
    const ended = once(playing, 'exit');
    await said(playing[stream], word);
    await eventually(async () => ((await processesOf(temporary.path)).length > 0 ? true : undefined));
    process.kill(-(playing.pid ?? 0), 'SIGINT'); // as a terminal does: the whole group
    expect(await ended).toEqual([0, null]);
    expect(await processesOf(temporary.path)).toEqual([]);
    expect((await readdir(temporary.path)).filter((name) => name.startsWith('plimsoll-'))).toEqual([]);
  });

  it('says what to install where there is no Go', async () => {
    await using empty = await temporaryFolder();
    const playing = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
      env: { PATH: empty.path, HOME: empty.path, XDG_CACHE_HOME: empty.path, TMPDIR: empty.path },
    });
    const ended = once(playing, 'exit');
    await said(playing.stderr, 'install Go 1.26 or later');
    expect(await ended).toEqual([1, null]);
  });
});

/** A folder that is removed with its scope. */
async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'testcluster-test-'));
  return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A cluster whose parent is a process of its own. */
async function startInAnotherProcess(environment: NodeJS.ProcessEnv) {
  const parent = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'start-and-wait.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const line = await said(parent.stdout, 'pids');
  return { parent, ...(JSON.parse(line) as { pids: number[]; folder: string }) };
}

/** The first line with this word. */
async function said(stream: Readable, word: string): Promise<string> {
  for await (const line of createInterface({ input: stream })) if (line.includes(word)) return line;
  throw new Error(`it ended before it said ${word}`);
}

/** Processes whose command line names this folder. */
async function processesOf(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const line = await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => ''); // ended meanwhile
    if (line.includes(folder)) found.push(`${pid} ${line.slice(0, 80)}`);
  }
  return found;
}

/** A zombie that nobody reaped is not alive. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}
