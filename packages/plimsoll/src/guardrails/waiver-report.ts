import { type Waiver, objection } from '../findings/waiver.ts';
import { type WaiverState, waiverProblems, waiverState } from '../findings/waiver-audit.ts';
import type { PassedBy, WaiverCount, WaiverTally } from '../findings/waiver-tally.ts';
import type { Problem } from '../model/problem.ts';
import type { Resource } from '../model/resource.ts';
import type { Guardrail } from './policy-set.ts';
import { questionOf } from './waived-by.ts';

/** A waiver, what it covers, and what is wrong with it. */
export interface AuditedWaiver {
  readonly waiver: Waiver;
  readonly state: WaiverState;
  /** null: not everything was looked at. */
  readonly count: WaiverCount | null;
  readonly problems: readonly Problem[];
}

/** What waivers may name. */
export interface WhatThereIs {
  readonly guardrails: readonly Guardrail[];
  /** null: those that are not here may be elsewhere. */
  readonly sources: readonly string[] | null;
}

/**
 * Audits waivers by what they cover; `tally` null where not everything was looked at. `resourceOf` gives the resource of
 * a verdict that a waiver left alone, where it is not at hand.
 */
export function auditWaivers(
  waivers: readonly Waiver[],
  tally: WaiverTally | null,
  { guardrails, sources }: WhatThereIs,
  now: number,
  resourceOf: (passed: PassedBy) => Resource | null = ({ resource }) => resource,
): readonly AuditedWaiver[] {
  const nameable = {
    guardrails: guardrails.map(({ policy }) => policy.reference.name),
    categories: [...new Set(guardrails.flatMap(({ policy }) => policy.categories))],
    sources,
  };
  return waivers.map((waiver) => {
    const count = tally?.of(waiver) ?? null;
    const passed = count?.covered === 0 ? count.passedBy : null;
    const resource = passed === null ? null : resourceOf(passed);
    const why =
      passed === null || resource === null
        ? null
        : objection(waiver, questionOf(passed.verdict, passed, resource), now);
    const problems = waiverProblems(waiver, { count, objection: why, nameable, now });
    return { waiver, state: waiverState(waiver, count, now), count, problems };
  });
}
