import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Checkpoints } from '../../plimsoll/src/inventory/sqlite/checkpointer.ts';
import type { Durability } from '../../plimsoll/src/inventory/sqlite/durable-log.ts';
import type { Disk } from '../../plimsoll/src/inventory/sqlite/sqlite-store.ts';
import type { Mortal } from './mortal.ts';

/** The part of commits that the log is moved into the store file after. */
const CHECKPOINTS = 0.03;

/**
 * The disk under a store's write-ahead log: what is synced stays, of what is not a random part is lost with a crash. It
 * may refuse to sync, and it may be full.
 */
export class SimulatedDisk implements Disk, Durability, Checkpoints {
  readonly file: string;
  readonly log = this;
  readonly checkpointer = this;
  readonly #life: Mortal;
  readonly #random: () => number;
  #durable = 0;
  /** So many syncs fail. */
  failingSyncs = 0;
  isFull = false;

  constructor(file: string, life: Mortal, random: () => number) {
    mkdirSync(dirname(file), { recursive: true });
    this.file = file;
    this.#life = life;
    this.#random = random;
    this.#durable = this.#length();
  }

  async sync(): Promise<void> {
    await this.#life.passes('before sync');
    const length = this.#length();
    await this.#life.waits(0.1 + this.#random() * 6);
    if (this.failingSyncs > 0) {
      this.failingSyncs -= 1;
      this.#checkpointed();
      throw new Error('EIO: i/o error, fdatasync');
    }
    this.#durable = Math.max(this.#durable, length);
    await this.#life.passes('after sync');
  }

  look(): void {
    // Another thread's work would come at its own time: here a commit finds now and then that it is done.
  }

  rest(): Promise<void> | null {
    if (this.#random() >= CHECKPOINTS) return null;
    this.#checkpointed();
    const database = new DatabaseSync(this.file);
    // A crash here is a copy of what was written: nothing is gained by waiting for the machine's own disk.
    database.exec('PRAGMA synchronous = OFF');
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    database.close();
    return Promise.resolve();
  }

  /** A checkpoint, which follows at once, syncs the log before it moves anything: what is in it is durable by that. */
  #checkpointed(): void {
    this.#durable = this.#length();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** What a crash at this moment leaves, as a new file in `folder`. A log begins anew only where all of it is in the store file. */
  crash(folder: string): string {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'plimsoll.db');
    if (!existsSync(this.file)) return file;
    copyFileSync(this.file, file);
    const log = `${this.file}-wal`;
    if (!existsSync(log)) return file;
    const length = this.#length();
    const left = this.#durable + Math.floor(this.#random() * (length - this.#durable + 1));
    writeFileSync(`${file}-wal`, readFileSync(log).subarray(0, left));
    return file;
  }

  #length(): number {
    return statSync(`${this.file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }
}
