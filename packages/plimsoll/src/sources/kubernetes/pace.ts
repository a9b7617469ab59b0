/** Times that the source keeps to, milliseconds unless named otherwise. Tests give shorter ones. */
export interface Tuning {
  /** How often a server sends bookmarks (kube-apiserver: about once a minute). */
  readonly bookmarkInterval: number;
  /** WatchList: how long after the last event the end bookmark may take before it is listed instead. */
  readonly endBookmarkPatience: number;
  /** First wait after a failure; doubles up to `backoffMax`. */
  readonly backoffBase: number;
  readonly backoffMax: number;
  /** Wait before what only a person mends is tried again: forbidden types, refused credentials. */
  readonly slowRetry: number;
  /** Discovery is asked anew at this interval even where no CRD or APIService was seen to change. */
  readonly discoveryInterval: number;
  /** A change of a CRD or APIService starts discovery after this. */
  readonly discoveryDelay: number;
  /** First lists of one cluster that run at a time. */
  readonly listsAtOnce: number;
  /** Starts of a cluster and of its types are spread over this much. */
  readonly stagger: number;
  /** A request for one small answer ends after this. */
  readonly requestTimeout: number;
  /** A live watch's `lastComplete` is written anew no more often than this. */
  readonly confirmInterval: number;
}

/** What is used outside tests. */
export const defaultTuning: Tuning = {
  bookmarkInterval: 60_000,
  endBookmarkPatience: 10_000,
  backoffBase: 500,
  backoffMax: 30_000,
  slowRetry: 120_000,
  discoveryInterval: 600_000,
  discoveryDelay: 500,
  listsAtOnce: 8,
  stagger: 200,
  requestTimeout: 20_000,
  confirmInterval: 300_000,
};

/**
 * How long to wait after the `failures`-th failure in a row (1, 2, …): doubling from base to max, of which a random
 * half to whole is taken, so that many watchers cut off together do not come back together.
 */
export function backoff(failures: number, tuning: Pick<Tuning, 'backoffBase' | 'backoffMax'>, random: number): number {
  const full = Math.min(tuning.backoffMax, tuning.backoffBase * 2 ** Math.min(failures - 1, 20));
  return full * (0.5 + random / 2);
}

/** At most `size` holders at a time, first come first served. */
export class Turnstile {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(size: number) {
    this.#free = size;
  }

  /** Waits for a place; gives the function that leaves it (further calls of it do nothing). */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    };
  }

  /** Runs `task` when a place is free; gives its result. */
  async pass<T>(task: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await task();
    } finally {
      leave();
    }
  }
}
