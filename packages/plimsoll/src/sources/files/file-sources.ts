import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { PlimsollError, problem } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { Source } from '../source.ts';
import { clusterFolders, isClusterFolder, refuseUnpacked } from './cluster-folders.ts';
import { fleetArrivals } from './fleet-arrivals.ts';
import { defaultTuning, type FolderOptions, FolderSource } from './folder-source.ts';

/**
 * One source for each cluster folder (a folder with `version.json`) at or right below the targets; what else they hold
 * is the source `name`, which says nothing of itself where clusters are all there is. With `once` each is read once,
 * else it is watched.
 *
 * @throws PlimsollError PLM1214 for two of one name, PLM1225 for a folder that a snapshot was unpacked into
 */
export function fileSources(targets: readonly string[], options: FolderOptions = {}): readonly Source[] {
  refuseUnpacked(targets.flatMap(clusterFolders));
  const clusters = new Map(targets.flatMap(clusterFolders).map((folder) => [resolve(folder), folder]));
  const loose = targets.filter((target) => !isClusterFolder(target));
  const role = loose.every((target) => clusterFolders(target).length > 0) ? 'besides' : 'plain';
  const sources = [
    ...[...clusters].map(([path, folder]) => new FolderSource(basename(path), [folder], 'cluster', options)),
    ...(loose.length === 0 ? [] : [new FolderSource(options.name ?? 'files', loose, role, options)]),
  ];
  const named = new Map<string, FolderSource>();
  for (const source of sources) {
    const other = named.get(source.name);
    if (other !== undefined) throw new PlimsollError('PLM1214', sameName(source.name, other, source.targets));
    named.set(source.name, source);
    for (const folder of clusters.values()) source.leaveOut(folder);
  }
  return sources;
}

/**
 * The sources of cluster folders that come right below a target after `sources` were opened, each once; PLM1214 for one
 * whose name is another's. Ends with `signal`.
 */
export async function* arrivingSources(
  targets: readonly string[],
  sources: readonly Source[],
  options: FolderOptions,
  signal: AbortSignal,
): AsyncGenerator<Source | Problem> {
  const fleets = targets.filter((target) => !isClusterFolder(target) && statSync(target).isDirectory());
  if (fleets.length === 0) return;
  const opened = sources.filter((source) => source instanceof FolderSource);
  const named = new Map(opened.map((source) => [source.name, source]));
  const known = opened.flatMap((source) => source.targets);
  const interval = options.tuning?.poll ?? defaultTuning.poll;
  for await (const folder of fleetArrivals(fleets, known, interval, signal)) {
    const name = basename(resolve(folder));
    const other = named.get(name);
    if (other === undefined) {
      const source = new FolderSource(name, [folder], 'cluster', options);
      named.set(name, source);
      for (const before of opened) before.leaveOut(folder);
      yield source;
    } else yield problem('PLM1214', sameName(name, other, [folder]), { file: folder });
  }
}

function sameName(name: string, { targets }: FolderSource, others: readonly string[]): string {
  return `${targets.join(', ')} and ${others.join(', ')} would both be the source ${name}.`;
}
