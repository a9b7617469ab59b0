import { type Bench, type Figure, figure } from './figures.ts';
import type { SimulatedClusters } from './simulated/clusters.ts';
import { onOneCluster, type Watched } from './simulated/one-cluster.ts';
import { StreamFollower } from './stream-follower.ts';
import { pause, until } from './waiting.ts';

const TYPES = 2_000;
const OBJECTS = 20;
const PATIENCE_MS = 150_000;
/** A change that has not come by then belongs to a watch that nobody answers. */
const ANSWER_MS = 30_000;

/** A cluster of operators: thousands of types, each with its own list and its own watch. */
export const crdsBench: Bench = {
  name: 'crds',
  about: `a simulated cluster with ${TYPES} CRDs, ${OBJECTS} objects of 4 KB each, 20 guardrails`,
  async run(log) {
    const fill = async (clusters: SimulatedClusters, cluster: number): Promise<void> => {
      log(`defining ${TYPES} types`);
      await clusters.ask('types', { cluster, types: TYPES, objects: OBJECTS });
    };
    return await onOneCluster(fill, async (watched) => await runOn(watched, log));
  },
};

async function runOn(
  { clusters, cluster, plimsoll }: Watched,
  log: (line: string) => void,
): Promise<readonly Figure[]> {
  const began = performance.now();
  const live = new Set<string>();
  const changed = new Set<string>();
  let touched = false;
  const follower = new StreamFollower(plimsoll.url, 'change,coverage', 0, ({ kind, item }) => {
    if (kind === 'coverage' && item.type.startsWith('group-'))
      if (item.state === 'live') live.add(item.type);
      else live.delete(item.type);
    if (kind === 'change' && touched && item.name === 'thing-1000') changed.add(item.type);
  });
  await until(() => live.size === TYPES, PATIENCE_MS);
  const seconds = (performance.now() - began) / 1000;
  log(`${live.size} types are live after ${seconds.toFixed(1)} s`);
  const startCpu = plimsoll.cpuMs / 1000;
  await pause(5_000);
  const resident = plimsoll.residentMb;
  touched = true;
  await clusters.ask('touch', { cluster, types: TYPES });
  await until(() => changed.size === TYPES, ANSWER_MS);
  const { mostLists, lists, requests, watches } = await clusters.ask('traffic', { cluster });
  follower.stop();
  return [
    figure('seconds until all are live', 'lower', [live.size === TYPES ? seconds : Infinity], 60),
    figure('lists under way at once, at most', 'lower', [mostLists], 50),
    figure('types whose watch tells of a change', 'higher', [changed.size], TYPES),
    figure('MB resident when live', 'lower', [resident], 512),
    figure('MB at peak', 'lower', [plimsoll.peakMb], 768),
    figure('CPU seconds until all are live', 'lower', [startCpu]),
    figure('lists', 'lower', [lists]),
    figure('requests', 'lower', [requests]),
    figure('watches open', 'higher', [watches]),
  ];
}
