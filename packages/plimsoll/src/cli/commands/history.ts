import { PlimsollError } from '../../model/errors.ts';
import type { VersionItem } from '../../server/schemas.ts';
import { connect } from '../api/connect.ts';
import { readings } from '../api/resource-named.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { noteCoverage } from '../output/coverage-note.ts';
import { printList } from '../output/print.ts';
import { tableText } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll history RESOURCE`: what became of it, newest first. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const [word = ''] = words;
  const api = await connect(options, terminal);
  try {
    for (const query of readings(word)) {
      if ((await api.list('versions', query, 1)).items.length === 0) continue;
      const answer = await api.list('versions', { ...query, where: options.where }, options.limit);
      await printList(terminal, options.output, answer, () =>
        tableText(
          { titles: ['WHEN', 'SEQ', 'WHAT', 'BY', 'CHANGED'], rows: answer.items.map(row) },
          terminal.paint,
          terminal.width,
        ),
      );
      return noteCoverage(answer.coverage, false, terminal);
    }
    throw new PlimsollError('PLM1005', `Nothing was ever seen of ${word} in ${api.name}.`);
  } finally {
    await api.close();
  }
}

function row({ at, seq, operation, by, changes, changed }: VersionItem): readonly string[] {
  const managers = [...new Set(by.map(({ manager }) => manager))].join(', ');
  const more = changes - changed.length;
  const fields = `${changed.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [at.replace(/\.\d+Z$/, 'Z'), String(seq), operation, managers, fields];
}
