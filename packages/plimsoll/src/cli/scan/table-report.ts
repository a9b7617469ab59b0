import { severityRank, type Severity } from '../../model/severity.ts';
import type { VerdictItem } from '../../server/schemas.ts';
import type { Paint } from '../output/paint.ts';
import { visible } from '../output/visible.ts';
import {
  messagesOf,
  resourcePlace,
  resourceTitle,
  type GuardrailHeading,
  type ReportWriter,
  type Write,
} from './report.ts';

/** Verdicts shown of one guardrail; the rest is counted. It bounds memory too. */
const mostShown = 20;

interface Group {
  readonly guardrail: string;
  severity: Severity;
  readonly shown: VerdictItem[];
  more: number;
}

/** `-o table`: for a person. By guardrail, worst first: object, place, what is wrong and the fix, and the field. */
export function tableReport(write: Write, paint: Paint, headings: ReadonlyMap<string, GuardrailHeading>): ReportWriter {
  const groups = new Map<string, Group>();
  return {
    verdict: async (verdict) => {
      const { guardrail, severity } = verdict;
      const group = groups.get(guardrail) ?? { guardrail, severity, shown: [], more: 0 };
      groups.set(guardrail, group);
      if (severityRank(severity) < severityRank(group.severity)) group.severity = severity;
      if (group.shown.length < mostShown) group.shown.push(verdict);
      else group.more += 1;
    },
    end: async () => {
      const sorted = [...groups.values()].sort(
        (a, b) => severityRank(a.severity) - severityRank(b.severity) || (a.guardrail < b.guardrail ? -1 : 1),
      );
      for (const group of sorted) await write(groupText(group, paint, headings.get(group.guardrail)));
    },
  };
}

function groupText(group: Group, paint: Paint, heading: GuardrailHeading | undefined): string {
  const { guardrail, severity, shown, more } = group;
  const title = heading?.title ?? null;
  const head = `${paint.bold(visible(guardrail))}  ${gradeText(severity, paint)}${title === null ? '' : `  ${visible(title)}`}`;
  const rest = more === 0 ? [] : [`  ${paint.dim(`… and ${more} more; -o json shows them all`)}`];
  return `${[head, ...shown.flatMap((verdict) => verdictLines(verdict, paint)), ...rest].join('\n')}\n\n`;
}

function verdictLines(verdict: VerdictItem, paint: Paint): readonly string[] {
  const { outcome } = verdict;
  const mark = outcome === 'fail' ? paint.bad('✗') : outcome === 'pass' ? paint.good('✓') : paint.warn(outcome);
  const place = visible(resourcePlace(verdict));
  const head = `  ${mark} ${paint.bold(visible(resourceTitle(verdict)))}  ${paint.dim(place)}`;
  if (outcome === 'pass') return [head];
  const reason =
    verdict.reason !== null && verdict.violations.length > 0 ? [`      ${paint.dim(visible(verdict.reason))}`] : [];
  const paths = verdict.violations.map((violation) => violation.paths);
  const messages = messagesOf(verdict).flatMap((message, index) => [
    ...message.split('\n').map((line) => `      ${visible(line)}`),
    ...(paths[index] ?? []).map((path) => `        ${paint.dim(`at ${visible(path)}`)}`),
  ]);
  return [head, ...messages, ...reason];
}

/** A severity in its colour. */
export function gradeText(severity: Severity, paint: Paint): string {
  if (severity === 'critical' || severity === 'high') return paint.bad(severity);
  return severity === 'medium' ? paint.warn(severity) : paint.dim(severity);
}
