import type { CoverageItem, SourceItem } from '../../server/schemas.ts';
import { connect } from '../api/connect.ts';
import { exitCodeOf, exitCodeOfProblem, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { noteCoverage } from '../output/coverage-note.ts';
import { gapRows } from '../output/gap-rows.ts';
import { printList } from '../output/print.ts';
import { tableText } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll sources`: one row a source, then what of it is not seen and why. */
export async function run(_words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const api = await connect(options, terminal);
  try {
    const answer = await api.list('sources', {});
    await printList(terminal, options.output, answer, () => {
      const rows = answer.items.map(row);
      const table = tableText(
        { titles: ['SOURCE', 'VERSION', 'TYPES', 'SEEN', 'CONFIRMED', 'NOT SEEN'], rows },
        terminal.paint,
        terminal.width,
      );
      const gaps = gapRows(answer.items.flatMap(({ coverage }) => coverage.filter((item) => !seen(item))));
      const extras = answer.items.flatMap(extraRows);
      const read = tableText({ titles: ['READ BESIDES', 'HOW', 'FOR'], rows: extras }, terminal.paint, terminal.width);
      return `${table}${extras.length === 0 ? '' : `\n${read}`}${gaps.length === 0 ? '' : '\n'}${tableText({ titles: ['NOT SEEN', 'STATE', 'SINCE', 'WHY'], rows: gaps }, terminal.paint, terminal.width)}`;
    });
    const problems = answer.items.flatMap((item) => item.problems.map((problem) => ({ ...problem, subject: null })));
    for (const problem of problems) terminal.complain(problem);
    return exitCodeOf([
      noteCoverage(answer.coverage, options['allow-unknown'], terminal),
      ...problems.map(exitCodeOfProblem),
    ]);
  } finally {
    await api.close();
  }
}

const seen = ({ state }: CoverageItem) => state === 'live' || state === 'listed';

function row({ name, version, coverage }: SourceItem): readonly string[] {
  const types = coverage.filter(({ type }) => type !== '*');
  const confirmed = types
    .flatMap(({ lastComplete }) => lastComplete ?? [])
    .sort()
    .at(-1);
  const states = Map.groupBy(types.filter(seen), ({ state }) => state);
  const seenText = [...states].map(([state, rows]) => `${rows.length} ${state}`).join(', ');
  const missing = Map.groupBy(
    coverage.filter((item) => !seen(item)),
    ({ state }) => state,
  );
  const missingText = [...missing].map(([state, rows]) => `${rows.length} ${state}`).join(', ');
  return [
    name,
    version ?? '–',
    String(new Set(types.map(({ type }) => type)).size),
    seenText || '–',
    confirmed?.replace(/\.\d+Z$/, 'Z') ?? 'never',
    missingText || '–',
  ];
}

/** What is read of a source because a guardrail needs it: ConfigMaps whole, objects in other versions. */
function extraRows({ name: source, readWhole, readAs }: SourceItem): readonly (readonly string[])[] {
  return [
    ...readWhole.map(({ namespace, name, selector, readers }) => [
      `${source}/core/configmaps/${namespace ?? '*'}/${name ?? '*'}${selector === null ? '' : ` (${selector})`}`,
      'whole',
      readers.join(', '),
    ]),
    ...readAs.map(({ type, apiVersion, readers }) => [`${source}/${type}`, `as ${apiVersion}`, readers.join(', ')]),
  ];
}
