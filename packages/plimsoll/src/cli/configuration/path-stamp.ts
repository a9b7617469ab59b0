import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of one folder that are looked at; guardrails are few. */
const most = 10_000;

/**
 * What tells whether any of these files, or of the files in these folders, was written: equal stamps mean no. Links are
 * followed, so that a mounted ConfigMap that is swapped is noticed.
 */
export async function pathStamp(paths: readonly string[]): Promise<string> {
  const stamps: string[] = [];
  for (const path of paths) stamps.push(...(await stampsOf(path)));
  return stamps.join('\n');
}

async function stampsOf(path: string): Promise<readonly string[]> {
  try {
    const found = await stat(path, { bigint: true });
    const own = `${path} ${found.ino} ${found.size} ${found.mtimeNs}`;
    if (!found.isDirectory()) return [own];
    const names = (await readdir(path)).sort().filter((name) => !name.startsWith('.') && name !== 'node_modules');
    const inside: string[] = [];
    for (const name of names) {
      if (inside.length >= most) break;
      inside.push(...(await stampsOf(join(path, name))));
    }
    return [`${path} ${names.length}`, ...inside];
  } catch (error) {
    return [`${path} ${error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'}`];
  }
}
