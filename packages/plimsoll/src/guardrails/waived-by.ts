import { type Waiver, type WaiverQuestion, waive } from '../findings/waiver.ts';
import type { Resource } from '../model/resource.ts';
import type { Verdict, WaivedBy } from '../model/verdict.ts';
import { knownLabels, labelsOf } from './match/subject.ts';
import type { Policy } from './policy.ts';

/** What waivers are asked of a verdict, or of the finding that it became; `resource` is what it is about. */
export function questionOf(
  { policy, violations }: Pick<Verdict, 'policy' | 'violations'>,
  { categories }: Pick<Policy, 'categories'>,
  resource: Resource,
): WaiverQuestion {
  const isKnownLabel = knownLabels(resource.unseen) ?? (() => true);
  return { policy, categories, resource, violations, labels: labelsOf(resource.body), isKnownLabel };
}

/**
 * The verdict of a policy held to the waivers at `now` (milliseconds since 1970): a failing one that a waiver covers is
 * waived, and its reason says why, by which waiver, whose, and until when.
 */
export function heldToWaivers(
  verdict: Verdict,
  policy: Pick<Policy, 'categories'>,
  resource: Resource,
  waivers: readonly Waiver[],
  now: number,
): Verdict {
  if (verdict.outcome !== 'fail' || waivers.length === 0) return verdict;
  const waivedBy = waive(waivers, questionOf(verdict, policy, resource), now);
  return waivedBy === null ? verdict : { ...verdict, outcome: 'waived', reason: reasonOf(waivedBy), waivedBy };
}

function reasonOf({ waiver, reason, owner, until }: WaivedBy): string {
  const who = owner === null ? '' : `, ${owner}`;
  const end = until === null ? '' : `, until ${new Date(until).toISOString()}`;
  return `${reason} (waiver ${waiver}${who}${end})`;
}
