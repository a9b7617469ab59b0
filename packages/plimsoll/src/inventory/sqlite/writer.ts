import type { DatabaseSync } from 'node:sqlite';
import type { Coverage } from '../../model/coverage.ts';
import { PlimsollError } from '../../model/errors.ts';
import { jsonText } from '../../model/json-text.ts';
import type { ResourceKey } from '../../model/resource.ts';
import type { ChangeWrite, StoreWrite } from '../store.ts';
import type { Statements } from './statements.ts';

const KEY = 'source = ? AND type = ? AND scope = ? AND name = ?';
const STATE = 'uid, version, api_version, kind, unseen, place, seq, at, body, forms';

function keyOf(key: ResourceKey): [string, string, string, string] {
  return [key.source, key.type, key.scope ?? '', key.name];
}

/** Writes transactions. */
export class Writer {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #keepEvents: number;
  #sincePruning = 0;

  constructor(database: DatabaseSync, statements: Statements, keepEvents: number) {
    this.#database = database;
    this.#statements = statements;
    this.#keepEvents = keepEvents;
  }

  /** One transaction, durable once the log is synced. @throws {PlimsollError} PLM1505, nothing written. */
  write(write: StoreWrite): void {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      this.#rows(write);
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      const reason = error instanceof Error ? error.message : String(error);
      throw new PlimsollError('PLM1505', `the store cannot be written: ${reason}`, {}, { cause: error });
    }
  }

  #run(sql: string, ...values: (string | number | null)[]): void {
    this.#statements.of(sql).run(...values);
  }

  #rows(write: StoreWrite): void {
    for (const change of write.changes) this.#change(change);
    for (const { key, place, hash } of write.moves) {
      const text = place === null ? null : JSON.stringify(place);
      this.#run(`UPDATE resources SET place = ?, hash = ? WHERE ${KEY}`, text, hash, ...keyOf(key));
      this.#run(
        `UPDATE findings SET finding = json_set(finding, '$.resource.place', json(?)) WHERE state = 'open' AND ${KEY}`,
        text ?? 'null',
        ...keyOf(key),
      );
    }
    for (const finding of write.findings) {
      const text = jsonText(finding);
      const { resource } = finding;
      this.#run(
        `INSERT INTO findings VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, seq = excluded.seq, finding = excluded.finding`,
        finding.id,
        finding.state,
        finding.policy.name,
        ...keyOf(resource),
        finding.seq,
        text,
      );
      this.#run('INSERT OR REPLACE INTO finding_events VALUES (?, ?, ?)', finding.seq, finding.id, text);
    }
    for (const { seq, coverage } of write.coverage) {
      const text = jsonText(coverage);
      this.#run(
        'INSERT OR REPLACE INTO coverage VALUES (?, ?, ?, ?)',
        coverage.source,
        coverage.type,
        coverage.scope ?? '',
        text,
      );
      if (seq !== null) this.#coverageEvent(seq, coverage, text);
    }
    for (const end of write.coverageEnds) {
      const { source, type, scope } = end;
      this.#run('DELETE FROM coverage WHERE source = ? AND type = ? AND scope = ?', source, type, scope ?? '');
      this.#coverageEvent(end.seq, end, null);
    }
    for (const { source, type, scope, cursor } of write.cursors) {
      if (cursor === null)
        this.#run('DELETE FROM cursors WHERE source = ? AND type = ? AND scope = ?', source, type, scope ?? '');
      else this.#run('INSERT OR REPLACE INTO cursors VALUES (?, ?, ?, ?)', source, type, scope ?? '', cursor);
    }
    for (const { source, identity } of write.identities)
      this.#run('INSERT OR REPLACE INTO identities VALUES (?, ?)', source, identity);
    for (const fact of write.facts)
      this.#run(
        'INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?)',
        fact.source,
        fact.name,
        jsonText(fact.value),
        fact.observedAt,
      );
    for (const { source, origin, problems } of write.problems) {
      if (origin === null) this.#run('DELETE FROM problems WHERE source = ?', source);
      else if (problems.length === 0) this.#run('DELETE FROM problems WHERE source = ? AND origin = ?', source, origin);
      else this.#run('INSERT OR REPLACE INTO problems VALUES (?, ?, ?)', source, origin, JSON.stringify(problems));
    }
    for (const { name, value } of write.settings)
      this.#run('INSERT OR REPLACE INTO settings VALUES (?, ?)', name, value);
    for (const { name, seq } of write.readers) this.#run('INSERT OR REPLACE INTO readers VALUES (?, ?)', name, seq);
    this.#moment(write);
    this.#prune(write.changes.length + write.findings.length);
  }

  #coverageEvent(seq: number, of: Pick<Coverage, 'source' | 'type' | 'scope'>, text: string | null): void {
    const { source, type, scope } = of;
    this.#run('INSERT OR REPLACE INTO coverage_events VALUES (?, ?, ?, ?, ?)', seq, source, type, scope ?? '', text);
  }

  /** Notes which position of the log was reached when. */
  #moment(write: StoreWrite): void {
    const seq = lastSeq(write);
    if (seq === 0) return;
    const at = write.changes.reduce((first, change) => Math.min(first, change.at), Infinity);
    const moment = Number.isFinite(at) ? at : write.at;
    // A clock that was put back: what stood at a time is what the last transaction of that time came to.
    this.#run('DELETE FROM moments WHERE at >= ?', moment);
    this.#run('INSERT INTO moments VALUES (?, ?)', moment, seq);
  }

  #change(change: ChangeWrite): void {
    const key = keyOf(change.key);
    const { resource, seq } = change;
    this.#run(
      'INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      seq,
      change.at,
      change.operation,
      ...key,
      change.uid,
    );
    if (change.operation === 'created')
      this.#run(
        'INSERT INTO objects VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT (source, type, scope, name) DO UPDATE SET died = NULL',
        ...key,
        seq,
      );
    else
      this.#run(
        `INSERT INTO history (until_seq, until, object, ${STATE}) SELECT ?, ?, id, ${STATE} FROM resources WHERE ${KEY}`,
        seq,
        change.at,
        ...key,
      );
    if (resource === null) {
      this.#run(`DELETE FROM resources WHERE ${KEY}`, ...key);
      this.#run(`UPDATE objects SET died = ? WHERE ${KEY}`, seq, ...key);
      return;
    }
    this.#run(
      `INSERT INTO resources (id, source, type, scope, name, hash, ${STATE})
       VALUES ((SELECT id FROM objects WHERE (source, type, scope, name) = (?1, ?2, ?3, ?4)), ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, jsonb(?14), jsonb(?15))
       ON CONFLICT (source, type, scope, name) DO UPDATE SET uid = excluded.uid, version = excluded.version, hash = excluded.hash,
         api_version = excluded.api_version, kind = excluded.kind, unseen = excluded.unseen, place = excluded.place,
         seq = excluded.seq, at = excluded.at, body = excluded.body, forms = excluded.forms`,
      ...key,
      change.hash ?? '',
      resource.uid,
      resource.version,
      resource.apiVersion,
      resource.kind,
      JSON.stringify(resource.unseen),
      resource.place === null ? null : JSON.stringify(resource.place),
      seq,
      change.at,
      jsonText(resource.body),
      resource.forms === undefined ? null : jsonText(resource.forms),
    );
  }

  /** Keeps the log bounded: events older than the newest `keepEvents` positions go, now and then. */
  #prune(events: number): void {
    this.#sincePruning += events;
    if (this.#sincePruning < this.#keepEvents / 10) return;
    this.#sincePruning = 0;
    this.#run(
      `UPDATE horizon SET log = max(log, min((SELECT max(seq) FROM changes) - ?, coalesce((SELECT min(seq) FROM readers), 9223372036854775807)))`,
      this.#keepEvents,
    );
    this.#run('DELETE FROM changes WHERE seq <= (SELECT log FROM horizon)');
  }
}

/** The last position that a transaction takes; 0 where it takes none. */
export function lastSeq(write: StoreWrite): number {
  const seqs = [...write.changes, ...write.findings, ...write.coverage, ...write.coverageEnds].map(
    ({ seq }) => seq ?? 0,
  );
  return seqs.reduce((last, seq) => Math.max(last, seq), 0);
}
