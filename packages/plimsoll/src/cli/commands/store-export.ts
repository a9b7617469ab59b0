import { resolve } from 'node:path';
import { exportStore } from '../../inventory/sqlite/export.ts';
import { storeFileOf } from '../compose/store-file.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { printOne } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll store export FILE`: the whole store as one file, also while `up` runs. */
export async function run([word = '']: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const store = storeFileOf(options, terminal.environment);
  const file = resolve(word);
  terminal.progress(`Exporting ${visible(store)}`);
  const counts = await exportStore(store, file, terminal.signal).catch((error: unknown) => {
    if (terminal.signal.aborted) return null;
    throw error;
  });
  terminal.progress(null);
  // Interrupted: what was begun is taken away again.
  if (counts === null) return exitCodes.unseen;
  await printOne(
    terminal,
    options.output,
    { file, ...counts },
    () => `Exported ${counts.resources} resources in ${counts.versions} versions to ${visible(file)}.\n`,
  );
  return exitCodes.good;
}
