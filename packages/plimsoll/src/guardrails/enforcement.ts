/** A step of a policy's ladder: what is done about a violation, from when on, and at which moments. */
export interface EnforcementStep {
  /** In its tool's own words: `deny`, `Audit`, `Enforce`. */
  readonly action: string;
  /** The day (UTC) from which on it is due, as `2027-01-15`; null: always. */
  readonly from: string | null;
  /** `ci`, `admission`; empty: all of them. */
  readonly points: readonly string[];
}

/**
 * The steps of a ladder that are in force at a moment: of those that are due, the ones with the latest day. Empty where
 * none is due yet, or none is about that moment. `now`: milliseconds since 1970.
 */
export function stepsInForce(
  steps: readonly EnforcementStep[],
  point: string,
  now: number,
): readonly EnforcementStep[] {
  const due = stepsAt(steps, point).filter((step) => dueAt(step) <= now);
  const latest = Math.max(...due.map(dueAt));
  return due.filter((step) => dueAt(step) === latest);
}

/** The steps that come into force later, the next one first. */
export function stepsToCome(steps: readonly EnforcementStep[], point: string, now: number): readonly EnforcementStep[] {
  return stepsAt(steps, point)
    .filter((step) => dueAt(step) > now)
    .toSorted((a, b) => dueAt(a) - dueAt(b));
}

/** A step in words: `deny from 2027-03-01 (ci, admission)`. */
export function stepText({ action, from, points }: EnforcementStep): string {
  return `${action}${from === null ? '' : ` from ${from}`}${points.length === 0 ? '' : ` (${points.join(', ')})`}`;
}

function stepsAt(steps: readonly EnforcementStep[], point: string): readonly EnforcementStep[] {
  return steps.filter(({ points }) => points.length === 0 || points.includes(point));
}

function dueAt({ from }: EnforcementStep): number {
  return from === null ? Number.NEGATIVE_INFINITY : Date.parse(from);
}
