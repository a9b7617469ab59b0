import { PlimsollError } from '../../model/errors.ts';
import { connect } from '../api/connect.ts';
import { resourceNamed } from '../api/resource-named.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { noteCoverage } from '../output/coverage-note.ts';
import type { Options } from '../option-table.ts';
import { printOne, yamlText } from '../output/print.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll get RESOURCE`: as YAML for a person, or the API's item. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const [word = ''] = words;
  const api = await connect(options, terminal);
  try {
    const { item, coverage } = await resourceNamed(word, api);
    const unseen = coverage === null ? exitCodes.good : noteCoverage(coverage, false, terminal);
    if (item === null) throw new PlimsollError('PLM1005', `There is no ${word} in ${api.name}.`);
    if (options.output === 'table') {
      await terminal.write(await yamlText(item.object));
      if (item.unseen.length > 0) terminal.say(`Not kept: ${item.unseen.join(', ')}.`);
    } else await printOne(terminal, options.output, item, () => '');
    return unseen;
  } finally {
    await api.close();
  }
}
