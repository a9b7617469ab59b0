import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { TestCluster } from '../packages/testcluster/src/index.ts';
import { type Bench, figure, percentile } from './figures.ts';
import { RunningPlimsoll } from './running-plimsoll.ts';

const RATE = 500;
const SECONDS = 20;
const WARM_UP = 1_000;

/** One line of a watcher: which pod, and when it was seen (`process.hrtime`, nanoseconds). */
interface Seen {
  readonly name: string;
  readonly at: string;
}

/**
 * Small pods are written at 500 a second. A bare watcher in a process of its own notes when each event arrives; a
 * client of our stream, in another, notes when it has the finding. Both read the same monotonic clock.
 */
export const latencyBench: Bench = {
  name: 'latency',
  about: 'from the event at a bare watcher to the finding at a client of our stream, 500 pods/s, store durable',
  async run(log) {
    const cluster = await TestCluster.start();
    const plimsoll = await RunningPlimsoll.start(cluster.kubeconfig);
    try {
      await cluster.admin.create('/api/v1/namespaces', { metadata: { name: 'bench' } });
      await plimsoll.untilLive('core/pods');
      const bare = watcher('bare-watcher.ts', [cluster.url, cluster.ca]);
      const ours = watcher('stream-client.ts', [plimsoll.url]);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      log(`writing ${RATE} pods a second for ${SECONDS} s`);
      const written = await write(cluster);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      const [events, findings] = [await bare.stop(), await ours.stop()];
      const late: number[] = [];
      const server: number[] = [];
      for (const [name, respondedAt] of written) {
        const event = events.get(name);
        const finding = findings.get(name);
        if (event === undefined || finding === undefined)
          throw new Error(`${name} was ${event === undefined ? 'not seen' : 'not found'}`);
        late.push(Number(finding - event) / 1e6);
        server.push(Number(event - respondedAt) / 1e6);
      }
      return [
        figure('finding after the bare watcher, p50 ms', 'lower', [percentile(late, 0.5)], 2),
        figure('finding after the bare watcher, p99 ms', 'lower', [percentile(late, 0.99)], 15),
        figure('finding after the bare watcher, p99.9 ms', 'lower', [percentile(late, 0.999)]),
        figure('bare watcher after the write response, p50 ms', 'lower', [percentile(server, 0.5)]),
        figure('bare watcher after the write response, p99 ms', 'lower', [percentile(server, 0.99)]),
        figure('pods written a second', 'higher', [(written.size / SECONDS) * (1 + WARM_UP / (RATE * SECONDS))]),
      ];
    } finally {
      await plimsoll.stop();
      await cluster.stop();
    }
  },
};

/** Holds 19 of the 20 guardrails; the host's network is the finding. */
function smallPod(name: string): object {
  const container = {
    name: 'a',
    image: 'registry.example.com/shop/a:1',
    resources: { requests: { cpu: '1m' }, limits: { memory: '1Mi' } },
    readinessProbe: { tcpSocket: { port: 80 } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  };
  const securityContext = { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };
  const labels = { 'app.kubernetes.io/name': 'a', team: 'bench' };
  return {
    metadata: { name, labels },
    spec: { hostNetwork: true, serviceAccountName: 'a', securityContext, containers: [container] },
  };
}

/** Writes pods that break a guardrail, at a steady rate; gives when each response came, the warm-up's left out. */
async function write(cluster: TestCluster): Promise<Map<string, bigint>> {
  const responded = new Map<string, bigint>();
  const pending: Promise<void>[] = [];
  const started = performance.now();
  for (let i = 0; i < RATE * SECONDS; i += 1) {
    const due = started + (i * 1000) / RATE;
    if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
    const name = `pod-${i}`;
    const pod = smallPod(name);
    pending.push(
      cluster.admin.create('/api/v1/namespaces/bench/pods', pod).then(() => {
        if (i >= WARM_UP) responded.set(name, process.hrtime.bigint());
      }),
    );
  }
  await Promise.all(pending);
  return responded;
}

function watcher(file: string, args: readonly string[]): { stop(): Promise<Map<string, bigint>> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'watchers', file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const seen = new Map<string, bigint>();
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const { name, at } = JSON.parse(line) as Seen;
    if (!seen.has(name)) seen.set(name, BigInt(at));
  });
  const ended = new Promise((resolve) => lines.once('close', resolve));
  return {
    stop: async () => {
      // The API server ends the watch of whoever does not keep up with it: then there is nothing to compare with.
      if (child.exitCode !== null) throw new Error(`${file} was cut off: is the machine busy with something else?`);
      child.kill('SIGTERM');
      await ended;
      return seen;
    },
  };
}
