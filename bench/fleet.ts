import { type Bench, figure, percentile } from './figures.ts';
import { RunningPlimsoll } from './running-plimsoll.ts';
import { SimulatedClusters } from './simulated/clusters.ts';
import { StreamFollower } from './stream-follower.ts';
import { pause } from './waiting.ts';

const CLUSTERS = 50;
const PODS = 2_000;
/** Writes a second into the one cluster that is watched for how late its findings are. */
const RATE = 50;
const SECONDS = 20;
/** The slow one takes so long before each answer. */
const SLOW_MS = 10_000;

/** One process that watches many clusters, one of which is dead and one very slow: nobody else is later for them. */
export const fleetBench: Bench = {
  name: 'fleet',
  about: `${CLUSTERS} simulated clusters of ${PODS} pods in one process, one dead, one at ${SLOW_MS / 1000} s a request`,
  async run(log) {
    log('one cluster alone');
    const alone = await measure(1, log);
    log(`${CLUSTERS} clusters`);
    const many = await measure(CLUSTERS, log);
    const ratio = (share: number): number => percentile(many.late, share) / percentile(alone.late, share);
    return [
      figure('finding late, p50: fleet / one cluster alone', 'lower', [ratio(0.5)], 1.5),
      figure('finding late, p99: fleet / one cluster alone', 'lower', [ratio(0.99)], 1.5),
      figure('finding after the write, fleet, p50 ms', 'lower', [percentile(many.late, 0.5)]),
      figure('finding after the write, fleet, p99 ms', 'lower', [percentile(many.late, 0.99)], 15),
      figure('finding after the write, one cluster, p50 ms', 'lower', [percentile(alone.late, 0.5)]),
      figure('finding after the write, one cluster, p99 ms', 'lower', [percentile(alone.late, 0.99)]),
      figure('seconds until all that answer are live', 'lower', [many.seconds]),
      figure('seconds until one alone is live', 'lower', [alone.seconds]),
      figure('MB at peak', 'lower', [many.peakMb]),
    ];
  },
};

interface Measured {
  /** How late each finding was, milliseconds after its write. */
  readonly late: readonly number[];
  readonly seconds: number;
  readonly peakMb: number;
}

/** With more than one cluster the second is dead and the third slow. */
async function measure(count: number, log: (line: string) => void): Promise<Measured> {
  const clusters = SimulatedClusters.start();
  try {
    for (let number = 0; number < count; number += 1) {
      const cluster = await clusters.open(number === 1 ? { dead: true } : number === 2 ? { delay: SLOW_MS } : {});
      if (number !== 1) await clusters.ask('pods', { cluster, count: PODS });
    }
    const contexts = Array.from({ length: count }, (_, number) => `cluster-${number}`);
    const plimsoll = await RunningPlimsoll.start(clusters.kubeconfig, contexts);
    try {
      // The slow one is not waited for: whatever it does goes on beside what is measured.
      const answering = count === 1 ? 1 : count - 2;
      const seconds = (await plimsoll.untilLive('core/pods', answering)) / 1000;
      log(`live after ${seconds.toFixed(1)} s`);
      return { late: await lateness(clusters, plimsoll), seconds, peakMb: plimsoll.peakMb };
    } finally {
      await plimsoll.stop();
    }
  } finally {
    await clusters.stop();
  }
}

/** How late the findings are of pods that come into the first cluster. */
async function lateness(clusters: SimulatedClusters, plimsoll: RunningPlimsoll): Promise<readonly number[]> {
  const found = new Map<string, number>();
  const from = await StreamFollower.head(plimsoll.url);
  const follower = new StreamFollower(plimsoll.url, 'finding', from, ({ kind, item, at }) => {
    if (kind === 'finding' && !found.has(item.resource.name)) found.set(item.resource.name, at);
  });
  try {
    await pause(2_000);
    await clusters.ask('begin', { cluster: 0, rate: RATE, what: 'pods' });
    await pause(SECONDS * 1000);
    const writes = await clusters.ask('end', { cluster: 0 });
    await pause(2_000);
    return writes.flatMap(({ operation, breaks, name, at }) => {
      if (operation !== 'created' || !breaks) return [];
      return [(found.get(name) ?? Infinity) - at];
    });
  } finally {
    follower.stop();
  }
}
