import { Evaluator } from '../../guardrails/evaluate/evaluator.ts';
import type { LiveGuardrails } from '../../guardrails/live/live-guardrails.ts';
import { Trial } from '../../guardrails/trial.ts';
import type { Waiver } from '../../findings/waiver.ts';
import type { Store } from '../../inventory/store.ts';
import type { Backend } from '../../server/backend.ts';
import { explanationOf } from '../../server/explanation.ts';
import { guardrailItems } from '../../server/guardrail-item.ts';
import { waiverItem } from './guardrail-set.ts';

/** What the API says of a store, of the guardrails over it and of their waivers; all but what happens meanwhile. */
export function backendOf(
  store: Store,
  guardrails: LiveGuardrails,
  waivers: () => readonly Waiver[],
): Omit<Backend, 'subscribe' | 'unready' | 'configuration'> {
  return {
    store,
    guardrails: () => guardrailItems(guardrails.all, (guardrail) => guardrails.skippedBy(guardrail)),
    waivers: async () => {
      const covered = await waivedFindings(store);
      return waivers().map((waiver) => waiverItem(waiver, covered.get(waiver.name) ?? 0, Date.now()));
    },
    restsOn: (finding) => guardrails.listsBehind(finding),
    trial: (expression, type) => new Trial(expression, type, guardrails.world),
    judging: () => guardrails.isJudging,
    explain: async (finding) =>
      await explanationOf(finding, {
        store,
        guardrails: guardrails.all,
        skippedBy: (guardrail) => guardrails.skippedBy(guardrail),
        waivers: waivers(),
        restsOn: (one) => guardrails.listsBehind(one),
        evaluatorOf: (guardrail) => new Evaluator([guardrail], guardrails.world),
      }),
  };
}

/** How many open findings each waiver covers, by its name. */
async function waivedFindings(store: Store): Promise<ReadonlyMap<string, number>> {
  const covered = new Map<string, number>();
  for await (const findings of store.openFindings())
    for (const { waivedBy } of findings)
      if (waivedBy !== null) covered.set(waivedBy.waiver, (covered.get(waivedBy.waiver) ?? 0) + 1);
  return covered;
}
