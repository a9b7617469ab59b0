import { access, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

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
    for (const fleet of fleets) {
      for (const name of await foldersIn(fleet)) {
        const folder = join(fleet, name);
        if (seen.has(resolve(folder)) || !(await isThere(join(folder, 'version.json')))) continue;
        seen.add(resolve(folder));
        yield folder;
      }
    }
  }
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return []; // gone, or not to be read: its clusters say so, each for itself
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  // Ends early where nobody waits any more.
  await delay(milliseconds, undefined, { signal }).catch(() => undefined);
}
