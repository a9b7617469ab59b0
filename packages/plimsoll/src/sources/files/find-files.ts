import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { problem } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';

const suffix = /\.(?:ya?ml|json)$/i;

/** True for a file that a folder's reader takes up: YAML or JSON by its name, not hidden. */
export function isManifest(path: string): boolean {
  return suffix.test(path) && !basename(path).startsWith('.');
}

/** True for the name of a file or folder that is neither hidden nor another package's. */
export function isLookedInto(name: string): boolean {
  return !name.startsWith('.') && name !== 'node_modules';
}

/**
 * The files of a target in a stable order: the file itself, or every manifest under a folder, without hidden entries,
 * node_modules and the cases of guardrails; a folder that links lead to twice is read once. What cannot be read is a problem, and so is a pipe or a
 * device: opening one waits for its writer, and a scan reads twice.
 */
export async function* findFiles(target: string): AsyncGenerator<string | Problem> {
  yield* find(target, true, new Set());
}

async function* find(path: string, named: boolean, seen: Set<string>): AsyncGenerator<string | Problem> {
  try {
    const entry = await stat(path);
    if (!entry.isDirectory()) {
      if (!named && !isManifest(path)) return;
      yield entry.isFile() ? path : unreadable(path, named, 'it is a pipe or device');
      return;
    }
    const real = await realpath(path);
    if (seen.has(real)) return;
    seen.add(real);
    const entries = await readdir(path);
    // A guardrail's cases are its tests, and no manifests (guardrails/README.md).
    const isCases = (name: string): boolean => name === 'cases.yaml' && entries.includes('guardrail.yaml');
    const names = entries.filter((name) => isLookedInto(name) && !isCases(name)).sort();
    for (const name of names) yield* find(join(path, name), false, seen);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    yield unreadable(path, named, reason);
  }
}

function unreadable(path: string, named: boolean, reason: string): Problem {
  return problem(named ? 'PLM1207' : 'PLM1209', `cannot read ${path}: ${reason}`, { file: path });
}
