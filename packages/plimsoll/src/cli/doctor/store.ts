import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { storeSize } from '../../inventory/sqlite/store-size.ts';
import { PlimsollError, problem } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { Check } from './check.ts';

/** Less room than this, or than the store takes already, is little. */
const leastRoom = 512 * 2 ** 20;

/** Whether a store can be where it is to be, what is there is one, and it has room to grow. */
export async function examineStore(file: string): Promise<Check> {
  const check = { check: 'store', subject: file };
  const size = await storeSize(file);
  const folder = await nearestFolder(dirname(file));
  const problems: Problem[] = [];
  const why = await unwritable(size === null ? folder : file, size === null);
  if (why !== null) problems.push(problem('PLM1506', why, { file }));
  // An empty file becomes a store.
  else if (size !== null && size.file > 0) problems.push(...(await unreadable(file)));
  const { bavail, bsize } = await statfs(folder);
  const room = bavail * bsize;
  const taken = size === null ? 0 : size.file + size.wal;
  if (room < Math.max(leastRoom, taken))
    problems.push(
      problem('PLM1122', `There is room for ${megabytes(room)} at ${folder}; the store takes ${megabytes(taken)}.`, {
        file,
      }),
    );
  const said = `${size === null ? 'not there yet' : megabytes(taken)}, room for ${megabytes(room)}`;
  return { ...check, said, problems };
}

/** Why what is there is no store: not that a server has it open, nor that `up` has yet to bring it up to date. */
async function unreadable(file: string): Promise<readonly Problem[]> {
  try {
    const store = openSqliteStore(file, { readOnly: true });
    await store.close();
    return [];
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    return ['PLM1502', 'PLM1507'].includes(error.code) ? [] : [error.problem];
  }
}

/** Why nothing can be written there; null where it can. */
async function unwritable(path: string, isFolder: boolean): Promise<string | null> {
  try {
    if (isFolder && !(await stat(path)).isDirectory()) return `${path} is no folder.`;
    await access(path, constants.R_OK | constants.W_OK);
    return null;
  } catch (error) {
    return `Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The folder itself, or the nearest one above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there || path === dirname(path)) return path;
  }
}

function megabytes(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${Math.floor(bytes / 2 ** 30)} GiB`;
}
