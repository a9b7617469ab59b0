import type { Coverage } from '../model/coverage.ts';
import type { Json } from '../model/json.ts';
import type { z } from 'zod';
import type { Needs } from '../model/needs.ts';
import type { Observation } from '../model/observation.ts';
import type { Problem } from '../model/problem.ts';
import type { IdentityClaims } from './identity-claims.ts';

/** What was saved of a source when it last stopped: where to resume from. */
export interface SourceState {
  readonly identity: string | null;
  readonly cursors: readonly { readonly type: string; readonly scope: string | null; readonly cursor: string }[];
  /** Types of which the inventory holds resources. */
  readonly types: readonly string[];
  readonly facts: ReadonlyMap<string, Json>;
  /** What was said last of each type and scope. */
  readonly coverage: readonly Coverage[];
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

/** What all sources of a process share. */
export interface SharedSources {
  /** Which source has which cluster: two names for one cluster are one source. */
  readonly claims: IdentityClaims;
  /** Told of each watch of a source that is begun anew, and why, in a word. */
  readonly restarted?: (source: string, reason: string) => void;
}

/** A type that may not be watched; `scope` null: everywhere. */
export interface MissingRight {
  readonly type: string;
  readonly scope: string | null;
  readonly verbs: readonly string[];
}

/** What an origin says when it is asked whether a source can do with it. */
export interface Examination {
  /** The version that the origin is of, and its minor where it is a Kubernetes server. */
  readonly version: string | null;
  readonly minor: number | null;
  /** By how many milliseconds its clock is ahead of ours; null where it does not say. */
  readonly skew: number | null;
  /** How many types would be watched; null where it is not known. */
  readonly types: number | null;
  readonly missing: readonly MissingRight[];
  /** What an administrator applies, so that nothing is missing: the least that does. */
  readonly roles: readonly object[];
  readonly problems: readonly Problem[];
}

/** What of a kind there is on this machine for somebody who names nothing. */
export interface Offered<Options> {
  /** The one that is meant (a kubeconfig's current context); null where there is none. */
  readonly current: Options | null;
  readonly all: readonly Options[];
}

/**
 * A kind of source: a folder under sources/ whose `index.ts` exports one of these, and a line in registry.ts.
 * `index.ts` is imported by every command, so what reads the origin is imported when it is opened.
 */
export interface SourceKind<Options extends object> {
  /** Stable; the key of its entries in plimsoll.yaml, and `kind` of its sources. */
  readonly id: string;
  /** One line for lists: what it reads. */
  readonly title: string;
  /** What an operator has to know, in a few sentences: what is seen, what is not, what it costs the origin. */
  readonly about: string;
  /** What the origin has to allow, one line each; a source needs nothing that is not listed. */
  readonly needs: readonly string[];
  /** The options of one entry; strict, each with a description. */
  readonly options: z.ZodType<Options>;
  /** The options that are paths: in plimsoll.yaml relative to that file. */
  readonly paths: readonly (keyof Options & string)[];
  /**
   * The sources of one entry, unopened: what fails later is coverage.
   *
   * @throws PlimsollError of fault `user` for what no waiting mends (a context, a file that is not there)
   */
  open(options: Options, shared: SharedSources): Promise<readonly Source[]>;
  /**
   * Sources of an entry that come after `sources` were opened (a new cluster folder of a fleet), unopened, until `signal`
   * aborts, and why something that came is none; left out where none can come. A source that goes is no less a source: its coverage says that it is away.
   */
  arrivals?(options: Options, sources: readonly Source[], signal: AbortSignal): AsyncIterable<Source | Problem>;
  /** @throws PlimsollError of fault `user` where what lists them cannot be read */
  offered(options: Partial<Options>): Promise<Offered<Options>>;
  /** Why the origin does not answer within so many milliseconds; null where it does, be it with a refusal. */
  silence(options: Options, milliseconds: number): Promise<string | null>;
  /** Asks the origin what a source needs of it, for `plimsoll doctor`; ends after so many milliseconds, and writes nothing. */
  examine(options: Options, milliseconds: number): Promise<Examination>;
}
