import type { Observation } from '../../model/observation.ts';
import type { Sink } from '../source.ts';

/**
 * The way from one cluster to the sink: hands each batch on at once, in order, and makes the sender wait only while
 * too much is under way. So a cluster's memory is bounded, and its backlog is its own.
 */
export class Outlet {
  readonly #sink: Sink;
  readonly #limit: number;
  #underWay = 0;
  #error: { readonly cause: unknown } | null = null;
  #waiting: (() => void)[] = [];

  /** `limit`: observations handed on and not yet durable, beyond which `send` waits. */
  constructor(sink: Sink, limit = 200) {
    this.#sink = sink;
    this.#limit = limit;
  }

  /** Hands a batch on; resolves when there is room for the next. Rejects when the sink is closed. */
  async send(batch: readonly Observation[]): Promise<void> {
    if (batch.length > 0) {
      this.#underWay += batch.length;
      this.#sink.observe(batch).then(
        () => this.#settle(batch.length),
        (cause: unknown) => {
          this.#error ??= { cause };
          this.#settle(batch.length);
        },
      );
    }
    await this.#until(this.#limit);
  }

  /** Resolves when all that was sent is durable. */
  async drained(): Promise<void> {
    await this.#until(0);
  }

  async #until(limit: number): Promise<void> {
    while (this.#underWay > limit && this.#error === null) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#error !== null) throw new SinkClosed(this.#error.cause);
  }

  #settle(count: number): void {
    this.#underWay -= count;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

/** The sink takes nothing more: the process is stopping. No failure of the cluster. */
export class SinkClosed extends Error {
  override readonly name = 'SinkClosed';

  constructor(cause: unknown) {
    super('the sink is closed', { cause });
  }
}
