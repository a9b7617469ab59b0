import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../model/clock.ts';
import { encodeDelta } from '../delta.ts';
import { type Row, STATE_COLUMNS, stateText } from './rows.ts';
import type { Statements } from './statements.ts';
import { LONGEST_CHAIN } from './superseded.ts';

/** What one step may take, so that what comes in between is not late; the commit comes on top. */
const STEP = { milliseconds: 3, states: 64 } as const;
/** Free pages that are kept for what is written next. */
const SPARE_PAGES = 256;
const PAGES_AT_ONCE = 16;

/**
 * Turns superseded states into deltas against what followed them, oldest first, and gives the file's free pages back.
 * Rows are moved, not changed in place: pages that hold few are never given back. One state is whole when the next
 * older one is moved, so nothing is decoded for it.
 */
export class Compaction {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #clock: Pick<Clock, 'elapsed'>;

  constructor(database: DatabaseSync, statements: Statements, clock: Pick<Clock, 'elapsed'>) {
    this.#database = database;
    this.#statements = statements;
    this.#clock = clock;
  }

  /** Moves some states in a transaction of its own; false where there were none. */
  step(): boolean {
    const rows = this.#statements
      .of(`SELECT until_seq, until, object, ${STATE_COLUMNS} FROM history ORDER BY until_seq LIMIT ${STEP.states}`)
      .iterate();
    const end = this.#clock.elapsed() + STEP.milliseconds;
    const moved: Move[] = [];
    for (const row of rows) {
      moved.push(this.#move(row, moved));
      if (this.#clock.elapsed() >= end) break;
    }
    if (moved.length === 0) return false;
    this.#write(moved);
    return true;
  }

  #move(row: Row, before: readonly Move[]): Move {
    const object = Number(row['object']);
    const seq = Number(row['seq']);
    const older = before.findLast((move) => move.object === object)?.depth ?? this.#depthOf(object);
    const newer = older === LONGEST_CHAIN - 1 ? null : this.#next(object, seq);
    const depth = newer === null ? 0 : older === null ? 1 : older + 1;
    return { row, object, depth, delta: encodeDelta(stateText(row), newer === null ? null : stateText(newer)) };
  }

  /** The depth of an object's newest delta; null where it has none. */
  #depthOf(object: number): number | null {
    const row = this.#statements.of('SELECT depth FROM deltas WHERE object = ? ORDER BY seq DESC LIMIT 1').get(object);
    return row === undefined ? null : Number(row['depth']);
  }

  #next(object: number, seq: number): Row | null {
    const superseded = this.#statements
      .of(`SELECT ${STATE_COLUMNS} FROM history WHERE object = ? AND seq > ? ORDER BY seq LIMIT 1`)
      .get(object, seq);
    const current = this.#statements.of(`SELECT ${STATE_COLUMNS} FROM resources WHERE id = ?`);
    return superseded ?? current.get(object) ?? null;
  }

  #write(moved: readonly Move[]): void {
    const insert = this.#statements.of('INSERT INTO deltas VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const { row, object, depth, delta } of moved) {
        const [untilSeq, until, seq, at] = ['until_seq', 'until', 'seq', 'at'].map((column) => Number(row[column]));
        insert.run(untilSeq ?? 0, until ?? 0, object, seq ?? 0, at ?? 0, depth, delta);
      }
      // The oldest ones, in order: what was moved ends where the last one ends.
      const last = Number(moved.at(-1)?.row['until_seq']);
      this.#statements.of('DELETE FROM history WHERE until_seq <= ?').run(last);
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Gives a few free pages back to the file system; false where there are none to spare. */
  shrink(): boolean {
    const free = Number(this.#statements.of('PRAGMA freelist_count').get()?.['freelist_count'] ?? 0);
    if (free < SPARE_PAGES + PAGES_AT_ONCE) return false;
    this.#database.exec(`PRAGMA incremental_vacuum(${PAGES_AT_ONCE})`);
    return true;
  }
}

interface Move {
  readonly row: Row;
  readonly object: number;
  readonly depth: number;
  readonly delta: Uint8Array;
}
