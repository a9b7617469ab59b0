import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { clusterFoldersBelow } from './cluster-folders.ts';

/**
 * Cluster folders (folders with a `version.json`) that come right below one of `fleets` and are not among `known`, each
 * once, until `signal` aborts. A fleet folder that cannot be read just now gives none: one that is away is not one
 * without clusters. `interval`: milliseconds between two looks.
 */
export async function* fleetArrivals(
  fleets: readonly string[],
  known: Iterable<string>,
  interval: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const seen = new Set([...known].map((folder) => resolve(folder)));
  for (; !signal.aborted; await pause(interval, signal)) {
    for (const folder of fleets.flatMap(clustersIn)) {
      if (seen.has(resolve(folder))) continue;
      seen.add(resolve(folder));
      yield folder;
    }
  }
}

function clustersIn(fleet: string): readonly string[] {
  try {
    return clusterFoldersBelow(fleet);
  } catch {
    return []; // gone, or not to be read: its clusters say so, each for itself
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  // Ends early where nobody waits any more.
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
