import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './is-alive.ts';
import { hasCode } from './system-error.ts';

/**
 * Runs `action` while this process alone holds the lock file at `path`; waits for whoever holds it.
 * The file holds its owner's process id: a lock whose owner is gone is taken over, so a killed build
 * blocks nobody.
 */
export async function withLock<T>(path: string, action: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  while (!(await tryAcquire(path))) {
    if (await isAbandoned(path)) await takeAway(path);
    else await sleep(200);
  }
  try {
    return await action();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryAcquire(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

// Two waiters may find the same lock abandoned; the second must not remove the first one's new lock. So the
// removal has a lock of its own, and looks again under it.
async function takeAway(path: string): Promise<void> {
  const removal = `${path}.removal`;
  if (!(await tryAcquire(removal))) {
    if (await isAbandoned(removal)) await rm(removal, { force: true });
    await sleep(50);
    return;
  }
  try {
    if (await isAbandoned(path)) await rm(path, { force: true });
  } finally {
    await rm(removal, { force: true });
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const owner = Number(await readFile(path, 'utf8'));
    // The id is written just after the file is made; an empty file is abandoned only when it stays so.
    if (!Number.isInteger(owner) || owner <= 0) return Date.now() - (await stat(path)).mtimeMs > 5_000;
    return !isAlive(owner);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
