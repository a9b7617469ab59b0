import { PlimsollError } from '../../model/errors.ts';
import { jsonText } from '../../model/json-text.ts';
import type { ListCoverage, VerdictItem } from '../../server/schemas.ts';
import { connect } from '../api/connect.ts';
import { exitCodeOf, exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { noteCoverage } from '../output/coverage-note.ts';
import type { Paint } from '../output/paint.ts';
import { printOne } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import { messagesOf, resourceName } from '../scan/report.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll guardrails try -e EXPR --on TYPE`: what it would find, as it is found. */
export async function run(_words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const { expression, on, output, limit = Number.POSITIVE_INFINITY } = options;
  if (expression === undefined) throw new PlimsollError('PLM1001', 'guardrails try needs -e EXPR: what has to hold.');
  if (on === undefined) throw new PlimsollError('PLM1001', 'guardrails try needs --on TYPE: what it is about.');
  const api = await connect(options, terminal);
  try {
    const { type } = await api.typeNamed(on);
    const items: VerdictItem[] = [];
    const count = { fail: 0, other: 0 };
    let [looked, shown] = [0, 0];
    let coverage: ListCoverage | null = null;
    const begun = performance.now();
    terminal.progress(() => `${looked} ${type} looked at, ${count.fail} for which it does not hold`);
    for await (const page of api.trial({ expression, type })) {
      ({ looked, coverage } = page);
      for (const item of page.items) {
        count[item.outcome === 'fail' ? 'fail' : 'other'] += 1;
        if (shown >= limit) continue;
        shown += 1;
        if (output === 'jsonl') await terminal.write(`${jsonText(item)}\n`);
        else if (output === 'table') await terminal.write(lineOf(item, terminal.paint));
        else items.push(item);
      }
      if (terminal.signal.aborted) break;
    }
    terminal.progress(null);
    const answer = { items, looked, coverage };
    if (output === 'json' || output === 'yaml') await printOne(terminal, output, answer, () => '');
    const found = count.fail + count.other;
    if (shown < found) terminal.say(`${shown} of ${found} shown.`);
    terminal.say(summary(looked, type, count, api.name, performance.now() - begun));
    return exitCodeOf([
      coverage === null ? exitCodes.good : noteCoverage(coverage, options['allow-unknown'], terminal),
      ...(count.fail > 0 ? [exitCodes.findings] : []),
      ...(count.other > 0 && !options['allow-unknown'] ? [exitCodes.unseen] : []),
    ]);
  } finally {
    terminal.progress(null);
    await api.close();
  }
}

function lineOf(item: VerdictItem, paint: Paint): string {
  const name = paint.bold(visible(resourceName(item.resource)));
  if (item.outcome !== 'fail')
    return `${paint.warn(item.outcome)} ${name}  ${paint.dim(visible(messagesOf(item).join('; ')))}\n`;
  const paths = item.violations.flatMap((violation) => violation.paths);
  return `${paint.bad('✗')} ${name}${paths.length === 0 ? '' : `  ${paint.dim(visible(paths.join(', ')))}`}\n`;
}

function summary(
  looked: number,
  type: string,
  { fail, other }: { readonly fail: number; readonly other: number },
  from: string,
  milliseconds: number,
): string {
  const unclear = other === 0 ? '' : `, of ${other} it could not be told`;
  return `It does not hold for ${fail} of ${looked} ${type}${unclear}, from ${from}, in ${(milliseconds / 1000).toFixed(1)} s.`;
}
