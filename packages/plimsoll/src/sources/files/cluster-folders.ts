import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isLookedInto } from './find-files.ts';

/** What makes a folder a cluster's: the answer of its `/version`. */
export const clusterMark = 'version.json';

/** True for a folder, or a link to one, that holds a `version.json`. */
export function isClusterFolder(path: string): boolean {
  return existsSync(join(path, clusterMark));
}

/** Cluster folders at or right below a target; none where it is a file. */
export function clusterFolders(target: string): readonly string[] {
  if (isClusterFolder(target)) return [target];
  return statSync(target).isDirectory() ? clusterFoldersBelow(target) : [];
}

/** Cluster folders right below a folder, by name. */
export function clusterFoldersBelow(folder: string): readonly string[] {
  // A link may lead to one; files, of which there may be many, need no look.
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isFile());
  const names = entries.map(({ name }) => name).filter(isLookedInto);
  return names
    .map((name) => join(folder, name))
    .filter(isClusterFolder)
    .sort();
}
