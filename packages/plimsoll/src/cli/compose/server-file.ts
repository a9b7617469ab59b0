import { readFile, rm, writeFile } from 'node:fs/promises';

/** The file beside a store that holds the address of the server that has it open (interface.md, `STORE.server`). */
const fileOf = (store: string) => `${store}.server`;

/** Says where the server of a store is; readable by its owner alone. Gives the way to take it back. */
export async function announceServer(store: string, url: string): Promise<() => Promise<void>> {
  const file = fileOf(store);
  await rm(file, { force: true });
  await writeFile(file, `${url}\n`, { mode: 0o600 });
  return async () => await rm(file, { force: true });
}

/** The address of the server of a store; null where none is said. */
export async function announcedServer(store: string): Promise<string | null> {
  try {
    return (await readFile(fileOf(store), 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
