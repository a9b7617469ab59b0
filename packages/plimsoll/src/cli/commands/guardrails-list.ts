import type { GuardrailItem } from '../../server/schemas.ts';
import { connectForGuardrails } from '../api/connect.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { printList } from '../output/print.ts';
import { noteProblems } from '../output/problem-note.ts';
import { tableText } from '../output/table.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll guardrails list`: each with its state; why one is broken goes to standard error. */
export async function run(_words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const api = await connectForGuardrails(options, terminal);
  try {
    const answer = await api.list('guardrails', { where: options.where }, options.limit);
    await printList(terminal, options.output, answer, () =>
      tableText(
        { titles: ['GUARDRAIL', 'SEVERITY', 'STATE', 'SKIPPED', 'FROM', 'TITLE'], rows: answer.items.map(row) },
        terminal.paint,
        terminal.width,
      ),
    );
    for (const { name, skipped } of answer.items)
      if (skipped !== null) terminal.say(`Skipped ${skipped.resources}: ${visible(name)}: ${visible(skipped.reason)}.`);
    return noteProblems(answer.items, ({ name }) => name, terminal);
  } finally {
    await api.close();
  }
}

function row({ name, severity, state, skipped, policy, title, file, line }: GuardrailItem): readonly string[] {
  const place = policy.source === 'files' && file !== null ? `${file}:${line ?? 1}` : policy.source;
  return [name, severity ?? 'unknown', state, skipped === null ? '' : String(skipped.resources), place, title ?? ''];
}
