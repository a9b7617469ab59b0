import { access } from 'node:fs/promises';
import { z } from 'zod';
import { PlimsollError, problem } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { SourceKind } from '../source.ts';

const optionsSchema = z.strictObject({
  name: z.string().min(1).optional().describe('The name of the source; left out: `files`.'),
  path: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe('Files and folders of manifests, and snapshots.'),
  once: z.boolean().optional().describe('Read everything once instead of watching.'),
});

/** Files and folders of plimsoll.yaml, or of the command line. */
export type FilesEntry = z.infer<typeof optionsSchema>;

const pathsOf = ({ path }: FilesEntry): readonly string[] => (typeof path === 'string' ? [path] : path);

/** Manifests in files and folders. */
export const filesKind: SourceKind<FilesEntry> = {
  id: 'files',
  title: 'Kubernetes manifests in files and folders, as they change, and snapshots of clusters',
  about: [
    'Reads .yaml, .yml and .json as kubectl does, lists of every kind as their items, without hidden files and',
    'node_modules. A folder that is named, or lies right below one, and holds a version.json (the answer of /version) is',
    'a cluster of its own and a source of its name, those that come later among them; two of one name are refused. What',
    'lies beside cluster folders is the source `files`, or of the name given: a folder there that gets its version.json later leaves it, so that',
    'findings of the one end and those of the new one open. A file that is gone ends its resources; one that cannot be',
    'read, or no longer parses, ends none: they stay, and coverage says why. A folder or file that was named and is',
    'gone, a cluster folder, and one that lost its version.json, is away: what it held is stale and stays until it is',
    'back. Of Secrets no value is kept. A file that `plimsoll snapshot` wrote is the cluster that it was taken of, a',
    'source of its name, as it was then: what could not be seen then is not seen now, and nothing of it is newer.',
  ].join(' '),
  needs: ['reading the files and folders', 'one inotify watch a folder (else the folders are looked through)'],
  options: optionsSchema,
  paths: ['path'],

  async open(entry, shared) {
    for (const path of pathsOf(entry)) {
      const reason = await unreadable(path);
      if (reason !== null) throw new PlimsollError('PLM1207', `cannot read ${path}: ${reason}`, { file: path });
    }
    const { openTargets } = await import('./open-targets.ts');
    return await openTargets(pathsOf(entry), { name: entry.name ?? 'files', once: entry.once === true }, shared);
  },

  async *arrivals(entry, sources, signal) {
    const { arrivingSources } = await import('./file-sources.ts');
    yield* arrivingSources(pathsOf(entry), sources, { name: entry.name ?? 'files' }, signal);
  },

  offered: () => Promise.resolve({ current: null, all: [] }),

  async silence(entry) {
    for (const path of pathsOf(entry)) {
      const reason = await unreadable(path);
      if (reason !== null) return reason;
    }
    return null;
  },

  async examine(entry) {
    const source = entry.name ?? 'files';
    const problems: Problem[] = [];
    for (const path of pathsOf(entry)) {
      const reason = await unreadable(path);
      if (reason !== null) problems.push(problem('PLM1213', `cannot read ${path}: ${reason}`, { source, file: path }));
    }
    return { version: null, minor: null, skew: null, types: null, missing: [], roles: [], problems };
  },
};

async function unreadable(path: string): Promise<string | null> {
  try {
    await access(path);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
