import type { Change } from '../model/change.ts';
import type { Coverage } from '../model/coverage.ts';
import type { Finding } from '../model/finding.ts';
import type { Json } from '../model/json.ts';

/** What a source says of itself besides resources: `served`, `version`, … */
interface Fact {
  readonly source: string;
  readonly name: string;
  readonly value: Json;
}

/** The row of what is no longer watched at all. */
type CoverageEnd = Pick<Coverage, 'source' | 'type' | 'scope'>;

/** What a reader is told of one batch of the log. */
export interface ReaderBatch {
  readonly changes: readonly Change[];
  /** Coverage rows that changed in this batch. */
  readonly coverage: readonly Coverage[];
  /** Coverage rows that ended: nothing is said of these any more. */
  readonly coverageEnds: readonly CoverageEnd[];
  /** Facts that sources said in this batch. What was said before is in the store; facts are no part of the log. */
  readonly facts: readonly Fact[];
}

/** What a reader needs to write: the log's next positions, settings, and the transaction's time. */
export interface Desk {
  /** Takes the next position of the log. */
  nextSeq(): number;
  /** Writes a setting of the store in the same transaction. */
  keep(name: string, value: string): void;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * A reader of the one change log: guardrails, advisories, upgrades. Idempotent: after a crash
 * it is told again what came after its saved position.
 */
export interface Reader {
  /** Stable: its position is saved under this name. */
  readonly name: string;
  /** Reads what has to be known before the first batch. */
  load?(): Promise<void>;
  /**
   * Judges a batch before its transaction is written. The findings (opened, changed, resolved) are written in that
   * same transaction; nobody sees the changes before them. A rejection is our bug: it is logged and stops the process.
   */
  react(batch: ReaderBatch, desk: Desk): Promise<readonly Finding[]>;
}

/** The log takes nothing more: the process is stopping. What was handed in and not written is lost to it alone. */
export class LogClosed extends Error {
  override readonly name = 'LogClosed';

  constructor() {
    super('the change log is closed');
  }
}

/**
 * The log as readers and the server use it. Writing is serial: while one `append` task or one batch is judged and
 * written, no other is.
 */
export interface Log {
  /**
   * Lets a reader write findings that no change caused (a new guardrail's backfill): `task` runs alone, may read the
   * store, and is kept short (10 ms) so that changes in between are not late. Resolves when durable.
   * @throws {LogClosed}
   */
  append(task: (desk: Desk) => Promise<readonly Finding[]>): Promise<void>;
}
