import type { ResourceKey } from '../../model/resource.ts';

/** So many are worth a transaction, while more are looked for. */
const WORTHWHILE = 64;
/** So many may wait before the search waits for them. */
const MOST = 1_000;

/**
 * Resources that wait to be judged, in transactions one after another; while one is written more are looked for. The
 * first one is judged at once: whoever waits for a guardrail sees that it works.
 */
export class Docket {
  readonly #judge: (due: ResourceKey[]) => Promise<void>;
  readonly #due: ResourceKey[] = [];
  #worthwhile = 1;
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;

  /** `judge` takes some off the front and resolves when what it says of them is written. */
  constructor(judge: (due: ResourceKey[]) => Promise<void>) {
    this.#judge = judge;
  }

  /** Adds some; resolves when there is room for more. Rejects as `judge` does. */
  async add(keys: readonly ResourceKey[]): Promise<void> {
    this.#due.push(...keys);
    if (!this.#isWriting && this.#due.length >= this.#worthwhile) this.#begin();
    while (this.#due.length > MOST) await this.#next();
  }

  /** Resolves when all are judged or, of those that wait, none is to be any more. */
  async finish(isStopped: () => boolean): Promise<void> {
    while (this.#due.length > 0 && !isStopped()) await this.#next();
    await this.#writing;
  }

  async #next(): Promise<void> {
    if (!this.#isWriting) this.#begin();
    await this.#writing;
  }

  #begin(): void {
    this.#worthwhile = WORTHWHILE;
    this.#isWriting = true;
    this.#writing = this.#judge(this.#due).finally(() => {
      this.#isWriting = false;
    });
    // Whoever waits for it next is told.
    this.#writing.catch(() => undefined);
  }
}
