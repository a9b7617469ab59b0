import { existsSync } from 'node:fs';
import { PlimsollError } from '../../model/errors.ts';
import { readLibrary } from '../../guardrails/library/read-library.ts';
import { runCases } from '../../guardrails/library/run-cases.ts';
import { exitCodeOf, exitCodeOfProblem, exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { printList } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll guardrails test DIR…`: 1 where a case has another verdict than it says, 2 where a file is not valid. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const missing = words.find((folder) => !existsSync(folder));
  if (missing !== undefined) throw new PlimsollError('PLM1005', `There is no folder ${missing}.`);
  const entries = words.flatMap((folder) => readLibrary(folder));
  if (entries.length === 0) throw new PlimsollError('PLM1306', `There is no guardrail.yaml below ${words.join(', ')}.`);
  const runs = entries.map((entry) => ({ entry, ...runCases(entry) }));
  const items = runs.flatMap(({ results }) => results);
  const wrong = items.filter(({ differences }) => differences.length > 0);
  const { paint } = terminal;
  await printList(terminal, options.output, { items }, () =>
    wrong
      .map((result) => {
        const head = `${paint.bad('✗')} ${paint.bold(visible(result.guardrail))}: ${visible(result.case)} (${visible(result.kind)})\n`;
        return head + result.differences.map((difference) => `    ${visible(difference)}\n`).join('');
      })
      .join(''),
  );
  const problems = runs.flatMap((each) => each.problems);
  for (const problem of problems) terminal.complain(problem);
  const without = entries.filter(({ casesFile }) => casesFile === null).map(({ name }) => name);
  if (without.length > 0) terminal.say(`Without cases: ${without.join(', ')}.`);
  terminal.say(`${items.length - wrong.length} of ${items.length} cases of ${entries.length} guardrails hold.`);
  return exitCodeOf([...problems.map(exitCodeOfProblem), ...(wrong.length > 0 ? [exitCodes.findings] : [])]);
}
