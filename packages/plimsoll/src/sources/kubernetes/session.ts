import type { Json } from '../../model/json.ts';
import type { CoverageBoard } from './coverage-board.ts';
import type { ExtraReads } from './extra-reads.ts';
import type { ApiFailure } from './failure.ts';
import type { Outlet } from './outlet.ts';
import type { Tuning, Turnstile } from './pace.ts';
import type { Surroundings } from './surroundings.ts';
import type { Target } from './target.ts';
import type { Transport } from './transport.ts';

/** Which cluster answers: the one of this session, another, or one that shows no more than its address. */
export type Answerer = 'same' | 'another' | 'unproven';

/** What a reflector sees: a complete list that begins and ends, and objects. */
export type Sight = 'begin' | 'upsert' | 'delete' | 'complete';

/** What the reflectors of one cluster share, while it is the same cluster. */
export interface Session extends Pick<Surroundings, 'clock' | 'random'> {
  readonly source: string;
  readonly transport: Transport;
  readonly outlet: Outlet;
  readonly board: CoverageBoard;
  /** What is read of objects because guardrails need it. */
  readonly extras: ExtraReads;
  readonly tuning: Tuning;
  /** The server's minor version; null where it is not known. */
  readonly minor: number | null;
  /** Read once: each target is listed, nothing is watched. */
  readonly once: boolean;
  /** First lists under way at a time. */
  readonly lists: Turnstile;
  /** Groups whose server refused WatchList. */
  readonly withoutWatchList: Set<string>;
  /** Reads the cluster's identity again; where it is another one the session ends. */
  whoAnswers(signal: AbortSignal): Promise<Answerer>;
  /** A watch is begun anew, and why, in a word. */
  restarted(reason: string): void;
  /** An object as it was seen, before it is reduced: CRDs, APIServices and namespaces steer what is watched. */
  saw(target: Target, event: Sight, object: Json): void;
  /** A request of this target succeeded. */
  succeeded(target: Target): void;
  /** A request of this target failed. */
  failed(target: Target, failure: ApiFailure): void;
}
