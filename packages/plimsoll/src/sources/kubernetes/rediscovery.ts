import { pause } from '../../model/clock.ts';
import type { Served } from '../../model/served.ts';
import { discover } from './discovery.ts';
import { ApiFailure, reasonOf } from './failure.ts';
import { retryWait } from './retry.ts';
import { servedTypes } from './served-types.ts';
import type { Session } from './session.ts';

/** How many more times discovery is asked where a CRD or APIService changed: its types are served a little after it. */
const MORE_TIMES = 2;

/** Asks a cluster again what it serves: now and then, and soon after something was seen that may have changed it. */
export class Rediscovery {
  readonly #session: Pick<Session, 'transport' | 'tuning' | 'board' | 'outlet' | 'clock' | 'random'>;
  readonly #signal: AbortSignal;
  /** When the clock's `elapsed` comes to the next time; Infinity: the interval decides. */
  #due = Infinity;
  #more = 0;
  #wake: (() => void) | null = null;

  constructor(
    session: Pick<Session, 'transport' | 'tuning' | 'board' | 'outlet' | 'clock' | 'random'>,
    signal: AbortSignal,
  ) {
    this.#session = session;
    this.#signal = signal;
  }

  /** Asks soon; `repeatedly`, a few times more after that. */
  soon(how: 'once' | 'repeatedly'): void {
    this.#due = Math.min(this.#due, this.#session.clock.elapsed() + this.#session.tuning.discoveryDelay);
    if (how === 'repeatedly') this.#more = MORE_TIMES;
    this.#wake?.();
  }

  /** Gives `take` each answer; resolves when `signal` aborts. What is no {@link ApiFailure} is thrown. */
  async run(take: (served: Served) => Promise<void>): Promise<void> {
    for (let failures = 0; !this.#signal.aborted;) {
      await this.#untilDue();
      if (this.#signal.aborted) return;
      this.#due = Infinity;
      try {
        const served = servedTypes(await discover(this.#session.transport, this.#signal));
        failures = 0;
        await take(served);
        this.#repeat();
      } catch (error) {
        if (this.#signal.aborted) return;
        if (!(error instanceof ApiFailure)) throw error;
        failures += 1;
        await this.#failed(error, failures);
      }
    }
  }

  async #untilDue(): Promise<void> {
    const { clock, tuning } = this.#session;
    this.#due = Math.min(this.#due, clock.elapsed() + tuning.discoveryInterval);
    while (!this.#signal.aborted && clock.elapsed() < this.#due) {
      const woken = new AbortController();
      this.#wake = (): void => woken.abort();
      await pause(this.#due - clock.elapsed(), AbortSignal.any([this.#signal, woken.signal]), clock);
    }
  }

  #repeat(): void {
    if (this.#more === 0) return;
    this.#more -= 1;
    this.#due = this.#session.clock.elapsed() + 4 * this.#session.tuning.discoveryDelay;
  }

  /** One failure may be a moment's; from the second on, the cluster is said to be down. */
  async #failed(failure: ApiFailure, failures: number): Promise<void> {
    const { tuning, board, outlet, clock, random } = this.#session;
    if (failures > 1) await outlet.send(board.say('*', null, 'down', reasonOf(failure), clock.now()));
    this.#due = clock.elapsed() + retryWait(failure, failures, tuning, random());
  }
}
