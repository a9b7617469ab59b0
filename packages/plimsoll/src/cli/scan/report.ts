import { displayName } from '../../model/resource.ts';
import type { Outcome } from '../../model/verdict.ts';
import type { ProblemItem, VerdictItem } from '../../server/schemas.ts';

/** How many resources were judged by how many guardrails, and the verdicts by outcome. */
export interface ReportSummary extends Readonly<Record<Outcome, number>> {
  readonly resources: number;
  readonly guardrails: number;
}

/** What a report says of a guardrail beyond its verdicts. */
export interface GuardrailHeading {
  readonly name: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly categories: readonly string[];
}

/** What is written once everything was judged. */
export interface ReportEnd {
  readonly summary: ReportSummary;
  readonly problems: readonly ProblemItem[];
}

/** Writes a report while verdicts come in, so that memory does not grow with the input. */
export interface ReportWriter {
  readonly verdict: (verdict: VerdictItem) => Promise<void>;
  readonly end: (end: ReportEnd) => Promise<void>;
}

/** Takes text of a report; resolves once it can take more. */
export type Write = (text: string) => Promise<void>;

/** The lines that say what is wrong: the violations' messages, or the reason where there are none. */
export function messagesOf({ violations, reason, outcome }: VerdictItem): readonly string[] {
  if (violations.length > 0) return violations.map(({ message }) => message);
  return [reason ?? outcome];
}

/** `Pod shop/web`. */
export function resourceTitle({ resource }: VerdictItem): string {
  const { kind, namespace, name } = resource;
  return `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;
}

/** What names a resource in an item of the API, whose word for the scope is `namespace`. */
type NamedInItem = Pick<VerdictItem['resource'], 'source' | 'type' | 'namespace' | 'name'>;

/** `prod/core/pods/shop/web`: what `get` takes. */
export function resourceName({ source, type, namespace, name }: NamedInItem): string {
  return displayName({ source, type, scope: namespace, name });
}

/** `pods.yaml:12`, or the source where it is no file. */
export function resourcePlace({ resource }: VerdictItem): string {
  const { file, line, source } = resource;
  if (file === null) return source;
  return line === null ? file : `${file}:${line}`;
}
