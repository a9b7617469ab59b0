/** How well one type in one scope is seen. */
export type CoverageState =
  | 'live' // listed completely and watched
  | 'listed' // listed completely, no watch (files read once, types without watch)
  | 'listing' // a first list is under way
  | 'stale' // was complete once; the stream is broken and being restored
  | 'forbidden'
  | 'throttled'
  | 'unsupported' // the server cannot list or watch it, or cannot give metadata alone
  | 'down' // the server, or the aggregated API behind the group, does not answer
  | 'off' // not watched by configuration
  | 'never'; // not tried yet

/** What we can see of `type` in `scope` of `source`. */
export interface Coverage {
  readonly source: string;
  /** `*` for the whole source (server down, discovery failed). */
  readonly type: string;
  /** null: everywhere; else the namespace that is watched by itself. */
  readonly scope: string | null;
  readonly state: CoverageState;
  /** Milliseconds since 1970 when the state began. */
  readonly since: number;
  /** When the last complete list ended or, for a live watch, was last confirmed; null if never. */
  readonly lastComplete: number | null;
  /** Why, in words for a person; null where the state says it all. */
  readonly reason: string | null;
}

/** True where absence of a resource in the inventory proves absence in the source. */
export function isComplete(coverage: Pick<Coverage, 'state'> | undefined): boolean {
  return coverage !== undefined && (coverage.state === 'live' || coverage.state === 'listed');
}

/**
 * True where something is not seen that a right or waiting would show. What nobody can see (`unsupported`), does not
 * want to (`off`) or has not yet looked at (`listing`, `never`) is not missed.
 */
export function isMissed({ state }: Pick<Coverage, 'state'>): boolean {
  return state === 'forbidden' || state === 'down' || state === 'throttled' || state === 'stale';
}

/** True where a first list is under way, or waits for its turn: it will soon be known what is there, or why not. */
export function isAwaited({ state }: Pick<Coverage, 'state'>): boolean {
  return state === 'listing' || state === 'never';
}

/**
 * True where something that the asker is about may be there unseen. A type that is off by configuration is nobody's
 * question, unless it is asked for by its name (`asked`; null: all types).
 */
export function hidesFrom(asked: string | null, coverage: Coverage): boolean {
  return !isComplete(coverage) && (coverage.state !== 'off' || coverage.type === asked);
}
