import { ChangeLog } from '../../inventory/change-log.ts';
import type { Reader } from '../../inventory/reader.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import type { Store } from '../../inventory/store.ts';

/** An open store and its change log. */
export interface OpenInventory {
  readonly store: Store;
  readonly log: ChangeLog;
  readonly close: () => Promise<void>;
}

/**
 * Opens a store file (`:memory:` for none) and its change log with the readers that `readersOf` makes over the store.
 *
 * @throws PlimsollError PLM15xx where the file is no store, is in use, or cannot be opened
 */
export async function openInventory(
  file: string,
  readersOf: (store: Store) => Promise<readonly Reader[]>,
): Promise<OpenInventory> {
  const store = openSqliteStore(file);
  try {
    const log = await ChangeLog.open(store, await readersOf(store));
    const close = async () => {
      await log.close();
      await store.close();
    };
    return { store, log, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}
