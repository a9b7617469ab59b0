import { setTimeout as delay } from 'node:timers/promises';
import { type ApiObject, ApiError, type TestClient } from './test-client.ts';

const NODES = ['node-1', 'node-2', 'node-3'];
const TEAMS = ['shop', 'payments', 'batch'];
const TURN_MS = 3_000;

/** A Deployment of two pods; a careless one is privileged, on the host's network and never pinned to a version. */
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
    image: `registry.example.com/${name}:${careless ? 'latest' : '1.0.0'}`,
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

async function makeWorkloads(admin: TestClient): Promise<void> {
  for (const namespace of TEAMS) {
    await admin.create('/api/v1/namespaces', { metadata: { name: namespace, labels: { team: namespace } } });
    for (const [i, name] of ['web', 'api', 'worker'].entries())
      await admin.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, deployment(name, i === 2));
  }
}

/** Says of every bound pod that it runs, as its kubelet would, and ends those that are being deleted. */
async function playKubelet(admin: TestClient, refused: (error: ApiError) => void): Promise<void> {
  const pods: ApiObject[] = (await admin.get('/api/v1/pods'))['items'];
  for (const pod of pods) {
    const { name, namespace, deletionTimestamp } = pod['metadata'];
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    if (deletionTimestamp !== undefined) await unlessGone(admin.delete(path), refused);
    else if (pod['spec'].nodeName !== undefined && pod['status'].phase === 'Pending')
      await unlessGone(admin.patch(`${path}/status`, { status: { phase: 'Running' } }), refused);
  }
}

/** One step of the play: a good and a careless Deployment change size, and a careless one comes and goes as a whole. */
async function playTeam(admin: TestClient, turn: number, refused: (error: ApiError) => void): Promise<void> {
  const deployments = '/apis/apps/v1/namespaces/batch/deployments';
  await unlessGone(admin.patch(`${deployments}/web`, { spec: { replicas: 1 + (turn % 4) } }), refused);
  await unlessGone(admin.patch(`${deployments}/worker`, { spec: { replicas: turn % 3 } }), refused);
  if (turn % 4 === 1) await unlessGone(admin.create(deployments, deployment('experiment', true)), refused);
  if (turn % 4 === 3) await unlessGone(admin.delete(`${deployments}/experiment`), refused);
}

/** What is gone meanwhile, or there already, is well; what a policy of the user's refuses is told of by `refused`. */
async function unlessGone(request: Promise<ApiObject>, refused: (error: ApiError) => void): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 403 || error.status === 422) refused(error);
    else if (error.status !== 404 && error.status !== 409) throw error;
  }
}

/**
 * Fills an empty cluster with three teams' workloads, says that it is `ready`, and lets pods come and go. Writes that the
 * user's own policies refuse are left out; the first of them is told to `say`.
 */
export async function playWorkloads(
  admin: TestClient,
  signal: AbortSignal,
  ready: () => void,
  say: (line: string) => void,
): Promise<void> {
  let told = false;
  const refused = (error: ApiError): void => {
    if (!told)
      say(`A write of the playground's was refused, as others may be, and it goes on without: ${error.message}`);
    told = true;
  };
  await makeNodes(admin);
  await makeWorkloads(admin);
  ready();
  for (let turn = 0; !signal.aborted; turn += 1) {
    await playKubelet(admin, refused);
    await playTeam(admin, turn, refused);
    await delay(TURN_MS, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}
