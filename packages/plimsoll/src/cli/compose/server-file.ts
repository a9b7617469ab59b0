import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PlimsollError } from '../../model/errors.ts';
import { makeFolder } from '../../inventory/sqlite/make-folder.ts';

/** The file beside a store that holds the address of its server. */
const fileOf = (store: string) => `${store}.server`;

/**
 * Says where the server of a store is, readable by its owner alone; a server that keeps nothing says it beside where
 * the store would be. Gives the way to take it back, which leaves what another server has said since.
 */
export async function announceServer(store: string, url: string): Promise<() => Promise<void>> {
  const file = fileOf(store);
  makeFolder(dirname(file));
  await rm(file, { force: true });
  await writeFile(file, `${url}\n`, { mode: 0o600 });
  return async () => {
    if ((await announcedServer(store)) === url) await rm(file, { force: true });
  };
}

/** The address of the server of a store; null where none is said. */
export async function announcedServer(store: string): Promise<string | null> {
  try {
    return (await readFile(fileOf(store), 'utf8')).trim();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    // ENOTDIR: the store's folder is none, which is told when the store is opened.
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** Opens a store; where another process has it (PLM1502), the address of that one's server is named. */
export async function namingServer<T>(store: string, open: () => T | Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const url = error instanceof PlimsollError && error.code === 'PLM1502' ? await announcedServer(store) : null;
    if (url === null || !(error instanceof PlimsollError)) throw error;
    const message = `${error.message}, whose server is ${url} (--server ${url})`;
    throw new PlimsollError('PLM1502', message, { file: store }, { cause: error });
  }
}
