import { close, fdatasync, open } from 'node:fs';
import { promisify } from 'node:util';

const openFile = promisify(open);
const closeFile = promisify(close);
const sync = promisify(fdatasync);

/** What makes commits durable. */
export interface Durability {
  /** Resolves when everything that was committed before the call survives a loss of power. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes commits durable without holding up the event loop: SQLite writes them with `synchronous=NORMAL`, which leaves
 * out the `fsync` of the write-ahead log alone (SQLite, "PRAGMA synchronous"), and that one is done here, in another
 * thread. The log keeps its file for as long as the store is open.
 */
export class DurableLog implements Durability {
  readonly #file: string;
  #descriptor: number | null = null;

  constructor(file: string) {
    this.#file = `${file}-wal`;
  }

  async sync(): Promise<void> {
    // Windows flushes only what is open for writing.
    this.#descriptor ??= await openFile(this.#file, 'r+');
    await sync(this.#descriptor);
  }

  async close(): Promise<void> {
    if (this.#descriptor !== null) await closeFile(this.#descriptor);
    this.#descriptor = null;
  }
}
