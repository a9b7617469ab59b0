/** Time as the program knows it: the machine's, or in tests one that moves only when it is told to. */
export interface Clock {
  /** Milliseconds since 1970, as people and records read it. It may jump, both ways. */
  now(): number;
  /** Milliseconds from no particular moment: never goes back, and does not count a machine's sleep. For intervals. */
  elapsed(): number;
  /** Calls back once, so many milliseconds from now; gives the way to cancel it. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The machine's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Waits; resolves early, without an error, when `signal` aborts. */
export async function pause(milliseconds: number, signal: AbortSignal, clock: Clock): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(milliseconds, resolve);
  const wake = (): void => resolve();
  signal.addEventListener('abort', wake, { once: true });
  await promise;
  cancel();
  signal.removeEventListener('abort', wake);
}

/** A signal that aborts when so many milliseconds have passed, until it is let go. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  readonly release: () => void;
}

/** Begins a time limit; whoever begins it lets it go when it is no longer needed. */
export function timeLimit(milliseconds: number, clock: Clock): TimeLimit {
  const limit = new AbortController();
  return { signal: limit.signal, release: clock.after(milliseconds, () => limit.abort()) };
}
