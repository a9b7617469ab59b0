import { Evaluator } from '../../guardrails/evaluate/evaluator.ts';
import type { ChangeLog } from '../../inventory/change-log.ts';
import type { Store } from '../../inventory/store.ts';
import type { Problem } from '../../model/problem.ts';
import type { Source } from '../../sources/source.ts';
import type { Backend } from '../../server/backend.ts';
import { explanationOf } from '../../server/explanation.ts';
import { guardrailItem } from '../../server/guardrail-item.ts';
import { loadGuardrails, waiverItem } from './guardrail-set.ts';
import { LiveGuardrails } from '../../guardrails/live/live-guardrails.ts';
import { FileKinds } from '../../model/kinds.ts';
import { openInventory } from './open-inventory.ts';

/** A whole Plimsoll in this process, without its HTTP server. */
export interface Plimsoll {
  readonly log: ChangeLog;
  readonly backend: Backend;
  /** Tells these sources what the guardrails need of them, now and whenever it changes; before they run. */
  readonly tellNeeds: (sources: readonly Source[]) => void;
  readonly close: () => Promise<void>;
}

/**
 * Opens a store (`:memory:` for none), its change log and the guardrails that read it. Broken guardrails and waivers
 * are complained of, and the others go on.
 *
 * @throws PlimsollError PLM15xx for the store, PLM1311 for a preset, PLM1005 for a path
 */
export async function openPlimsoll(
  file: string,
  named: readonly string[],
  complain: (problem: Problem) => void,
): Promise<Plimsoll> {
  const loaded = await loadGuardrails(named);
  for (const problem of [...loaded.problems, ...loaded.guardrails.flatMap(({ problems }) => problems)])
    complain(problem);
  const kinds = new FileKinds();
  const {
    store,
    log,
    reader: guardrails,
    close,
  } = await openInventory(
    file,
    async (opened) =>
      await LiveGuardrails.open(opened, {
        parts: loaded.documents.parts,
        waivers: loaded.waivers,
        kinds: (apiVersion, kind) => kinds.of(apiVersion, kind),
      }),
  );
  await guardrails.start(log);
  const backend: Backend = {
    store,
    subscribe: (listener) => log.subscribe(listener),
    guardrails: () => guardrails.all.map(guardrailItem),
    waivers: async () => {
      const covered = await waivedFindings(store);
      return loaded.waivers.map((waiver) => waiverItem(waiver, covered.get(waiver.name) ?? 0, Date.now()));
    },
    explain: async (finding) =>
      await explanationOf(finding, {
        store,
        guardrails: guardrails.all,
        waivers: loaded.waivers,
        evaluatorOf: (guardrail) => new Evaluator([guardrail], guardrails.world),
      }),
    unready: () => {
      const { ok, reason } = log.health;
      return ok ? [] : [`the store cannot be written: ${reason ?? 'no reason given'}`];
    },
  };
  return {
    log,
    backend,
    tellNeeds: (sources) => {
      const named = new Map(sources.map((source) => [source.name, source]));
      guardrails.onNeeds([...named.keys()], (name, needs) => named.get(name)?.need?.(needs));
    },
    close: async () => {
      await guardrails.stop();
      await close();
    },
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
