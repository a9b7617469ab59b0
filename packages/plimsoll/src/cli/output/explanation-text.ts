import { jsonText } from '../../model/json-text.ts';
import type { Explanation } from '../../server/schemas.ts';
import { findingText } from './findings-text.ts';
import type { Paint } from './paint.ts';
import { visible } from './visible.ts';

/** An explanation for a person: what is wrong, where, what mends it, by what guardrail, and all that speaks to it. */
export function explanationText(explanation: Explanation, paint: Paint): string {
  const { finding, waivers, history } = explanation;
  const section = (name: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', paint.bold(name), ...lines];
  const lines = [
    findingText(finding, 'guardrail', paint).trimEnd(),
    ...placeLines(explanation, paint),
    ...(finding.reason === null ? [] : [`      ${paint.dim(visible(finding.reason))}`]),
    ...section('The smallest edit', fixLines(explanation, paint)),
    ...section('Guardrail', guardrailLines(explanation)),
    ...section('Since when, how many others', lifeLines(explanation)),
    ...section('Evaluated', evaluatedLines(explanation, paint)),
    ...section(
      'What would satisfy it',
      explanation.satisfy.map((line) => `  ${visible(line)}`),
    ),
    ...section(
      'Waivers that did not apply',
      waivers.map(({ waiver, reason }) => `  ${visible(waiver)}: ${visible(reason)}`),
    ),
    ...section('Guardrails that did not apply', notAppliedLines(explanation)),
    ...section(
      'History',
      history.map(({ at, what }) => `  ${paint.dim(at)} ${visible(what)}`),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function placeLines({ places, finding }: Explanation, paint: Paint): readonly string[] {
  const { file } = finding.resource;
  return places.map(({ path, container, line, column }) => {
    const inContainer = container === null ? '' : `, container ${container}`;
    const inFile = file === null || line === null ? '' : ` (${file}:${line}${column === null ? '' : `:${column}`})`;
    return `        ${paint.dim(`at ${visible(path)}${visible(inContainer)}${visible(inFile)}`)}`;
  });
}

function fixLines({ fix, finding, current }: Explanation, paint: Paint): readonly string[] {
  if (finding.state === 'resolved' || current === null || current.violations.length === 0) return [];
  if (fix === null) return ['  None was found that makes it hold: its value is for you to choose.'];
  const { owner, resource } = finding;
  const edits = fix.edits.map(({ operation, path, container, from, to }) => {
    const where = `${visible(path)}${container === null ? '' : paint.dim(`, container ${visible(container)}`)}`;
    if (operation === 'remove') return `  ${paint.bad('-')} ${where}: ${valueText(from)}`;
    if (operation === 'add') return `  ${paint.good('+')} ${where}: ${valueText(to)}`;
    return `  ${paint.good('~')} ${where}: ${valueText(from)} → ${valueText(to)}`;
  });
  const made =
    owner === null
      ? []
      : [
          `  ${visible(resource.kind)} ${visible(resource.name)} is made by ${visible(owner.kind)} ${visible(owner.name)}: edit it there.`,
        ];
  return [...edits, `  ${paint.dim('JSON Patch:')} ${visible(jsonText(fix.patch))}`, ...made];
}

const longestValue = 100;

function valueText(value: Parameters<typeof jsonText>[0]): string {
  const text = visible(jsonText(value));
  return text.length <= longestValue ? text : `${text.slice(0, longestValue).toWellFormed()}…`;
}

function guardrailLines({ finding, guardrail, description }: Explanation): readonly string[] {
  const title = guardrail?.title ?? null;
  const frameworks = Object.entries(guardrail?.frameworks ?? {}).map(([name, ids]) => `${name} ${ids.join(', ')}`);
  return [
    `  ${visible(finding.guardrail)}  ${finding.severity}${title === null ? '' : `  ${visible(title)}`}`,
    ...(description === null ? [] : description.trim().split('\n')).map((line) => `  ${visible(line)}`),
    ...(frameworks.length === 0 ? [] : [`  ${visible(frameworks.join('; '))}`]),
    ...(guardrail === null ? ['  It is no longer there.'] : []),
  ];
}

function lifeLines({ finding, others }: Explanation): readonly string[] {
  const { openedAt, changedAt, resolvedAt } = finding;
  const changed = changedAt === openedAt || resolvedAt !== null ? '' : `, as it is since ${changedAt}`;
  const until = resolvedAt === null ? '' : `, until ${resolvedAt}`;
  return [
    `  Since ${openedAt}${changed}${until}.`,
    `  ${others.guardrail} more of this guardrail; ${others.resource} of others at this resource.`,
  ];
}

function evaluatedLines({ values }: Explanation, paint: Paint): readonly string[] {
  return values.flatMap(({ part, expression, values: parts }) => [
    `  ${paint.dim(visible(part))}`,
    ...expression
      .trim()
      .split('\n')
      .map((line) => `    ${visible(line)}`),
    ...parts.map(
      (each) => `      ${visible(each.expression.replace(/\s+/g, ' '))} ${paint.dim('=')} ${visible(each.value)}`,
    ),
  ]);
}

/** Many have one reason, as that they are about other types: these are one line. */
function notAppliedLines({ notApplied }: Explanation): readonly string[] {
  return [...Map.groupBy(notApplied, ({ reason }) => reason)].map(([reason, same]) => {
    const [first] = same;
    const name = first === undefined ? '' : first.guardrail + (first.binding === null ? '' : ` by ${first.binding}`);
    return `  ${same.length === 1 ? visible(name) : `${same.length} guardrails`}: ${visible(reason)}`;
  });
}
