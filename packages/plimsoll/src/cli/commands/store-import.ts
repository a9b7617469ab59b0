import { resolve } from 'node:path';
import { importStore } from '../../inventory/sqlite/import.ts';
import { namingServer } from '../compose/server-file.ts';
import { storeFileOf } from '../compose/store-file.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { printOne } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll store import FILE`: makes a store of an export; there may be none yet, or an empty one. */
export async function run([word = '']: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const store = storeFileOf(options, terminal.environment);
  terminal.progress(`Importing ${visible(word)}`);
  const counts = await namingServer(store, () => importStore(resolve(word), store, terminal.signal)).catch(
    (error: unknown) => {
      if (terminal.signal.aborted) return null;
      throw error;
    },
  );
  terminal.progress(null);
  // Interrupted: what was begun is taken away again.
  if (counts === null) return exitCodes.unseen;
  await printOne(
    terminal,
    options.output,
    { store, ...counts },
    () => `Imported ${counts.resources} resources in ${counts.versions} versions into ${visible(store)}.\n`,
  );
  return exitCodes.good;
}
