import type { ChangeLog } from '../../inventory/change-log.ts';
import type { Problem } from '../../model/problem.ts';
import type { Source } from '../../sources/source.ts';
import type { Backend } from '../../server/backend.ts';
import { backendOf } from './backend-of.ts';
import { loadGuardrails } from './guardrail-set.ts';
import { rememberNamed } from './named-guardrails.ts';
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
    complain,
  );
  await rememberNamed(store, named);
  await guardrails.start(log);
  const backend: Backend = {
    ...backendOf(store, guardrails, loaded.waivers),
    subscribe: (listener) => log.subscribe(listener),
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
