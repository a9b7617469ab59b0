import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../model/clock.ts';
import type { Row } from './rows.ts';
import type { Statements } from './statements.ts';

/** How long the past is kept, and how large the store may grow with it. */
export interface RetentionLimits {
  /** Milliseconds. */
  readonly keep: number;
  /** Bytes of the store file that are in use. */
  readonly size: number;
}

/** Thirty days, as audits ask for a month; 2 GB hold some five million changes of 100,000 resources. */
export const DEFAULT_LIMITS: RetentionLimits = { keep: 30 * 24 * 3_600_000, size: 2 * 1024 ** 3 };

/** Rows of a table that one step looks at: a few milliseconds' work in all. */
const STEP = 100;
/** How many superseded states go at once where the store is too large. */
const TOO_MANY = 500;
const NEVER = Number.MAX_SAFE_INTEGER;

/**
 * Forgets the past, oldest first: superseded states, events, resolved findings. First the times go from which one may
 * ask, then what nobody can ask for any more. What stands is never touched, nor what a reader has yet to read.
 */
export class Retention {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: RetentionLimits;
  /** Events up to here have been looked at. */
  readonly #seen = { findings: 0, coverage: 0 };
  /** The last key that was looked at for what died. */
  #sweep: readonly string[] = ['', '', '', ''];

  constructor(database: DatabaseSync, statements: Statements, clock: Pick<Clock, 'now'>, limits: RetentionLimits) {
    this.#database = database;
    this.#statements = statements;
    this.#clock = clock;
    this.#limits = limits;
  }

  #number(sql: string, ...values: (string | number)[]): number {
    return Number(Object.values(this.#statements.of(sql).get(...values) ?? {})[0] ?? 0);
  }

  #run(sql: string, ...values: (string | number)[]): number {
    return Number(this.#statements.of(sql).run(...values).changes);
  }

  /** Forgets a little in a transaction of its own; false where there is nothing to forget. */
  step(): boolean {
    const reach = this.#reach();
    if (reach === 0) return false;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const forgotten = this.#forget(reach);
      this.#database.exec('COMMIT');
      return forgotten > 0;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  /** The position up to which the past may go; 0 where nothing may. */
  #reach(): number {
    // The last moment before the limit stays: it tells what stood at the limit.
    const old = this.#number('SELECT max(seq) FROM moments WHERE at <= ?', this.#clock.now() - this.#limits.keep);
    const large = this.#isTooLarge() ? this.#oldestStates() || this.#oldestMoments() : 0;
    const unread = this.#number(`SELECT coalesce(min(seq), ${NEVER}) FROM readers`);
    return Math.min(Math.max(old, large), unread);
  }

  #isTooLarge(): boolean {
    const [pages, free, size] = ['page_count', 'freelist_count', 'page_size'].map((name) =>
      this.#number(`PRAGMA ${name}`),
    );
    return ((pages ?? 0) - (free ?? 0)) * (size ?? 0) > this.#limits.size;
  }

  #oldestStates(): number {
    return this.#number(
      `SELECT max(until_seq) FROM (SELECT until_seq FROM (
        SELECT until_seq FROM (SELECT until_seq FROM deltas ORDER BY until_seq LIMIT ${TOO_MANY})
        UNION ALL SELECT until_seq FROM (SELECT until_seq FROM history ORDER BY until_seq LIMIT ${TOO_MANY})
        ORDER BY until_seq LIMIT ${TOO_MANY}))`,
    );
  }

  /** Where nothing is superseded, events take the room. */
  #oldestMoments(): number {
    return this.#number(`SELECT seq FROM moments ORDER BY at LIMIT 1 OFFSET ${TOO_MANY}`);
  }

  #forget(reach: number): number {
    let forgotten = this.#run(
      `DELETE FROM moments WHERE at IN (SELECT at FROM moments WHERE seq < ? AND at < (SELECT max(at) FROM moments) ORDER BY at LIMIT ${STEP})`,
      reach,
    );
    const oldest = Math.min(reach, this.#number('SELECT seq FROM moments ORDER BY at LIMIT 1'));
    for (const table of ['deltas', 'history'])
      forgotten += this.#run(
        `DELETE FROM ${table} WHERE until_seq IN (SELECT until_seq FROM ${table} WHERE until_seq <= ? ORDER BY until_seq LIMIT ${STEP})`,
        oldest,
      );
    this.#run('UPDATE horizon SET log = max(log, ?)', oldest);
    forgotten += this.#run(
      `DELETE FROM changes WHERE seq IN (SELECT seq FROM changes WHERE seq <= ? ORDER BY seq LIMIT ${STEP})`,
      oldest,
    );
    return forgotten + this.#findings(oldest) + this.#coverage(oldest) + this.#dead(oldest);
  }

  #events(table: 'finding_events' | 'coverage_events', columns: string, after: number, oldest: number): Row[] {
    return this.#statements
      .of(`SELECT seq, ${columns} FROM ${table} WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ${STEP}`)
      .all(after, oldest);
  }

  /** Of each finding the last event before the oldest time stays, but for what was resolved by then. */
  #findings(oldest: number): number {
    const events = this.#events('finding_events', 'id', this.#seen.findings, oldest);
    for (const event of events) {
      const [id, seq] = [String(event['id']), Number(event['seq'])];
      this.#run('DELETE FROM finding_events WHERE id = ? AND seq < ?', id, seq);
      const resolved = this.#run(`DELETE FROM findings WHERE id = ? AND state = 'resolved' AND seq = ?`, id, seq);
      if (resolved > 0) this.#run('DELETE FROM finding_events WHERE seq = ?', seq);
      this.#seen.findings = seq;
    }
    return events.length;
  }

  #coverage(oldest: number): number {
    const events = this.#events(
      'coverage_events',
      'source, type, scope, coverage IS NULL AS ended',
      this.#seen.coverage,
      oldest,
    );
    for (const event of events) {
      const slot = [event['source'], event['type'], event['scope']].map(String);
      const seq = Number(event['seq']);
      const last = seq + Number(event['ended']);
      this.#run('DELETE FROM coverage_events WHERE source = ? AND type = ? AND scope = ? AND seq < ?', ...slot, last);
      this.#seen.coverage = seq;
    }
    return events.length;
  }

  /** Keys whose last state is forgotten, looked for a page at a time, round and round. */
  #dead(oldest: number): number {
    const rows = this.#statements
      .of(
        `SELECT source, type, scope, name, died FROM objects WHERE (source, type, scope, name) > (?, ?, ?, ?)
         ORDER BY source, type, scope, name LIMIT ${STEP}`,
      )
      .all(...this.#sweep);
    this.#sweep = ['', '', '', ''];
    let gone = 0;
    for (const row of rows) {
      const key = [row['source'], row['type'], row['scope'], row['name']].map(String);
      if (rows.length === STEP) this.#sweep = key;
      if (typeof row['died'] !== 'number' || row['died'] > oldest) continue;
      gone += this.#run('DELETE FROM objects WHERE source = ? AND type = ? AND scope = ? AND name = ?', ...key);
    }
    return gone;
  }
}
