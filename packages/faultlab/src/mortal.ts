import type { VirtualClock } from '@plimsoll/testcluster';
import type { Clock } from '../../plimsoll/src/model/clock.ts';
import type { KillPoint } from './script.ts';

/** What never comes; one for each who waits, for a promise keeps all who wait for it. */
const never = (): Promise<never> => new Promise<never>(() => undefined);

/** One process's life: its time, which ends with it, and the moment of its death. */
export class Mortal implements Clock {
  readonly #clock: VirtualClock;
  readonly #died: () => void;
  #dead = false;
  #doom: { readonly at: KillPoint; commits: number } | null = null;

  /** `died`: called at the moment of death, before anything else happens. */
  constructor(clock: VirtualClock, died: () => void) {
    this.#clock = clock;
    this.#died = died;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  now(): number {
    return this.#clock.now();
  }

  elapsed(): number {
    return this.#clock.elapsed();
  }

  after(milliseconds: number, callback: () => void): () => void {
    return this.#clock.after(milliseconds, () => {
      if (!this.#dead) callback();
    });
  }

  /** Dies at this point after so many further passes of it. */
  doom(at: KillPoint, commits: number): void {
    if (at === 'now') this.kill();
    else this.#doom = { at, commits };
  }

  kill(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#died();
  }

  /** Goes on, unless this is where it dies. */
  passes(point: KillPoint): Promise<void> {
    if (this.#doom?.at === point) {
      this.#doom.commits -= 1;
      if (this.#doom.commits < 0) this.kill();
    }
    return this.#dead ? never() : Promise.resolve();
  }

  /** Resolves when so much time has passed. */
  async waits(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => void this.after(milliseconds, resolve));
  }

  /** What `work` gives, to the living. */
  async lives<T>(work: () => Promise<T>): Promise<T> {
    if (this.#dead) return await never();
    try {
      const found = await work();
      return this.#dead ? await never() : found;
    } catch (error) {
      if (this.#dead) return await never();
      throw error;
    }
  }

  /** What `work` yields, to the living. */
  async *yields<T>(work: () => AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    if (this.#dead) await never();
    for await (const item of work()) {
      if (this.#dead) await never();
      yield item;
    }
  }
}
