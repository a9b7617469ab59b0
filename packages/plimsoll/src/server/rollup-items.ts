import { severityRank } from '../model/severity.ts';
import type { FindingItem, RollupItem } from './schemas.ts';

/** Findings that a roll-up names; the others are counted. */
const mostExamples = 3;
/** The worst first: what a roll-up of several outcomes is shown as. */
const outcomes = ['fail', 'error', 'unknown', 'waived'] as const;

/**
 * Findings folded, one item for a guardrail and the topmost owner of what it judged; what has no owner stands for
 * itself. Judgement is not touched: every finding is counted in exactly one item. The worst come first.
 */
export function rollupItems(findings: readonly FindingItem[]): RollupItem[] {
  const groups = Map.groupBy(findings, groupKey);
  return [...groups.values()]
    .flatMap(rolledUp)
    .sort((a, b) => severityRank(a.severity) - severityRank(b.severity) || compare(sortKey(a), sortKey(b)));
}

/** What a finding is rolled up to: its owner, or its own resource. */
export function rolledUpTo({ resource, owner }: FindingItem): RollupItem['owner'] {
  const { type, kind, namespace, name } = resource;
  return owner ?? { type, kind, namespace, name, unseen: null };
}

function groupKey(finding: FindingItem): string {
  const { guardrail, policy, resource } = finding;
  const { type, namespace, name } = rolledUpTo(finding);
  return [policy.source, policy.kind, policy.namespace, guardrail, resource.source, type, namespace, name].join('\0');
}

function rolledUp(group: readonly FindingItem[]): RollupItem[] {
  const [first] = group;
  if (first === undefined) return [];
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0]));
  for (const { outcome } of group) counts[outcome] = (counts[outcome] ?? 0) + 1;
  const outcome = outcomes.find((one) => (counts[one] ?? 0) > 0) ?? first.outcome;
  const owner = rolledUpTo(first);
  const isOwner = ({ resource }: FindingItem) => resource.type === owner.type && resource.name === owner.name;
  // The owner's own finding says where to mend it; then the worst.
  const ordered = group.toSorted(
    (a, b) => Number(a.outcome !== outcome) - Number(b.outcome !== outcome) || Number(isOwner(b)) - Number(isOwner(a)),
  );
  return [
    {
      guardrail: first.guardrail,
      policy: first.policy,
      severity: first.severity,
      source: first.resource.source,
      owner,
      outcome,
      count: group.length,
      outcomes: {
        fail: counts['fail'] ?? 0,
        waived: counts['waived'] ?? 0,
        unknown: counts['unknown'] ?? 0,
        error: counts['error'] ?? 0,
      },
      openedAt: group.map(({ openedAt }) => openedAt).sort()[0] ?? first.openedAt,
      examples: ordered.slice(0, mostExamples).map(({ id, resource, violations, reason }) => ({
        id,
        type: resource.type,
        namespace: resource.namespace,
        name: resource.name,
        message: violations[0]?.message ?? reason,
      })),
    },
  ];
}

function sortKey({ guardrail, source, owner }: RollupItem): string {
  return [guardrail, source, owner.namespace ?? '', owner.type, owner.name].join('\0');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
