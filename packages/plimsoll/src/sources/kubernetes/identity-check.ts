import type { Clock } from '../../model/clock.ts';
import { recognise } from './identity.ts';
import type { Answerer } from './session.ts';

/** An answer that is no older than this many milliseconds serves others who ask. */
const FRESH_MS = 2000;

/** Whether the cluster behind an address is still the one that it was. */
export class IdentityCheck {
  readonly #identity: string;
  readonly #read: (signal: AbortSignal) => Promise<string>;
  readonly #clock: Clock;
  readonly #replaced = new AbortController();
  #checked: { readonly at: number; readonly who: Promise<Answerer> } | null = null;

  /** `identity`: which cluster it was; `read`: which it is. */
  constructor(identity: string, read: (signal: AbortSignal) => Promise<string>, clock: Clock) {
    [this.#identity, this.#read, this.#clock] = [identity, read, clock];
  }

  /** Aborts once another cluster was seen; it never is the same again. */
  get replaced(): AbortSignal {
    return this.#replaced.signal;
  }

  /** Many reflectors cut off together ask together: one answer serves them. Rejects as `read` does. */
  async whoAnswers(signal: AbortSignal): Promise<Answerer> {
    const now = this.#clock.elapsed();
    if (this.#checked === null || now - this.#checked.at > FRESH_MS) {
      const who = this.#ask(signal);
      this.#checked = { at: now, who };
      who.catch(() => {
        this.#checked = null;
      });
    }
    return await this.#checked.who;
  }

  async #ask(signal: AbortSignal): Promise<Answerer> {
    const { isAnother, isUnproven } = recognise(this.#identity, await this.#read(signal));
    if (isAnother) this.#replaced.abort();
    if (this.#replaced.signal.aborted) return 'another';
    return isUnproven ? 'unproven' : 'same';
  }
}
