interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Immediates and file operations that are under way: work that is not waiting for this clock. */
const underWay = /^(Immediate|FSReq|CloseReq)/;

/**
 * Time that passes only when nothing else is left to do: a test runs through hours of waiting in milliseconds, and the
 * same way each time.
 */
export class VirtualClock {
  #elapsed = 0;
  #wall: number;
  #order = 0;
  /** The earliest last. */
  readonly #timers: Timer[] = [];

  /** `start`: milliseconds since 1970. */
  constructor(start: number) {
    this.#wall = start;
  }

  now(): number {
    return Math.floor(this.#wall + this.#elapsed);
  }

  elapsed(): number {
    return this.#elapsed;
  }

  after(milliseconds: number, callback: () => void): () => void {
    this.#order += 1;
    const timer: Timer = { at: this.#elapsed + Math.max(0, milliseconds), order: this.#order, callback };
    let place = this.#timers.length;
    while (place > 0 && isBefore(this.#timers[place - 1], timer)) place -= 1;
    this.#timers.splice(place, 0, timer);
    return () => {
      const found = this.#timers.indexOf(timer);
      if (found >= 0) this.#timers.splice(found, 1);
    };
  }

  /** Sets the wall clock, as a person, NTP or a machine's sleep does: no interval ends sooner or later for it. */
  jump(milliseconds: number): void {
    this.#wall += milliseconds;
  }

  /** Lets so much time pass, all that falls due in it done. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.#elapsed + milliseconds;
    for (;;) {
      await idle();
      const next = this.#timers.at(-1);
      if (next === undefined || next.at > until) break;
      this.#timers.pop();
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.callback();
    }
    this.#elapsed = until;
  }

  /** Lets time pass until `done`; false where it takes longer than `limit` milliseconds. */
  async until(done: () => boolean, limit: number): Promise<boolean> {
    const end = this.#elapsed + limit;
    for (;;) {
      await idle();
      if (done()) return true;
      const next = this.#timers.at(-1);
      if (next === undefined || next.at > end) return false;
      this.#timers.pop();
      this.#elapsed = Math.max(this.#elapsed, next.at);
      next.callback();
    }
  }
}

/** Whether `a`, which may be missing, falls due before `b`. */
function isBefore(a: Timer | undefined, b: Timer): boolean {
  return a !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order));
}

/** Resolves when everything waits for time alone. */
async function idle(): Promise<void> {
  do await new Promise(setImmediate);
  while (process.getActiveResourcesInfo().some((resource) => underWay.test(resource)));
}
