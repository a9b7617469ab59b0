import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** How large the write-ahead log may grow before its pages are moved into the store file. */
export const CHECKPOINT_BYTES = 16 << 20;

/** What keeps the write-ahead log short. */
export interface Checkpoints {
  /** Asks for a checkpoint where the log has grown; does not wait for it. */
  look(): void;
  /**
   * True once after each checkpoint of another thread's: what was written meanwhile, a few milliseconds' work, is left
   * for the writer, and only then does the log begin anew. Beside steady writing that thread alone would never catch up.
   */
  takeRest(): boolean;
  close(): Promise<void>;
}

/**
 * Moves the write-ahead log's pages into the store file in a worker thread, so that no commit waits for it: a passive
 * checkpoint takes no lock that a writer needs (SQLite, "Checkpointing"). Commits are durable without it.
 */
export class Checkpointer implements Checkpoints {
  readonly #file: string;
  #worker: Worker | null = null;
  #busy = false;
  #almostDone = false;

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
      this.#busy = false;
      this.#almostDone = true;
    });
    // A worker that died leaves checkpoints to the closing of the store; nothing is lost.
    worker.on('error', () => {
      this.#busy = true;
    });
    return worker;
  }

  takeRest(): boolean {
    const due = this.#almostDone;
    this.#almostDone = false;
    return due;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}
