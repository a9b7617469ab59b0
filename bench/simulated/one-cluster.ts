import type { Figure } from '../figures.ts';
import { RunningPlimsoll } from '../running-plimsoll.ts';
import { SimulatedClusters } from './clusters.ts';

/** A simulated cluster, and a Plimsoll that watches it alone. */
export interface Watched {
  readonly clusters: SimulatedClusters;
  /** Its number among the clusters. */
  readonly cluster: number;
  readonly plimsoll: RunningPlimsoll;
}

/** Fills a simulated cluster, starts a Plimsoll on it and measures; ends both, whatever comes of it. */
export async function onOneCluster(
  fill: (clusters: SimulatedClusters, cluster: number) => Promise<void>,
  measure: (watched: Watched) => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> {
  const clusters = SimulatedClusters.start();
  try {
    const cluster = await clusters.open();
    await fill(clusters, cluster);
    const plimsoll = await RunningPlimsoll.start(clusters.kubeconfig, ['cluster-0']);
    try {
      return await measure({ clusters, cluster, plimsoll });
    } finally {
      await plimsoll.stop();
    }
  } finally {
    await clusters.stop();
  }
}

/** The same of a cluster of pods, measured once they are live. */
export async function onPods(
  count: number,
  log: (line: string) => void,
  measure: (watched: Watched) => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> {
  const fill = async (clusters: SimulatedClusters, cluster: number): Promise<void> => {
    log(`filling a cluster with ${count} pods`);
    await clusters.ask('pods', { cluster, count });
  };
  return await onOneCluster(fill, async (watched) => {
    await watched.plimsoll.untilLive('core/pods');
    return await measure(watched);
  });
}
