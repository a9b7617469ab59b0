import { isComplete } from '../../model/coverage.ts';
import type { CoverageItem, SourceItem } from '../../server/schemas.ts';
import { connect } from '../api/connect.ts';
import { exitCodeOf, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { noteCoverage } from '../output/coverage-note.ts';
import { gapName, gapRows } from '../output/gap-rows.ts';
import { printList } from '../output/print.ts';
import { noteProblems } from '../output/problem-note.ts';
import { tableText } from '../output/table.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll sources`: one row a source, then what of it is not seen and why. */
export async function run(_words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const api = await connect(options, terminal);
  try {
    const answer = await api.list('sources', {});
    await printList(terminal, options.output, answer, () => sourcesText(answer.items, options.wide, terminal));
    const configuration = await api.configuration();
    const problems = noteProblems([...answer.items, configuration], () => null, terminal);
    return exitCodeOf([noteCoverage(answer.coverage, options['allow-unknown'], terminal), problems]);
  } finally {
    await api.close();
  }
}

/** The sources, what is read of them besides, and what is not seen: up to three tables. */
function sourcesText(items: readonly SourceItem[], wide: boolean, { paint, width }: Terminal): string {
  const tables = [
    { titles: ['SOURCE', 'VERSION', 'TYPES', 'SEEN', 'CONFIRMED', 'NOT SEEN'], rows: items.map(row) },
    { titles: ['READ BESIDES', 'HOW', 'FOR'], rows: items.flatMap(extraRows) },
    wide
      ? {
          titles: ['TYPE', 'STATE', 'SINCE', 'CONFIRMED', 'WHY'],
          rows: items.flatMap(({ coverage }) => coverage.map(wideRow)),
        }
      : {
          titles: ['NOT SEEN', 'STATE', 'SINCE', 'WHY'],
          rows: gapRows(items.flatMap(({ coverage }) => gapsOf(coverage))),
        },
  ];
  const texts = tables.map((table) => tableText(table, paint, width));
  return texts.filter((text) => text !== '').join('\n');
}

/** `prod/core/pods/shop  live  …`: one type in one scope. */
function wideRow(item: CoverageItem): readonly string[] {
  return [gapName(item), item.state, seconds(item.since), seconds(item.lastComplete) ?? 'never', item.reason ?? ''];
}

function seconds(time: string): string;
function seconds(time: string | null): string | null;
function seconds(time: string | null): string | null {
  return time?.replace(/\.\d+Z$/, 'Z') ?? null;
}

function gapsOf(coverage: readonly CoverageItem[]): readonly CoverageItem[] {
  return coverage.filter((item) => !isComplete(item));
}

/** `12 live, 1 listed`; a dash for none. */
function statesText(coverage: readonly CoverageItem[]): string {
  const states = Map.groupBy(coverage, ({ state }) => state);
  return [...states].map(([state, rows]) => `${rows.length} ${state}`).join(', ') || '–';
}

function row({ name, version, coverage }: SourceItem): readonly string[] {
  const types = coverage.filter(({ type }) => type !== '*');
  const confirmed = types
    .flatMap(({ lastComplete }) => lastComplete ?? [])
    .sort()
    .at(-1);
  return [
    name,
    version ?? '–',
    String(new Set(types.map(({ type }) => type)).size),
    statesText(types.filter(isComplete)),
    confirmed?.replace(/\.\d+Z$/, 'Z') ?? 'never',
    statesText(gapsOf(coverage)),
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
