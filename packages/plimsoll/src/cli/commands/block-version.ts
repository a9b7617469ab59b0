import { blockVersion } from '../../guardrails/blocklist.ts';
import { PlimsollError } from '../../model/errors.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { writeGuardrail } from '../output/guardrail-file.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll block version COMPARISON`. */
export async function run([text = '']: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const guardrail = blockVersion(text);
  if (guardrail === null)
    throw new PlimsollError('PLM1002', `"${text}" compares no version; write it as '<1.29', '<=1.29.3' or '=1.30.1'.`);
  await writeGuardrail(guardrail, options, terminal);
  return exitCodes.good;
}
