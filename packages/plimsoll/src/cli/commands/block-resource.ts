import { blockResource } from '../../guardrails/blocklist.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { typeNamed } from '../../server/type-named.ts';
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
  await writeGuardrail(blockResource(await typeOf(word), pattern ?? null), options, terminal);
  return exitCodes.good;
}

/** The whole name of one of Kubernetes' own types; of others it is to be given. @throws PlimsollError PLM1005 */
async function typeOf(word: string): Promise<string> {
  if (word.includes('/')) return word;
  const store = openSqliteStore(':memory:');
  try {
    return (await typeNamed(store, word)).type;
  } finally {
    await store.close();
  }
}
