import type { ChangeLog } from '../../inventory/change-log.ts';
import type { Problem } from '../../model/problem.ts';
import type { Source } from '../../sources/source.ts';
import { noConfiguration, type Backend, type ConfigurationState } from '../../server/backend.ts';
import { backendOf } from './backend-of.ts';
import { loadGuardrails, problemsOf, type GuardrailSet } from './guardrail-set.ts';
import { rememberNamed } from './named-guardrails.ts';
import { WaiverKeeping } from './waiver-keeping.ts';
import { KeptWaivers, waiversInForce } from '../../guardrails/kept-waivers.ts';
import { LiveGuardrails } from '../../guardrails/live/live-guardrails.ts';
import { FileKinds } from '../../model/kinds.ts';
import { storeSize } from '../../inventory/sqlite/store-size.ts';
import type { RetentionLimits } from '../../inventory/sqlite/retention.ts';
import type { Store } from '../../inventory/store.ts';
import type { Coverage } from '../../model/coverage.ts';
import type { MetricsSample } from '../../server/metrics.ts';
import { openInventory } from './open-inventory.ts';

/** A whole Plimsoll in this process, without its HTTP server. */
export interface Plimsoll {
  readonly log: ChangeLog;
  readonly backend: Backend;
  /**
   * Resolves when what is stored has been read: questions are answered before, sources run after. Rejects where the
   * store cannot be read.
   */
  readonly loaded: Promise<void>;
  /** Tells these sources what the guardrails need of them, now and whenever it changes; before they run. */
  readonly tellNeeds: (sources: readonly Source[]) => void;
  readonly guardrails: () => GuardrailSet;
  /** What of it /metrics tells. */
  readonly sample: () => Promise<Omit<MetricsSample, 'streamClients'>>;
  /** Judges by other guardrails from now on; `named` is what they were read from. */
  readonly judgeBy: (set: GuardrailSet, named: readonly string[]) => Promise<void>;
  /** Resolves once all that is known was judged. */
  readonly settled: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** What a Plimsoll is opened with. */
export interface Opening {
  /** The store; `:memory:` for none. */
  readonly file: string;
  /** What the guardrails are read from. */
  readonly guardrails: readonly string[];
  readonly complain: (problem: Problem) => void;
  readonly configuration?: () => ConfigurationState;
  readonly retention?: RetentionLimits;
}

/**
 * Opens a store, its change log and the guardrails that read it. Broken guardrails and waivers are complained of, and
 * the others go on.
 *
 * @throws PlimsollError PLM15xx for the store, PLM1311 for a preset, PLM1005 for a path
 */
export async function openPlimsoll(opening: Opening): Promise<Plimsoll> {
  const { file, guardrails: named, complain, configuration = noConfiguration, retention } = opening;
  let loaded = await loadGuardrails(named);
  for (const problem of problemsOf(loaded)) complain(problem);
  const kinds = new FileKinds();
  const {
    store,
    log,
    reader: guardrails,
    close,
  } = await openInventory(
    file,
    async (opened) => {
      const { all } = await KeptWaivers.open(opened);
      return await LiveGuardrails.open(opened, {
        parts: loaded.documents.parts,
        waivers: waiversInForce(loaded.waivers, all),
        kinds: (apiVersion, kind) => kinds.of(apiVersion, kind),
      });
    },
    complain,
    retention,
  );
  await rememberNamed(store, named);
  const kept = await KeptWaivers.open(store);
  const waivers = new WaiverKeeping(
    kept,
    () => loaded.waivers,
    complain,
    async (inForce, write) => {
      await guardrails.waive(inForce, log, write);
    },
  );
  const loading = log.load().then(async () => await guardrails.start(log));
  // Told to who waits for it; until then it is nobody's unhandled rejection.
  loading.catch(() => undefined);
  const backend: Backend = {
    ...backendOf(store, guardrails, () => waivers.inForce, kept),
    keepWaiver: async (document, by) => {
      await loading;
      return await waivers.keep(document, { at: Date.now(), by });
    },
    endWaiver: async (name) => {
      await loading;
      await waivers.end(name);
    },
    subscribe: (listener) => log.subscribe(listener),
    configuration: () => configuration(),
    unready: () => {
      if (!log.isLoaded) return ['what is stored is still being read'];
      const { ok, reason } = log.health;
      return ok ? [] : [`the store cannot be written: ${reason ?? 'no reason given'}`];
    },
  };
  return {
    log,
    backend,
    loaded: loading,
    tellNeeds: (sources) => {
      const named = new Map(sources.map((source) => [source.name, source]));
      guardrails.onNeeds([...named.keys()], (name, needs) => named.get(name)?.need?.(needs));
    },
    guardrails: () => loaded,
    sample: async () => ({
      resources: log.size,
      openFindings: guardrails.openFindings,
      evaluations: guardrails.evaluated,
      coverage: rowsByState(await store.coverage()),
      readers: [{ reader: guardrails.name, behind: await behind(store, guardrails.name) }],
      store: await storeSize(file),
      configuration: { inForce: configuration().problems.length === 0, since: configuration().since },
    }),
    judgeBy: async (set, by) => {
      await loading;
      loaded = set;
      await guardrails.replace({ parts: set.documents.parts, waivers: waivers.inForce }, log);
      await rememberNamed(store, by);
    },
    settled: async () => await guardrails.settled(),
    close: async () => {
      await loading.catch(() => undefined);
      await guardrails.stop();
      await close();
    },
  };
}

/** Events that a reader has not come to; none where it was never told any. */
async function behind(store: Store, reader: string): Promise<number> {
  const { headSeq } = store;
  return Math.max(0, headSeq - ((await store.readerSeq(reader)) ?? headSeq));
}

function rowsByState(coverage: readonly Coverage[]): MetricsSample['coverage'] {
  const rows = Map.groupBy(coverage, ({ source, state }) => JSON.stringify([source, state]));
  return [...rows.values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [{ source: first.source, state: first.state, rows: same.length }];
  });
}
