import type { Explanation } from '../../server/schemas.ts';
import { connect } from '../api/connect.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { findingText } from '../output/findings-text.ts';
import type { Paint } from '../output/paint.ts';
import { printOne } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

/** `plimsoll explain ID`. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  const [id = ''] = words;
  const api = await connect(options, terminal);
  try {
    const explanation = await api.explanation(id);
    await printOne(terminal, options.output, explanation, () => explanationText(explanation, terminal.paint));
    return exitCodes.good;
  } finally {
    await api.close();
  }
}

/** An explanation for a person: the finding, the guardrail, what was evaluated, what would satisfy it, what happened. */
function explanationText(explanation: Explanation, paint: Paint): string {
  const { finding, guardrail, description, values, satisfy, history, waivers } = explanation;
  const title = guardrail?.title ?? null;
  const section = (name: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', paint.bold(name), ...lines];
  const evaluated = values.flatMap(({ part, expression, values: parts }) => [
    `  ${paint.dim(visible(part))}`,
    ...expression
      .trim()
      .split('\n')
      .map((line) => `    ${visible(line)}`),
    ...parts.map(
      (each) => `      ${visible(each.expression.replace(/\s+/g, ' '))} ${paint.dim('=')} ${visible(each.value)}`,
    ),
  ]);
  const lines = [
    findingText(finding, 'guardrail', paint).trimEnd(),
    ...finding.violations.flatMap(({ paths }) => paths.map((path) => `        ${paint.dim(`at ${visible(path)}`)}`)),
    ...(finding.reason === null ? [] : [`      ${paint.dim(visible(finding.reason))}`]),
    ...section('Guardrail', [
      `  ${visible(finding.guardrail)}  ${finding.severity}${title === null ? '' : `  ${visible(title)}`}`,
      ...(description === null
        ? []
        : description
            .trim()
            .split('\n')
            .map((line) => `  ${visible(line)}`)),
      ...(guardrail === null ? ['  It is no longer there.'] : []),
    ]),
    ...section('Evaluated', evaluated),
    ...section(
      'What would satisfy it',
      satisfy.map((line) => `  ${visible(line)}`),
    ),
    ...section(
      'Waivers that did not apply',
      waivers.map(({ waiver, reason }) => `  ${visible(waiver)}: ${visible(reason)}`),
    ),
    ...section(
      'History',
      history.map(({ at, what }) => `  ${paint.dim(at)} ${visible(what)}`),
    ),
  ];
  return `${lines.join('\n')}\n`;
}
