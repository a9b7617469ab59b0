import { blockResource } from '../../guardrails/blocklist.ts';
import { kubernetesTypeNamed } from '../../server/type-named.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { writeGuardrail } from '../output/guardrail-file.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll block resource TYPE [NAME]`. */
export async function run(
  [word = '', pattern]: readonly string[],
  options: Options,
  terminal: Terminal,
): Promise<ExitCode> {
  // Of others than Kubernetes' own types the whole name is to be given.
  const type = word.includes('/') ? word : kubernetesTypeNamed(word).type;
  await writeGuardrail(blockResource(type, pattern ?? null), options, terminal);
  return exitCodes.good;
}
