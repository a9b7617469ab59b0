import { existsSync, statSync } from 'node:fs';
import { PlimsollError } from '../../model/errors.ts';
import { readLibrary } from '../../guardrails/library/read-library.ts';
import { runCases } from '../../guardrails/library/run-cases.ts';
import { runSuitesIn } from '../../guardrails/suites/registry.ts';
import { exitCodeOf, exitCodeOfProblem, exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { printList } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll guardrails test PATH…`: 1 where a case has another verdict than it says, 2 where a file is not valid. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const missing = words.find((path) => !existsSync(path));
  if (missing !== undefined) throw new PlimsollError('PLM1005', `There is no file or folder ${missing}.`);
  const entries = words.filter((path) => statSync(path).isDirectory()).flatMap((folder) => readLibrary(folder));
  const runs = await runSuitesIn(words);
  if (entries.length === 0 && runs.length === 0) {
    const message = `There is no guardrail.yaml, no Suite of Gatekeeper's and no Test of Kyverno's below ${words.join(', ')}.`;
    throw new PlimsollError('PLM1306', message);
  }
  const own = entries.map((entry) => runCases(entry));
  const items = [...own.flatMap(({ results }) => results), ...runs.flatMap(({ results }) => results)];
  const wrong = items.filter(({ differences }) => differences.length > 0);
  const { paint } = terminal;
  await printList(terminal, options.output, { items }, () =>
    wrong
      .map((result) => {
        const kind = result.kind === '' ? '' : ` (${visible(result.kind)})`;
        const head = `${paint.bad('✗')} ${paint.bold(visible(result.guardrail))}: ${visible(result.case)}${kind}\n`;
        return head + result.differences.map((difference) => `    ${visible(difference)}\n`).join('');
      })
      .join(''),
  );
  // Several tests may be of one template.
  const told = [...own, ...runs].flatMap((each) => each.problems);
  const problems = [...new Map(told.map((one) => [JSON.stringify(one), one])).values()];
  for (const problem of problems) terminal.complain(problem);
  const without = entries.filter(({ casesFile }) => casesFile === null).map(({ name }) => name);
  if (without.length > 0) terminal.say(`Without cases: ${without.join(', ')}.`);
  const skipped = items.filter(({ outcome }) => outcome === 'skipped').length;
  if (skipped > 0) terminal.say(`Skipped as their suites say: ${skipped}.`);
  const run = items.length - skipped;
  const of = [
    ...(entries.length > 0 ? [`${entries.length} guardrails`] : []),
    ...(runs.length > 0 ? [`${runs.length} suite${runs.length === 1 ? '' : 's'}`] : []),
  ].join(' and ');
  terminal.say(`${run - wrong.length} of ${run} cases of ${of} hold.`);
  return exitCodeOf([...problems.map(exitCodeOfProblem), ...(wrong.length > 0 ? [exitCodes.findings] : [])]);
}
