import type { Json } from '../model/json.ts';
import type { Needs } from '../model/needs.ts';
import type { Observation } from '../model/observation.ts';

/** What was saved of a source when it last stopped: where to resume from. */
export interface SourceState {
  readonly identity: string | null;
  readonly cursors: readonly { readonly type: string; readonly scope: string | null; readonly cursor: string }[];
  /** Types of which the inventory holds resources. */
  readonly types: readonly string[];
  readonly facts: ReadonlyMap<string, Json>;
}

/** Where a source's observations go. */
export interface Sink {
  /** What is known of the source from earlier runs. */
  state(source: string): Promise<SourceState>;
  /**
   * Takes a batch; resolves when it is durable. Not awaiting is allowed for latency, but a source keeps the number of
   * unresolved batches bounded. Rejects only when the process is stopping.
   */
  observe(batch: readonly Observation[]): Promise<void>;
}

/**
 * A place that resources come from. One folder each under sources/, all named in registry.ts.
 * Construction is pure; nothing is opened before `run`.
 */
export interface Source {
  /** The user's name for it: unique in the process. */
  readonly name: string;
  /** Its kind's id: `kubernetes`, `files`, … */
  readonly kind: string;
  /**
   * What the readers of the log need of this source besides what it reads by itself, from now on; may be called before
   * `run`, and again whenever it changes. Left out where everything is read anyway.
   */
  need?(needs: Needs): void;
  /**
   * Observes until `signal` aborts, then resolves. Outages are coverage, not exceptions; it rejects only on what no
   * waiting mends (a {@link PlimsollError} of fault `user`: a context that does not exist).
   */
  run(sink: Sink, signal: AbortSignal): Promise<void>;
}
