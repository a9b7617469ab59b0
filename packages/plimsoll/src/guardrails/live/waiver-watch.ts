import { type Expiring, nextExpiry } from '../../findings/waiver.ts';
import type { Log } from '../../inventory/reader.ts';
import type { Clock } from '../../model/clock.ts';

/** A waiver's end is looked at no later than this after it: clocks are set, and machines sleep. */
const LONGEST_LOOK_MS = 60_000;

/** Waits for the ends of waivers and their like: what one covered fails again at that moment. */
export class WaiverWatch {
  readonly #clock: Clock;
  readonly #over: (log: Log) => Promise<void>;
  #forget = (): void => undefined;

  /** `over`: what is done once a waiver has ended. */
  constructor(clock: Clock, over: (log: Log) => Promise<void>) {
    [this.#clock, this.#over] = [clock, over];
  }

  /** Waits for the ends of these waivers from now on, in place of those before. */
  watch(waivers: readonly Expiring[], log: Log, after: number = this.#clock.now()): void {
    this.stop();
    const next = nextExpiry(waivers, after);
    if (next === null) return;
    const wait = Math.min(Math.max(0, next - this.#clock.now()) + 1, LONGEST_LOOK_MS);
    this.#forget = this.#clock.after(wait, () => {
      if (this.#clock.now() < next) return this.watch(waivers, log, after);
      void this.#over(log).then(
        () => this.watch(waivers, log),
        () => undefined, // the log is closed: the process is stopping
      );
    });
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.#forget();
    this.#forget = () => undefined;
  }
}
