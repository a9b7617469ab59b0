import { completionsOf } from '../completion/completions.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll complete`: what the glue of the shells asks. */
export async function run(words: readonly string[], _options: Options, terminal: Terminal): Promise<ExitCode> {
  const candidates = await completionsOf(words, terminal.environment);
  await terminal.write(candidates.map(({ word, doc }) => `${word}${doc === '' ? '' : `\t${doc}`}\n`).join(''));
  return exitCodes.good;
}
