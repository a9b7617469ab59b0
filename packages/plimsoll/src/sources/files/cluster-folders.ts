import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PlimsollError } from '../../model/errors.ts';
import { isLookedInto } from './find-files.ts';

/** What makes a folder a cluster's: the answer of its `/version`. */
export const clusterMark = 'version.json';

/** True for a folder, or a link to one, that holds a `version.json`. */
export function isClusterFolder(path: string): boolean {
  return existsSync(join(path, clusterMark));
}

/** True for a folder that a snapshot was unpacked into: what its objects were not kept of is not said there. */
function isUnpackedSnapshot(folder: string): boolean {
  return existsSync(join(folder, 'snapshot.json')) && existsSync(join(folder, '.plimsoll'));
}

/** @throws PlimsollError PLM1225 where one of the folders is one that a snapshot was unpacked into */
export function refuseUnpacked(folders: readonly string[]): void {
  const unpacked = folders.find(isUnpackedSnapshot);
  if (unpacked === undefined) return;
  throw new PlimsollError('PLM1225', `${unpacked} is an unpacked snapshot.`, { file: unpacked });
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
