import type { Timeline } from '../../inventory/store.ts';

/** The transactions of a time, by their numbers from 0: at which of them a position of the log was first to be seen. */
export class Moments {
  readonly #moments: Timeline['moments'];

  constructor(moments: Timeline['moments']) {
    this.#moments = moments;
  }

  get last(): number {
    return this.#moments.length - 1;
  }

  /** Milliseconds since 1970. */
  timeOf(moment: number): number {
    return this.#moments[moment]?.at ?? 0;
  }

  /** The position that the log had come to with a transaction. */
  seqOf(moment: number): number {
    return this.#moments[moment]?.seq ?? 0;
  }

  /** The first transaction by which a position was reached; null for one that came after all of them. */
  reaching(seq: number): number | null {
    let [low, high] = [0, this.#moments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.seqOf(middle) < seq) low = middle + 1;
      else high = middle;
    }
    return low < this.#moments.length ? low : null;
  }
}

/** What stood from some transactions on, in their order; null: nothing did. */
export class Standing<T> {
  readonly moments: number[] = [];
  readonly #values: (T | null)[] = [];

  /** Transactions come in order; of one that comes twice the last value stands. */
  set(moment: number, value: T | null): void {
    if (this.moments.at(-1) === moment) this.#values[this.#values.length - 1] = value;
    else {
      this.moments.push(moment);
      this.#values.push(value);
    }
  }

  /** What stood with a transaction; null where nothing did. */
  at(moment: number): T | null {
    return this.#values[this.#indexAt(moment)] ?? null;
  }

  /** Since which transaction what stands there stood; -1: nothing was ever set by then. */
  since(moment: number): number {
    return this.moments[this.#indexAt(moment)] ?? -1;
  }

  #indexAt(moment: number): number {
    let [low, high] = [0, this.moments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.moments[middle] ?? 0) <= moment) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
