import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** How large the write-ahead log may grow before its pages are moved into the store file. */
const CHECKPOINT_BYTES = 16 << 20;

/**
 * Moves the write-ahead log's pages into the store file in a worker thread, so that no commit waits for it: a passive
 * checkpoint takes no lock that a writer needs (SQLite, "Checkpointing"). Commits are durable without it.
 */
export class Checkpointer {
  readonly #log: string;
  readonly #worker: Worker;
  #busy = false;
  #almostDone = false;

  constructor(file: string) {
    this.#log = `${file}-wal`;
    this.#worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: file });
    this.#worker.unref();
    this.#worker.on('message', () => {
      this.#busy = false;
      this.#almostDone = true;
    });
    // A worker that died leaves checkpoints to the closing of the store; nothing is lost.
    this.#worker.on('error', () => {
      this.#busy = true;
    });
  }

  /** Asks for a checkpoint where the log has grown; does not wait for it. */
  look(): void {
    if (this.#busy || (statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0) < CHECKPOINT_BYTES) return;
    this.#busy = true;
    this.#worker.postMessage('checkpoint');
  }

  /**
   * True once after each checkpoint of the worker's: what was written meanwhile, a few milliseconds' work, is left for
   * the writer, and only then does the log begin anew. Beside steady writing the worker alone would never catch up.
   */
  takeRest(): boolean {
    const due = this.#almostDone;
    this.#almostDone = false;
    return due;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
