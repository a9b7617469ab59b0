import { stepText } from '../../guardrails/enforcement.ts';
import { PlimsollError } from '../../model/errors.ts';
import type { GuardrailItem } from '../../server/schemas.ts';
import { connectForGuardrails } from '../api/connect.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import type { Paint } from '../output/paint.ts';
import { printList, printOne } from '../output/print.ts';
import { noteProblems } from '../output/problem-note.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll guardrails show NAME`. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const [name = ''] = words;
  const api = await connectForGuardrails(options, terminal);
  try {
    const { items } = await api.list('guardrails', {});
    // A policy whose rules are judged one by one is shown by its own name too: all of them.
    const named = items.filter((item) => item.name === name || item.name.startsWith(`${name}/`));
    const [first] = named;
    if (first === undefined) throw new PlimsollError('PLM1005', `There is no guardrail ${name} in ${api.name}.`);
    const text = () => named.map((item) => guardrailText(item, terminal.paint)).join('\n');
    if (named.length === 1) await printOne(terminal, options.output, first, text);
    else await printList(terminal, options.output, { items: named }, text);
    return noteProblems(named, () => name, terminal);
  } finally {
    await api.close();
  }
}

function enforcementText({ binding, ...step }: GuardrailItem['enforcement'][number]): string {
  return visible(binding === null ? stepText(step) : `${stepText(step)} by ${binding}`);
}

function guardrailText(item: GuardrailItem, paint: Paint): string {
  const { policy, file, line, bindings } = item;
  const place = file === null ? policy.source : `${file}:${line ?? 1}`;
  const lines = [
    `${paint.bold(visible(item.name))}  ${item.severity ?? 'unknown'}  ${item.state}`,
    ...(item.idle === null ? [] : [`Judges nothing that is at rest: ${visible(item.idle)}.`]),
    ...(item.skipped === null ? [] : [`Skipped ${item.skipped.resources}: ${visible(item.skipped.reason)}.`]),
    ...(item.title === null ? [] : [visible(item.title)]),
    ...(item.description === null ? [] : ['', visible(item.description), '']),
    `${policy.kind} from ${visible(place)}`,
    ...(item.categories.length === 0 ? [] : [`categories: ${item.categories.map(visible).join(', ')}`]),
    ...Object.entries(item.frameworks).map(
      ([framework, ids]) => `${visible(framework)}: ${ids.map(visible).join(', ')}`,
    ),
    ...(bindings.length === 0 ? [] : [`bound by: ${bindings.map(visible).join(', ')}`]),
    ...(item.enforcement.length === 0 ? [] : [`enforced: ${item.enforcement.map(enforcementText).join(', ')}`]),
    ...(item.matches.length === 0 ? [] : [`judges: ${item.matches.map(visible).join(', ')}`]),
    '',
    ...item.validations.flatMap(({ expression, message }, index) => [
      `${paint.dim(`${index + 1}.`)} ${visible(message ?? 'must hold:')}`,
      ...expression
        .trim()
        .split('\n')
        .map((text) => `     ${visible(text)}`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}
