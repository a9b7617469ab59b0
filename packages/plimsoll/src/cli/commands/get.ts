import { PlimsollError } from '../../model/errors.ts';
import { connect } from '../api/connect.ts';
import { resourceNamed } from '../api/resource-named.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { noteCoverage } from '../output/coverage-note.ts';
import type { Options } from '../option-table.ts';
import { printOne, yamlText } from '../output/print.ts';
import { atText } from '../time-words.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll get RESOURCE`: as YAML for a person, or the API's item. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const [word = ''] = words;
  const at = atText(options.at);
  const api = await connect(options, terminal);
  try {
    const { item, coverage } = await resourceNamed(word, api, at);
    const unseen = coverage === null ? exitCodes.good : noteCoverage(coverage, false, terminal);
    if (item === null) {
      const then = at === undefined ? 'is' : 'was';
      const when = at === undefined ? '' : ` at ${at}`;
      throw new PlimsollError('PLM1005', `There ${then} no ${word} in ${api.name}${when}.`);
    }
    if (options.output === 'table') {
      await terminal.write(await yamlText(item.object));
      if (item.unseen.length > 0) terminal.say(`Not kept: ${item.unseen.join(', ')}.`);
    } else await printOne(terminal, options.output, item, () => '');
    return unseen;
  } finally {
    await api.close();
  }
}
