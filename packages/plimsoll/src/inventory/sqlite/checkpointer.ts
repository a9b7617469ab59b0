import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** How large the write-ahead log may grow before its pages are moved into the store file. */
export const CHECKPOINT_BYTES = 16 << 20;

/** What keeps the write-ahead log short. */
export interface Checkpoints {
  /** Asks for a checkpoint where the log has grown; does not wait for it. */
  look(): void;
  /**
   * What whoever writes waits for; null nearly always. After each checkpoint it is what was written meanwhile, a few
   * milliseconds' work: only when that is moved as well does the log begin anew, and beside steady writing it never is.
   */
  rest(): Promise<void> | null;
  close(): Promise<void>;
}

/**
 * Moves the write-ahead log's pages into the store file in a worker thread, so that nothing else waits for its disk: a
 * passive checkpoint takes no lock that a writer needs (SQLite, "Checkpointing"). Commits are durable without it.
 */
export class Checkpointer implements Checkpoints {
  readonly #file: string;
  #worker: Worker | null = null;
  #busy = false;
  #rest: PromiseWithResolvers<void> | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  look(): void {
    if (this.#busy || (statSync(`${this.#file}-wal`, { throwIfNoEntry: false })?.size ?? 0) < CHECKPOINT_BYTES) return;
    this.#busy = true;
    this.#worker ??= this.#begin();
    this.#worker.postMessage('checkpoint');
  }

  #begin(): Worker {
    const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: this.#file });
    worker.unref();
    worker.on('message', () => {
      if (this.#rest === null) {
        this.#rest = Promise.withResolvers();
        worker.postMessage('checkpoint');
      } else {
        this.#busy = false;
        this.#goOn();
      }
    });
    // A worker that died leaves checkpoints to the closing of the store; nothing is lost.
    worker.on('error', () => {
      this.#busy = true;
      this.#goOn();
    });
    return worker;
  }

  #goOn(): void {
    this.#rest?.resolve();
    this.#rest = null;
  }

  rest(): Promise<void> | null {
    return this.#rest?.promise ?? null;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#goOn();
  }
}
