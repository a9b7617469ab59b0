import { nearestName } from '@plimsoll/cel';
import { forgetSource, sourcesOf } from '../../inventory/sqlite/forget.ts';
import { PlimsollError } from '../../model/errors.ts';
import { namingServer } from '../compose/server-file.ts';
import { storeFileOf } from '../compose/store-file.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { printOne } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll store forget SOURCE`: what would go, and with --yes it goes. */
export async function run([source = '']: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const store = storeFileOf(options, terminal.environment);
  terminal.progress(`Reading ${visible(store)}`);
  const held = await namingServer(store, () => Promise.resolve(forgetSource(store, source, options.yes)));
  terminal.progress(null);
  if (held === null) throw nothingOf(source, sourcesOf(store));
  const { resources, versions, findings } = held;
  const what = `${resources} resources in ${versions} versions and ${findings} open findings of ${visible(source)}`;
  await printOne(terminal, options.output, { store, source, forgotten: options.yes, ...held }, () =>
    options.yes ? `Forgot ${what}.\n` : `${what} would be forgotten, and their past. With --yes they are.\n`,
  );
  return exitCodes.good;
}

function nothingOf(source: string, names: readonly string[]): PlimsollError {
  const near = nearestName(source, names);
  const hint = near === null ? `it holds ${names.join(', ') || 'nothing'}` : `did you mean ${near}?`;
  return new PlimsollError('PLM1005', `The store holds nothing of a source ${source}; ${hint}`);
}
