import { Evaluator } from '../../guardrails/evaluate/evaluator.ts';
import { notMatched } from '../../guardrails/evaluate/not-matched.ts';
import type { LiveGuardrails } from '../../guardrails/live/live-guardrails.ts';
import type { KeptWaivers } from '../../guardrails/kept-waivers.ts';
import { asWritten } from '../../guardrails/policy-set.ts';
import { Trial } from '../../guardrails/trial.ts';
import type { Waiver } from '../../findings/waiver.ts';
import type { Store } from '../../inventory/store.ts';
import type { Backend } from '../../server/backend.ts';
import { explanationOf } from '../../server/explanation.ts';
import { guardrailItems } from '../../server/guardrail-item.ts';
import { waiverItem } from '../../server/waiver-item.ts';
import { auditStore } from './audit-store.ts';
import { locateIn } from './locate-in-file.ts';

/** What the API says of a store, of the guardrails over it and of their waivers; all but what happens meanwhile. */
export function backendOf(
  store: Store,
  guardrails: LiveGuardrails,
  waivers: () => readonly Waiver[],
  kept: KeptWaivers,
): Omit<Backend, 'subscribe' | 'unready' | 'configuration' | 'keepWaiver' | 'endWaiver'> {
  return {
    store,
    guardrails: () => guardrailItems(guardrails.all, (guardrail) => guardrails.skippedBy(guardrail)),
    waivers: async () => {
      const audited = await auditStore(waivers(), guardrails.all, store, Date.now());
      return audited.map((one) => waiverItem(one, one.waiver.origin === 'api' ? kept.created(one.waiver.name) : null));
    },
    restsOn: (finding) => guardrails.listsBehind(finding),
    trial: (expression, type) => new Trial(expression, type, guardrails.world),
    world: guardrails.world,
    judging: () => guardrails.isJudging,
    explain: async (finding) =>
      await explanationOf(finding, {
        store,
        guardrails: guardrails.all,
        skippedBy: (guardrail) => guardrails.skippedBy(guardrail),
        waivers: waivers(),
        restsOn: (one) => guardrails.listsBehind(one),
        evaluatorOf: (guardrail) => new Evaluator([guardrail], guardrails.world),
        notMatched: (resource) => notMatched(resource, asWritten(guardrails.all), guardrails.world),
        locate: locateIn,
      }),
  };
}
