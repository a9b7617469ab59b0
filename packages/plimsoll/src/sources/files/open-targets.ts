import { PlimsollError } from '../../model/errors.ts';
import { isSnapshot, SnapshotFile } from '../snapshots/snapshot-file.ts';
import { SnapshotSource } from '../snapshots/snapshot-source.ts';
import type { SharedSources, Source } from '../source.ts';
import { fileSources } from './file-sources.ts';
import { defaultTuning, type FolderOptions } from './folder-source.ts';

/**
 * The sources of files, folders and snapshots: a snapshot is the source whose name it was taken of, what else there is
 * as {@link fileSources} gives it.
 *
 * @throws PlimsollError PLM1214 for two of one name, PLM122x for a file that is packed and no snapshot
 */
export async function openTargets(
  targets: readonly string[],
  options: FolderOptions,
  { claims }: SharedSources,
): Promise<readonly Source[]> {
  const others: string[] = [];
  const snapshots = new Map<string, SnapshotSource>();
  for (const path of targets) {
    if (!(await isSnapshot(path))) {
      others.push(path);
      continue;
    }
    const { source } = await SnapshotFile.head(path);
    const other = snapshots.get(source);
    if (other !== undefined) throw sameName(source, other.path, path);
    const interval = options.tuning?.poll ?? defaultTuning.poll;
    snapshots.set(source, new SnapshotSource(source, path, { once: options.once === true, claims, interval }));
  }
  const sources = others.length === 0 ? [] : fileSources(others, options);
  for (const { name } of sources) {
    const snapshot = snapshots.get(name);
    if (snapshot !== undefined) throw sameName(name, snapshot.path, others.join(', '));
  }
  return [...snapshots.values(), ...sources];
}

function sameName(name: string, one: string, other: string): PlimsollError {
  return new PlimsollError('PLM1214', `${one} and ${other} would both be the source ${name}.`);
}
