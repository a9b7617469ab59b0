import { type Waiver, waive } from '../findings/waiver.ts';
import { isJsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import type { Verdict, WaivedBy } from '../model/verdict.ts';
import { labelsOf } from './match/subject.ts';

/** The waiver that covers a failing verdict on this resource at `now`; null for any other verdict. */
export function waivedByFor(
  verdict: Verdict,
  resource: Resource,
  waivers: readonly Waiver[],
  now: number,
): WaivedBy | null {
  if (verdict.outcome !== 'fail') return null;
  const labels = labelsOf(resource.body);
  return waive(waivers, { policy: verdict.policy, resource, labels: isJsonObject(labels) ? labels : {} }, now);
}
