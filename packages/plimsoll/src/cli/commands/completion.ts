import { PlimsollError } from '../../model/errors.ts';
import { shellGlue } from '../completion/shell-glue.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll completion`: the script that a shell reads. */
export async function run([shell = '']: readonly string[], _options: Options, terminal: Terminal): Promise<ExitCode> {
  const glue = new Map(Object.entries(shellGlue)).get(shell);
  if (glue === undefined)
    throw new PlimsollError('PLM1002', `completion ${shell}: give ${Object.keys(shellGlue).join(', ')}.`);
  await terminal.write(glue);
  return exitCodes.good;
}
