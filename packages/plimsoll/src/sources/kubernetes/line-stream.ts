import { finished } from 'node:stream';
import type { Readable } from 'node:stream';
import { LineSplitter } from './line-splitter.ts';

/**
 * The lines of a body, a chunk's at a time: the next chunk is not asked for before those of the last one are taken.
 * While it waits it holds nothing of what came. An iteration of the body would hold the last chunk until the next one,
 * in each of the thousands of watches that a cluster may have.
 */
export class LineStream {
  readonly #body: Readable;
  readonly #splitter: LineSplitter;
  #lines: Buffer[] = [];
  #arrived = false;
  #over: { readonly error: unknown } | null = null;
  #wake = (): void => undefined;

  /** `limit`: bytes that one line may have. */
  constructor(body: Readable, limit: number) {
    this.#body = body;
    this.#splitter = new LineSplitter(limit);
    finished(body, { writable: false }, (error) => this.#end(error ?? null));
    // Told by `finished` already; one that comes after it is nobody's.
    body.on('error', () => undefined);
    body.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  /**
   * Waits for a chunk, which need not complete a line; false once the body has ended in order. Rejects with what ended
   * it otherwise, or with {@link RangeError} where a line exceeds the limit.
   */
  async arrives(): Promise<boolean> {
    if (!this.#arrived && this.#over === null) {
      this.#body.resume();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    if (this.#arrived) {
      this.#arrived = false;
      return true;
    }
    if (this.#over?.error != null) throw this.#over.error;
    return false;
  }

  /** The lines that are complete, once. */
  take(): readonly Buffer[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  /** Whether the body ended in the middle of a line. */
  get endsWithin(): boolean {
    return this.#splitter.rest().length > 0;
  }

  /** Lets the connection go. */
  close(): void {
    this.#body.destroy();
  }

  #take(chunk: Buffer): void {
    this.#body.pause();
    try {
      this.#lines.push(...this.#splitter.push(chunk));
      this.#arrived = true;
      this.#wake();
    } catch (error) {
      this.#end(error);
    }
  }

  #end(error: unknown): void {
    this.#over ??= { error };
    this.#wake();
  }
}
