import { connect } from '../api/connect.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { printList } from '../output/print.ts';
import { waiversText } from '../output/waivers-text.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll waivers list`: each with its state and what it covers. */
export async function run(_words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const api = await connect(options, terminal);
  try {
    const answer = await api.list('waivers', { where: options.where }, options.limit);
    await printList(terminal, options.output, answer, () => waiversText(answer.items, terminal));
    return exitCodes.good;
  } finally {
    await api.close();
  }
}
