import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { TestCluster } from '../packages/testcluster/src/index.ts';
import { type Bench, type Figure, figure, percentile } from './figures.ts';
import { RunningPlimsoll } from './running-plimsoll.ts';

/** Pods a second: the rate to hold, then those to fall back to where the API server does not bear it on this machine. */
const RATES = [500, 250, 125];
const SECONDS = 20;
/** Seconds of writing that are not counted. */
const WARM_UP = 2;
/** A writer that ends so many milliseconds late wrote at another rate than it was to. */
const LATE = 1_000;

/** One line of a watcher: which pod, and when it was seen (`process.hrtime`, nanoseconds). */
interface Seen {
  readonly name: string;
  readonly at: string;
}

/**
 * Small pods are written at a steady rate. A bare watcher in a process of its own notes when each event arrives; a
 * client of our stream, in another, notes when it has the finding. Both read the same monotonic clock.
 */
export const latencyBench: Bench = {
  name: 'latency',
  about: 'from the event at a bare watcher to the finding at a client of our stream, 500 pods/s, store durable',
  async run(log) {
    for (const rate of RATES) {
      log(`writing ${rate} pods a second for ${SECONDS} s`);
      const figures = await measure(rate);
      if (!('reason' in figures)) return figures;
      log(`${rate} a second is more than this machine bears: ${figures.reason}`);
    }
    throw new Error('this machine bears no rate: is it busy with something else?');
  },
};

/** The figures at a rate, or why they cannot be had: whoever reads them should not read the API server's own lag. */
async function measure(rate: number): Promise<readonly Figure[] | { readonly reason: string }> {
  const cluster = await TestCluster.start();
  const plimsoll = await RunningPlimsoll.start(cluster.kubeconfig);
  try {
    await cluster.admin.create('/api/v1/namespaces', { metadata: { name: 'bench' } });
    await plimsoll.untilLive('core/pods');
    const bare = watcher('bare-watcher.ts', [cluster.url, cluster.ca]);
    const ours = watcher('stream-client.ts', [plimsoll.url]);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const { responded, lateMs } = await write(cluster, rate);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const [events, findings] = [await bare.stop(), await ours.stop()];
    if (events === null) return { reason: 'the API server cut the bare watcher off, which did not keep up' };
    if (lateMs > LATE) return { reason: `the writer ended ${Math.round(lateMs)} ms late` };
    if (findings === null) throw new Error('our stream cut its client off');
    const late: number[] = [];
    const server: number[] = [];
    for (const [name, respondedAt] of responded) {
      const event = events.get(name);
      const finding = findings.get(name);
      if (event === undefined || finding === undefined)
        throw new Error(`${name} was ${event === undefined ? 'not seen' : 'not found'}`);
      late.push(Number(finding - event) / 1e6);
      server.push(Number(event - respondedAt) / 1e6);
    }
    return [
      figure('pods written a second', 'higher', [rate], RATES[0]),
      figure('finding after the bare watcher, p50 ms', 'lower', [percentile(late, 0.5)], 2),
      figure('finding after the bare watcher, p99 ms', 'lower', [percentile(late, 0.99)], 15),
      figure('finding after the bare watcher, p99.9 ms', 'lower', [percentile(late, 0.999)]),
      figure('bare watcher after the write response, p50 ms', 'lower', [percentile(server, 0.5)]),
      figure('bare watcher after the write response, p99 ms', 'lower', [percentile(server, 0.99)]),
    ];
  } finally {
    await plimsoll.stop();
    await cluster.stop();
  }
}

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

/** Writes pods that break a guardrail; gives when each response came, the warm-up's left out, and how late the last. */
async function write(
  cluster: TestCluster,
  rate: number,
): Promise<{ readonly responded: ReadonlyMap<string, bigint>; readonly lateMs: number }> {
  const responded = new Map<string, bigint>();
  const pending: Promise<void>[] = [];
  const started = performance.now();
  for (let i = 0; i < rate * SECONDS; i += 1) {
    const wait = started + (i * 1000) / rate - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const name = `pod-${i}`;
    pending.push(
      cluster.admin.create('/api/v1/namespaces/bench/pods', smallPod(name)).then(() => {
        if (i >= rate * WARM_UP) responded.set(name, process.hrtime.bigint());
      }),
    );
  }
  await Promise.all(pending);
  return { responded, lateMs: performance.now() - started - SECONDS * 1000 };
}

/** A process that watches; `stop` gives what it saw and when, null where the watch ended before. */
function watcher(file: string, args: readonly string[]): { stop(): Promise<ReadonlyMap<string, bigint> | null> } {
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
      if (child.exitCode !== null) return null;
      child.kill('SIGTERM');
      await ended;
      return seen;
    },
  };
}
