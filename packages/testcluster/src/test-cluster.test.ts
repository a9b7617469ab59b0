import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { testUsers } from './cluster-access.ts';
import { sharedTestCluster } from './shared-cluster.ts';
import { ApiError, type ApiObject } from './test-client.ts';
import { testClusterProgram } from './binaries.ts';
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

describe.skipIf(program === undefined)('a test cluster of its own', () => {
  it('leaves no process behind when its parent is killed with -9', async () => {
    const parent = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'start-and-wait.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pids = await new Promise<number[]>((resolve) =>
      createInterface({ input: parent.stdout }).once('line', (line) => resolve(JSON.parse(line) as number[])),
    );
    expect(pids.filter(isAlive)).toEqual(pids);
    parent.kill('SIGKILL');
    await eventually(async () => (pids.some(isAlive) ? undefined : true));
  });
});

/** A zombie that nobody reaped is not alive. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}
