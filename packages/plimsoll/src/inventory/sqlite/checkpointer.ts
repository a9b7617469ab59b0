import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** How large the write-ahead log may grow before its pages are moved into the store file. */
const CHECKPOINT_BYTES = 16 << 20;
const LARGEST_LOG_BYTES = 256 << 20;

/**
 * Moves the write-ahead log's pages into the store file in a worker thread, so that no commit waits for it: a passive
 * checkpoint takes no lock that a writer needs (SQLite, "Checkpointing"). Commits are durable without it.
 */
export class Checkpointer {
  readonly #log: string;
  readonly #worker: Worker;
  #busy = false;

  constructor(file: string) {
    this.#log = `${file}-wal`;
    this.#worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: file });
    this.#worker.unref();
    this.#worker.on('message', () => {
      this.#busy = false;
    });
    // A worker that died leaves checkpoints to the closing of the store; nothing is lost.
    this.#worker.on('error', () => {
      this.#busy = true;
    });
  }

  /**
   * Asks for a checkpoint where the log has grown; does not wait for it. True where the log has outgrown what the
   * worker can move beside steady writing: then the writer has to cut it itself.
   */
  afterCommits(): boolean {
    const size = statSync(this.#log, { throwIfNoEntry: false })?.size ?? 0;
    if (size >= LARGEST_LOG_BYTES) return true;
    if (!this.#busy && size >= CHECKPOINT_BYTES) {
      this.#busy = true;
      this.#worker.postMessage('checkpoint');
    }
    return false;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
