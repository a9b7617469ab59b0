import type { BlockingGuardrail } from '../../guardrails/blocklist.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';
import { writeNew } from './new-file.ts';
import { yamlText } from './print.ts';

/** Writes a guardrail for review: into `--out`, into a file of its name, or for `-` onto standard output. */
export async function writeGuardrail(
  guardrail: BlockingGuardrail,
  { out }: Options,
  terminal: Terminal,
): Promise<void> {
  const text = await yamlText(guardrail);
  const file = out ?? `${guardrail.metadata.name}.yaml`;
  if (file === '-') return await terminal.write(text);
  await writeNew(file, text);
  terminal.say(`Wrote ${file}. Review it; nothing is blocked until it is among the guardrails:`);
  terminal.say(`  ${terminal.program} scan ./manifests --guardrails ${file}`);
  terminal.say(`  ${terminal.program} up --guardrails ${file}`);
}
