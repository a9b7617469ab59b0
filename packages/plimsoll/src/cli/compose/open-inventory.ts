import { ChangeLog } from '../../inventory/change-log.ts';
import type { Reader } from '../../inventory/reader.ts';
import { DEFAULT_LIMITS, type RetentionLimits } from '../../inventory/sqlite/retention.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import type { Store } from '../../inventory/store.ts';
import { tendStore } from '../../inventory/upkeep.ts';
import { systemClock } from '../../model/clock.ts';
import type { Problem } from '../../model/problem.ts';
import { namingServer } from './server-file.ts';

/** An open store and its change log. */
export interface OpenInventory<R> {
  readonly store: Store;
  readonly log: ChangeLog;
  readonly reader: R;
  readonly close: () => Promise<void>;
}

/**
 * Opens a store file (`:memory:` for none) and its change log with the readers that `readerOf` makes over the store, and
 * tends the store in the background until it is closed. What is stored can be asked for at once; the log is to be loaded
 * before it takes anything.
 *
 * @throws PlimsollError PLM15xx where the file is no store, is in use, or cannot be opened
 */
export async function openInventory<R extends Reader>(
  file: string,
  readerOf: (store: Store) => Promise<R>,
  complain: (problem: Problem) => void,
  limits: RetentionLimits = DEFAULT_LIMITS,
): Promise<OpenInventory<R>> {
  const store = await namingServer(file, () => openSqliteStore(file, { onNotice: complain, limits }));
  try {
    const reader = await readerOf(store);
    const log = ChangeLog.over(store, [reader]);
    const ending = new AbortController();
    const tending = tendStore(store, () => log.isBusy || !log.isLoaded, ending.signal, systemClock);
    const close = async () => {
      await log.close();
      ending.abort();
      await tending;
      await store.close();
    };
    return { store, log, reader, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}
