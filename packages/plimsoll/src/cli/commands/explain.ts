import { connect } from '../api/connect.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { explanationText } from '../output/explanation-text.ts';
import { printOne } from '../output/print.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll explain ID`. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const [id = ''] = words;
  const api = await connect(options, terminal);
  try {
    const explanation = await api.explanation(id);
    await printOne(terminal, options.output, explanation, () => explanationText(explanation, terminal.paint));
    return exitCodes.good;
  } finally {
    await api.close();
  }
}
