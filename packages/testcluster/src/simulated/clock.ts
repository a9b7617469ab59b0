/** Time as a simulated server knows it: its own virtual one, or the machine's. */
export interface SimulatedClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds from no particular moment. */
  elapsed(): number;
  /** Calls back once, so many milliseconds from now; gives the way to cancel it. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** The machine's time. */
export const machineClock: SimulatedClock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (milliseconds, callback) => {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
