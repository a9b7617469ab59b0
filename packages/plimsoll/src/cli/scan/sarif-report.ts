import type { Severity } from '../../model/severity.ts';
import { findingId } from '../../model/finding.ts';
import { jsonText } from '../../model/json-text.ts';
import type { ProblemItem, VerdictItem } from '../../server/schemas.ts';
import { faultOf } from '../exit-code.ts';
import {
  messagesOf,
  resourceName,
  resourceTitle,
  type GuardrailHeading,
  type ReportWriter,
  type Write,
} from './report.ts';

/**
 * `-o sarif`: SARIF 2.1.0 (OASIS), as GitHub code scanning and IDEs read it. Results are written as they come; the
 * rules follow them. Waived verdicts are results with an accepted suppression.
 */
export function sarifReport(
  write: Write,
  version: string,
  headings: ReadonlyMap<string, GuardrailHeading>,
): ReportWriter {
  const rules = new Map<string, Severity>();
  let separator =
    '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{\n"results": [';
  return {
    verdict: async (verdict) => {
      rules.set(verdict.guardrail, verdict.severity);
      await write(`${separator}\n${jsonText(result(verdict))}`);
      separator = ',';
    },
    end: async ({ problems, summary }) => {
      const driver = {
        name: 'Plimsoll',
        version,
        informationUri: 'https://plimsoll.dev',
        rules: [...rules].map(([name, severity]) => rule(name, severity, headings.get(name))),
      };
      const invocation = {
        // Notices are said, and are no failure.
        executionSuccessful: summary.error === 0 && problems.every((problem) => faultOf(problem) === 'notice'),
        toolExecutionNotifications: problems.map(notification),
      };
      const opening = separator === ',' ? '' : separator;
      await write(`${opening}],\n"tool": ${jsonText({ driver })},\n"invocations": [${jsonText(invocation)}]}]}\n`);
    },
  };
}

/** The id that the finding has, or would have, where a server watches. */
function idOf({ guardrail, policy, rule, binding, param, resource }: VerdictItem): string {
  const { source, type, namespace: scope, name } = resource;
  return findingId({
    policy: { ...policy, name: guardrail },
    rule,
    binding,
    param,
    resource: { source, type, scope, name },
  });
}

/** GitHub's `security-severity` of each severity (0.0 to 10.0), and SARIF's level. */
const grades: Record<Severity, { readonly level: string; readonly score: string }> = {
  critical: { level: 'error', score: '9.5' },
  high: { level: 'error', score: '8.0' },
  medium: { level: 'warning', score: '5.5' },
  low: { level: 'note', score: '3.0' },
  info: { level: 'note', score: '0.0' },
};

function result(verdict: VerdictItem): object {
  const { guardrail, outcome, reason, resource, violations } = verdict;
  const text = `${resourceTitle(verdict)}: ${messagesOf(verdict).join('\n')}`;
  const logical = violations
    .flatMap(({ paths }) => paths)
    .map((path) => ({ fullyQualifiedName: path, kind: 'member' }));
  return {
    ruleId: guardrail,
    ...gradeOf(verdict),
    message: { text },
    locations: [
      {
        ...(resource.file === null ? {} : { physicalLocation: location(resource.file, resource.line) }),
        logicalLocations: [{ fullyQualifiedName: resourceName(resource), kind: 'resource' }, ...logical],
      },
    ],
    // By a finding's id code scanning knows a result again though lines move.
    partialFingerprints: { 'plimsollFindingId/v1': idOf(verdict) },
    ...(outcome === 'waived'
      ? { suppressions: [{ kind: 'external', status: 'accepted', justification: reason ?? '' }] }
      : {}),
    properties: { outcome },
  };
}

/** SARIF 3.27.10: a kind other than `fail` has level `none`. What could not be told is a warning, never nothing. */
function gradeOf({ outcome, severity }: VerdictItem): { readonly kind: string; readonly level: string } {
  if (outcome === 'pass') return { kind: 'pass', level: 'none' };
  if (outcome === 'skip') return { kind: 'notApplicable', level: 'none' };
  if (outcome === 'fail' || outcome === 'waived') return { kind: 'fail', level: grades[severity].level };
  return { kind: 'fail', level: 'warning' };
}

function location(file: string, line: number | null): object {
  const region = line === null ? {} : { region: { startLine: Math.max(1, line) } };
  return { artifactLocation: { uri: encodeURI(file) }, ...region };
}

function rule(id: string, severity: Severity, heading: GuardrailHeading | undefined): object {
  const title = heading?.title ?? id;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: heading?.description ?? title },
    defaultConfiguration: { level: grades[severity].level },
    properties: { 'security-severity': grades[severity].score, tags: ['security', 'kubernetes'] },
  };
}

function notification(problem: ProblemItem): object {
  const { code, message, remedy, file, line } = problem;
  return {
    descriptor: { id: code },
    level: faultOf(problem) === 'notice' ? 'note' : 'error',
    message: { text: `${message} ${remedy}` },
    ...(file === null ? {} : { locations: [{ physicalLocation: location(file, line) }] }),
  };
}
