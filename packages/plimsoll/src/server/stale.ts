import { type Coverage, isComplete, isMissed } from '../model/coverage.ts';
import type { ResourceKey } from '../model/resource.ts';
import type { Finding } from '../model/finding.ts';
import { timeText } from './items.ts';
import type { FindingItem } from './schemas.ts';

/** A type in a scope of a source: what coverage speaks of. */
export type Seen = Pick<ResourceKey, 'source' | 'type' | 'scope'>;

/** Tells why something is not seen as of now; null where it is. */
type StaleOf = (of: Seen) => FindingItem['stale'];

/** Tells why a finding may be out of date; null where all that it rests on is seen. */
export type StaleFinding = (finding: Finding) => FindingItem['stale'];

/**
 * Why a finding may be out of date: its resource, or a list that its guardrail reads to judge it, is not seen as of now.
 *
 * @param restsOn what the guardrail of a finding reads besides its resource
 */
export function staleFindings(
  coverage: readonly Coverage[],
  restsOn: (finding: Finding) => readonly Seen[],
): StaleFinding {
  if (!coverage.some(isMissed)) return () => null;
  const stale = staleOf(coverage);
  return (finding) => {
    for (const seen of [finding.resource, ...restsOn(finding)]) {
      const why = stale(seen);
      if (why !== null) return why;
    }
    return null;
  };
}

/**
 * Why what is known of a resource may be out of date: its type, in its scope or everywhere, or its whole source, is
 * stale, forbidden, throttled or down. A type that is seen everywhere, or in the resource's own scope, is seen.
 */
export function staleOf(coverage: readonly Coverage[]): StaleOf {
  const rows = new Map(coverage.map((row) => [keyOf(row.source, row.type, row.scope), row]));
  if (!coverage.some(isMissed)) return () => null;
  return ({ source, type, scope }) => {
    const whole = rows.get(keyOf(source, type, null));
    const own = scope === null ? undefined : rows.get(keyOf(source, type, scope));
    const all = rows.get(keyOf(source, '*', null));
    const missed =
      all !== undefined && isMissed(all) ? all : isComplete(whole) || isComplete(own) ? undefined : (own ?? whole);
    if (missed === undefined || !isMissed(missed)) return null;
    return { type, state: missed.state, since: timeText(missed.since), reason: missed.reason };
  };
}

function keyOf(source: string, type: string, scope: string | null): string {
  return `${source}\0${type}\0${scope ?? ''}`;
}
