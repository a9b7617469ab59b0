import { policyText } from '../../findings/conclusion.ts';
import type { Waiver } from '../../findings/waiver.ts';
import { WaiverTally } from '../../findings/waiver-tally.ts';
import { type AuditedWaiver, auditWaivers } from '../../guardrails/waiver-report.ts';
import type { Guardrail } from '../../guardrails/policy-set.ts';
import type { Store } from '../../inventory/store.ts';
import { type Resource, keyText } from '../../model/resource.ts';

/** Audits waivers by the findings that stand in a store. */
export async function auditStore(
  waivers: readonly Waiver[],
  guardrails: readonly Guardrail[],
  store: Store,
  now: number,
): Promise<readonly AuditedWaiver[]> {
  const categories = new Map(guardrails.map(({ policy }) => [policyText(policy.reference), policy.categories]));
  const tally = new WaiverTally(waivers);
  for await (const findings of store.openFindings()) {
    for (const finding of findings) tally.count(finding, categories.get(policyText(finding.policy)) ?? [], null);
    await new Promise(setImmediate); // what happens meanwhile is not held up by who counts
  }
  const passedBy = new Map<string, Resource>();
  for (const waiver of waivers) {
    const { covered, passedBy: passed } = tally.of(waiver);
    const resource = covered > 0 || passed === null ? null : await store.resource(passed.verdict.resource);
    if (resource !== null) passedBy.set(keyText(resource), resource);
  }
  const there = { guardrails, sources: await store.sources() };
  return auditWaivers(waivers, tally, there, now, ({ verdict }) => passedBy.get(keyText(verdict.resource)) ?? null);
}
