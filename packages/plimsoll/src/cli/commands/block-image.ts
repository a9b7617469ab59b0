import { blockImage } from '../../guardrails/blocklist.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { writeGuardrail } from '../output/guardrail-file.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll block image PATTERN`. */
export async function run([pattern = '']: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  await writeGuardrail(blockImage(pattern), options, terminal);
  return exitCodes.good;
}
