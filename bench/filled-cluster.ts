import { TestCluster, type TestClient } from '../packages/testcluster/src/index.ts';
import { realisticPod } from './pods.ts';

const CONCURRENCY = 24;

/** Starts a cluster of its own and writes `count` realistic pods into it, bound to no node. */
export async function filledCluster(count: number, log: (line: string) => void): Promise<TestCluster> {
  const cluster = await TestCluster.start();
  log(`writing ${count} pods`);
  const namespaces = Array.from({ length: 20 }, (_, i) => `team-${i}`);
  for (const name of namespaces)
    await cluster.admin.create('/api/v1/namespaces', { metadata: { name, labels: { team: name } } });
  await inParallel(count, (i) => createPod(cluster.admin, i + 1));
  return cluster;
}

async function createPod(admin: TestClient, index: number): Promise<void> {
  const { metadata, spec, status: _status, ...rest } = realisticPod(index) as Record<string, Record<string, unknown>>;
  const {
    uid: _uid,
    resourceVersion: _version,
    creationTimestamp: _time,
    managedFields: _managed,
    ...own
  } = metadata ?? {};
  const { nodeName: _node, ...free } = spec ?? {};
  await admin.create(`/api/v1/namespaces/${String(own['namespace'])}/pods`, { ...rest, metadata: own, spec: free });
}

/** Runs `count` calls, a few at a time. */
async function inParallel(count: number, call: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await call(next - 1);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}
