import { type Waiver, waive } from '../findings/waiver.ts';
import { isJsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import type { Verdict, WaivedBy } from '../model/verdict.ts';
import { labelsOf } from './match/subject.ts';

/**
 * The verdict held to the waivers at `now` (milliseconds since 1970): a failing one that a waiver covers is waived, and
 * its reason says why, by which waiver, whose, and until when.
 */
export function heldToWaivers(verdict: Verdict, resource: Resource, waivers: readonly Waiver[], now: number): Verdict {
  if (verdict.outcome !== 'fail') return verdict;
  const labels = labelsOf(resource.body);
  const about = { policy: verdict.policy, resource, labels: isJsonObject(labels) ? labels : {} };
  const waivedBy = waive(waivers, about, now);
  return waivedBy === null ? verdict : { ...verdict, outcome: 'waived', reason: reasonOf(waivedBy), waivedBy };
}

function reasonOf({ waiver, reason, owner, until }: WaivedBy): string {
  const who = owner === null ? '' : `, ${owner}`;
  const end = until === null ? '' : `, until ${new Date(until).toISOString()}`;
  return `${reason} (waiver ${waiver}${who}${end})`;
}
