import type { ApiObject, TestClient } from './test-client.ts';
import { ApiError } from './test-client.ts';
import { TestCluster } from './test-cluster.ts';
import { TestClusterUnavailable } from './unavailable.ts';

const NODES = ['node-1', 'node-2', 'node-3'];
const TURN_MS = 3_000;

/** A workload to play with; every third one is careless. */
function deployment(name: string, careless: boolean): ApiObject {
  const labels = { 'app.kubernetes.io/name': name };
  const good = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const container = {
    name,
    image: `registry.example.com/${name}:1.0.0`,
    securityContext: careless ? { privileged: true } : good,
  };
  return {
    metadata: { name, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container], ...(careless ? { hostNetwork: true } : {}) } },
    },
  };
}

async function makeNodes(admin: TestClient): Promise<void> {
  const time = new Date().toISOString();
  for (const name of NODES) {
    await admin.create('/api/v1/nodes', { metadata: { name } });
    const room = { cpu: '16', memory: '64Gi', pods: '110' };
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'MadeUp',
      lastHeartbeatTime: time,
      lastTransitionTime: time,
    };
    await admin.patch(`/api/v1/nodes/${name}/status`, {
      status: { capacity: room, allocatable: room, conditions: [ready] },
    });
  }
}

/** Says of every bound pod that it runs, as its kubelet would, and ends those that are being deleted. */
async function playKubelet(admin: TestClient): Promise<void> {
  const pods: ApiObject[] = (await admin.get('/api/v1/pods'))['items'];
  for (const pod of pods) {
    const { name, namespace, deletionTimestamp } = pod['metadata'];
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    try {
      if (deletionTimestamp !== undefined) await admin.delete(path);
      else if (pod['spec'].nodeName !== undefined && pod['status'].phase === 'Pending')
        await admin.patch(`${path}/status`, { status: { phase: 'Running' } });
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 409)) throw error; // gone meanwhile
    }
  }
}

async function main(): Promise<void> {
  const cluster = await TestCluster.start({ controllerManager: true, scheduler: true });
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const { admin } = cluster;
  await makeNodes(admin);
  for (const namespace of ['shop', 'payments', 'batch']) {
    await admin.create('/api/v1/namespaces', { metadata: { name: namespace, labels: { team: namespace } } });
    for (const [i, name] of ['web', 'api', 'worker'].entries())
      await admin.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, deployment(name, i === 2));
  }
  process.stdout.write(`${cluster.kubeconfig}\n`);
  process.stderr.write(
    `\nA Kubernetes API server at ${cluster.url}, with pods that come and go. Watch it with\n  KUBECONFIG=${cluster.kubeconfig} npm start\nCtrl-C ends it.\n`,
  );
  for (let turn = 0; !stopped.signal.aborted; turn += 1) {
    await playKubelet(admin);
    await admin.patch('/apis/apps/v1/namespaces/batch/deployments/worker', { spec: { replicas: 1 + (turn % 3) } });
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
  }
  await cluster.stop();
}

await main().catch((error: unknown) => {
  const text =
    error instanceof TestClusterUnavailable
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
});
