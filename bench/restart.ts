import { type Bench, type Figure, figure } from './figures.ts';
import type { RunningPlimsoll } from './running-plimsoll.ts';
import type { TrafficCount } from '../packages/testcluster/src/index.ts';
import type { SimulatedClusters } from './simulated/clusters.ts';
import { onPods, type Watched } from './simulated/one-cluster.ts';
import { type Followed, StreamFollower } from './stream-follower.ts';
import { pause, until } from './waiting.ts';

const PODS = 100_000;
const RUNS = 5;
/** So many pods change while it is down. */
const CHANGED = 100;
const PATIENCE_MS = 60_000;

/** A store of 100,000 pods, killed and started again: where its watches can resume, and where they cannot. */
export const restartBench: Bench = {
  name: 'restart',
  about: `kill -9 and start with ${PODS} pods in the store, 20 guardrails, ${CHANGED} pods changed meanwhile`,
  run: async (log) => await onPods(PODS, log, async (watched) => await runOn(watched, log)),
};

async function runOn(
  { clusters, cluster, plimsoll }: Watched,
  log: (line: string) => void,
): Promise<readonly Figure[]> {
  const resumed: Restarted[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    log(`restart ${run + 1} of ${RUNS}, the history kept`);
    resumed.push(await restart(clusters, cluster, plimsoll, false));
  }
  log('restart, the history compacted');
  const listed = await restart(clusters, cluster, plimsoll, true);
  return [
    figure(
      'from start to serving, ms',
      'lower',
      [...resumed, listed].map(({ serving }) => serving),
      1_000,
    ),
    figure(
      'lists after a restart with a good resourceVersion',
      'lower',
      resumed.map(({ lists }) => lists),
      0,
    ),
    figure(
      `changes written for ${CHANGED} that happened`,
      'lower',
      resumed.map(({ changes }) => changes),
      CHANGED,
    ),
    figure(
      'from start to the last of them in the stream, ms',
      'lower',
      resumed.map(({ told }) => told),
    ),
    figure(`the same where all is listed anew: changes written`, 'lower', [listed.changes], CHANGED),
    figure('and from start to the last of them, ms', 'lower', [listed.told]),
    figure('MB at peak', 'lower', [plimsoll.peakMb], 768),
  ];
}

interface Restarted {
  readonly serving: number;
  /** Lists that the cluster was asked for. */
  readonly lists: number;
  /** Changes that were written, and when the last of them was in the stream. */
  readonly changes: number;
  readonly told: number;
}

/** Kills it, changes pods, starts it again; `compacted`: no watch can resume. */
async function restart(
  clusters: SimulatedClusters,
  cluster: number,
  plimsoll: RunningPlimsoll,
  compacted: boolean,
): Promise<Restarted> {
  const position = await StreamFollower.head(plimsoll.url);
  await plimsoll.kill();
  await clusters.ask('change', { cluster, count: CHANGED });
  if (compacted) await clusters.ask('compact', { cluster });
  const asked = await clusters.ask('traffic', { cluster });
  const began = performance.now();
  plimsoll.startAgain();
  const serving = await plimsoll.untilServing();
  const changes: Followed[] = [];
  let told = 0;
  const follower = new StreamFollower(plimsoll.url, 'change', position, (event) => {
    changes.push(event);
    told = performance.now() - began;
  });
  await until(() => changes.length >= CHANGED, PATIENCE_MS);
  // More of them would come now.
  await pause(compacted ? 20_000 : 3_000);
  follower.stop();
  const { lists }: TrafficCount = await clusters.ask('traffic', { cluster });
  return { serving, lists: lists - asked.lists, changes: changes.length, told };
}
