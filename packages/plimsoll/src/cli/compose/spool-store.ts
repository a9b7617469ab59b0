import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import type { Store } from '../../inventory/store.ts';

/** A store for one pass, and the way into it. */
export interface SpoolStore {
  readonly store: Store;
  readonly log: ChangeLog;
  /** Ends it; nothing of it stays. */
  readonly close: () => Promise<void>;
}

/**
 * A store for one pass over a cluster: in memory, or in a temporary file that its owner alone may read, which holds any
 * number of resources.
 */
export async function openSpoolStore(where: 'memory' | 'disk'): Promise<SpoolStore> {
  const folder = where === 'memory' ? null : await mkdtemp(join(tmpdir(), 'plimsoll-'));
  const remove = async () => {
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  };
  try {
    const store = openSqliteStore(folder === null ? ':memory:' : join(folder, 'spool.db'));
    const log = await ChangeLog.open(store, []);
    const close = async () => {
      await log.close();
      await store.close();
      await remove();
    };
    return { store, log, close };
  } catch (error) {
    await remove();
    throw error;
  }
}
