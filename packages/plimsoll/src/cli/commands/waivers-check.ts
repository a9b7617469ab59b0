import { connect } from '../api/connect.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { printList } from '../output/print.ts';
import { noteProblems } from '../output/problem-note.ts';
import { waiversText } from '../output/waivers-text.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll waivers check`: the waivers of which an audit has something to say, and what; 1 where one is to be mended. */
export async function run(_words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const api = await connect(options, terminal);
  try {
    const answer = await api.list('waivers', {});
    // Those that ship with the library are for what many clusters run, not for what these do.
    const own = answer.items.filter(({ origin }) => origin !== 'builtin');
    const items = own.filter(({ problems }) => problems.length > 0);
    await printList(terminal, options.output, { ...answer, items }, () => waiversText(items, terminal));
    noteProblems(items, () => null, terminal);
    if (answer.coverage.judging)
      terminal.say('Findings are still being judged: what covers nothing now may in a while.');
    const all = own.length === 1 ? '1 waiver' : `${own.length} waivers`;
    terminal.say(`${all} checked, ${items.length} to look at, from ${api.name}.`);
    const wrong = items.some(({ state, problems }) => problems.length > 1 || state !== 'expires soon');
    return wrong ? exitCodes.findings : exitCodes.good;
  } finally {
    await api.close();
  }
}
