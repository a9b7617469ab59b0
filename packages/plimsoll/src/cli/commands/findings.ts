import { severityRank } from '../../model/severity.ts';
import type { FindingItem } from '../../server/schemas.ts';
import { connect } from '../api/connect.ts';
import { exitCodeOf, exitCodes, type ExitCode } from '../exit-code.ts';
import { exitCodeOfVerdict } from '../fail-on.ts';
import type { Options } from '../option-table.ts';
import { noteAge } from '../output/age-note.ts';
import { noteCoverage } from '../output/coverage-note.ts';
import { findingsText } from '../output/findings-text.ts';
import { noteSourceProblems } from '../output/problem-note.ts';
import { printList } from '../output/print.ts';
import { atText } from '../time-words.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll findings`: worst first. */
export async function run(_words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const api = await connect(options, terminal);
  try {
    // All of them, whatever `--limit` shows: counts and the exit code are of what stands, and the worst come first.
    const at = atText(options.at);
    const answer = await api.list('findings', { where: options.where, state: options.state, at });
    const items = answer.items.sort(worstFirst);
    const asked = options.waived ? items : items.filter(({ outcome }) => outcome !== 'waived');
    const shown = asked.slice(0, options.limit);
    await printList(terminal, options.output, { ...answer, items: shown }, () =>
      findingsText(shown, options.by, terminal.paint),
    );
    if (shown.length < asked.length) terminal.say(`${shown.length} of ${asked.length} shown.`);
    // What is wrong with a file now says nothing of what stood then.
    const unread =
      at === undefined ? noteSourceProblems((await api.list('sources', {})).items, terminal) : exitCodes.good;
    noteAge(answer.asOf, at, terminal);
    terminal.say(countsText(items, at === undefined ? api.name : `${api.name} as of ${at}`));
    const open = items.filter(({ state }) => state === 'open');
    return exitCodeOf([
      noteCoverage(answer.coverage, options['allow-unknown'], terminal),
      unread,
      ...open.map((finding) => exitCodeOfVerdict(finding, options)),
    ]);
  } finally {
    await api.close();
  }
}

function worstFirst(a: FindingItem, b: FindingItem): number {
  return (
    severityRank(a.severity) - severityRank(b.severity) ||
    (a.guardrail < b.guardrail ? -1 : a.guardrail > b.guardrail ? 1 : a.seq - b.seq)
  );
}

/** `12 findings (3 critical, 9 high), 4 waived, 1 could not be told`. */
function countsText(items: readonly FindingItem[], from: string): string {
  const fails = items.filter(({ outcome }) => outcome === 'fail');
  const grades = Map.groupBy(fails, ({ severity }) => severity);
  const by = [...grades].map(([severity, group]) => `${group.length} ${severity}`).join(', ');
  const waived = items.filter(({ outcome }) => outcome === 'waived').length;
  const unclear = items.length - fails.length - waived;
  const parts = [`${fails.length} finding${fails.length === 1 ? '' : 's'}${by === '' ? '' : ` (${by})`}`];
  if (waived > 0) parts.push(`${waived} waived (--waived shows them)`);
  if (unclear > 0) parts.push(`${unclear} could not be told`);
  return `${parts.join(', ')}, from ${from}.`;
}
