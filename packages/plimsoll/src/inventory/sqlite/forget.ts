import type { DatabaseSync } from 'node:sqlite';
import { PlimsollError } from '../../model/errors.ts';
import { openDatabase } from './open.ts';

/** How much of a source a store held. */
export interface Forgotten {
  readonly resources: number;
  /** States of resources, the present ones among them. */
  readonly versions: number;
  /** Open findings. */
  readonly findings: number;
}

const ofObjects = 'object IN (SELECT id FROM objects WHERE source = ?)';

/** Children before what names them. */
const deletions: readonly string[] = [
  `DELETE FROM deltas WHERE ${ofObjects}`,
  `DELETE FROM history WHERE ${ofObjects}`,
  'DELETE FROM finding_events WHERE id IN (SELECT id FROM findings WHERE source = ?)',
  ...['findings', 'resources', 'objects', 'changes', 'coverage', 'coverage_events', 'cursors', 'identities'].map(
    (table) => `DELETE FROM ${table} WHERE source = ?`,
  ),
  'DELETE FROM facts WHERE source = ?',
  'DELETE FROM problems WHERE source = ?',
];

/**
 * Takes everything of a source out of a store file, its past with it, in one transaction; the file keeps its size until
 * the room is used again. Nobody may have the store open. Without `really` nothing is written, and what would go is
 * given; null where the store holds nothing of that name.
 *
 * @throws {PlimsollError} PLM1502 where the store is in use, PLM15xx where it cannot be opened, PLM1505 written
 */
export function forgetSource(file: string, source: string, really: boolean): Forgotten | null {
  const { database, close } = openDatabase(file, really ? 'write' : 'read');
  try {
    if (!storedSources(database).includes(source)) return null;
    const held = heldOf(database, source);
    if (really) remove(database, file, source);
    return held;
  } finally {
    close();
  }
}

/** The names of the sources of which a store file holds anything. @throws {PlimsollError} as {@link forgetSource} */
export function sourcesOf(file: string): readonly string[] {
  const { database, close } = openDatabase(file, 'read');
  try {
    return storedSources(database);
  } finally {
    close();
  }
}

function storedSources(database: DatabaseSync): readonly string[] {
  const tables = ['objects', 'coverage', 'identities', 'facts', 'problems'];
  const rows = database.prepare(tables.map((table) => `SELECT source FROM ${table}`).join(' UNION ')).all();
  return rows.map((row) => String(row['source']));
}

function heldOf(database: DatabaseSync, source: string): Forgotten {
  const count = (sql: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${sql}`).get(source)?.['n']);
  const resources = count('resources WHERE source = ?');
  return {
    resources,
    versions: resources + count(`history WHERE ${ofObjects}`) + count(`deltas WHERE ${ofObjects}`),
    findings: count(`findings WHERE source = ? AND state = 'open'`),
  };
}

function remove(database: DatabaseSync, file: string, source: string): void {
  const events = ['changes', 'finding_events', 'coverage_events'].map(
    (table) => `SELECT max(seq) AS seq FROM ${table}`,
  );
  try {
    database.exec('BEGIN IMMEDIATE');
    const head = Number(
      database.prepare(`SELECT max(seq) AS n FROM (${events.join(' UNION ALL ')})`).get()?.['n'] ?? 0,
    );
    for (const sql of deletions) database.prepare(sql).run(source);
    // Positions never go back: who follows the log would take what comes next for what it has seen.
    database.prepare(`INSERT INTO coverage_events VALUES (?, ?, '*', '', NULL)`).run(head + 1, source);
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlimsollError('PLM1505', `the store cannot be written: ${reason}`, { file }, { cause: error });
  }
}
