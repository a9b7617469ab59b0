import { type Coverage, isComplete, isMissed } from '../model/coverage.ts';
import type { ResourceKey } from '../model/resource.ts';
import { timeText } from './items.ts';
import type { FindingItem } from './schemas.ts';

/** Tells of a resource why it is not seen as of now; null where it is. */
export type StaleOf = (key: Pick<ResourceKey, 'source' | 'type' | 'scope'>) => FindingItem['stale'];

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
    return { state: missed.state, since: timeText(missed.since), reason: missed.reason };
  };
}

function keyOf(source: string, type: string, scope: string | null): string {
  return `${source}\0${type}\0${scope ?? ''}`;
}
