import type { DatabaseSync } from 'node:sqlite';
import { PlimsollError } from '../../model/errors.ts';
import { jsonText } from '../../model/json-text.ts';
import type { ResourceKey } from '../../model/resource.ts';
import type { ChangeWrite, StoreWrite } from '../store.ts';
import type { Statements } from './statements.ts';

const KEY = 'source = ? AND type = ? AND scope = ? AND name = ?';
const STATE = 'source, type, scope, name, uid, version, hash, api_version, kind, unseen, place, seq, at';

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
        'INSERT OR REPLACE INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        finding.id,
        finding.state,
        finding.policy.name,
        ...keyOf(resource),
        text,
      );
      this.#run('INSERT OR REPLACE INTO finding_events VALUES (?, ?)', finding.seq, text);
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
      if (seq !== null) this.#run('INSERT OR REPLACE INTO coverage_events VALUES (?, ?)', seq, text);
    }
    for (const end of write.coverageEnds)
      this.#run(
        'DELETE FROM coverage WHERE source = ? AND type = ? AND scope = ?',
        end.source,
        end.type,
        end.scope ?? '',
      );
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
      if (problems.length === 0) this.#run('DELETE FROM problems WHERE source = ? AND origin = ?', source, origin);
      else this.#run('INSERT OR REPLACE INTO problems VALUES (?, ?, ?)', source, origin, JSON.stringify(problems));
    }
    for (const { name, value } of write.settings)
      this.#run('INSERT OR REPLACE INTO settings VALUES (?, ?)', name, value);
    for (const { name, seq } of write.readers) this.#run('INSERT OR REPLACE INTO readers VALUES (?, ?)', name, seq);
    this.#prune(write.changes.length + write.findings.length);
  }

  #change(change: ChangeWrite): void {
    const key = keyOf(change.key);
    const { resource } = change;
    this.#run(
      'INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      change.seq,
      change.at,
      change.operation,
      ...key,
      change.uid,
    );
    if (change.operation !== 'created')
      this.#run(
        `INSERT INTO history (${STATE}, body, forms, until) SELECT ${STATE}, body, forms, ? FROM resources WHERE ${KEY}`,
        change.at,
        ...key,
      );
    if (resource === null) {
      this.#run(`DELETE FROM resources WHERE ${KEY}`, ...key);
      return;
    }
    const place = resource.place === null ? null : JSON.stringify(resource.place);
    const state = [
      resource.uid,
      resource.version,
      change.hash ?? '',
      resource.apiVersion,
      resource.kind,
      JSON.stringify(resource.unseen),
      place,
      change.seq,
      change.at,
    ];
    this.#run(
      `INSERT INTO resources (${STATE}, body, forms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, jsonb(?), jsonb(?))
       ON CONFLICT (source, type, scope, name) DO UPDATE SET uid = excluded.uid, version = excluded.version, hash = excluded.hash,
         api_version = excluded.api_version, kind = excluded.kind, unseen = excluded.unseen, place = excluded.place,
         seq = excluded.seq, at = excluded.at, body = excluded.body, forms = excluded.forms`,
      ...key,
      ...state,
      jsonText(resource.body),
      resource.forms === undefined ? null : jsonText(resource.forms),
    );
  }

  /** Keeps the log bounded: events older than the newest `keepEvents` positions go, now and then. */
  #prune(events: number): void {
    this.#sincePruning += events;
    if (this.#sincePruning < this.#keepEvents / 10) return;
    this.#sincePruning = 0;
    for (const table of ['changes', 'finding_events', 'coverage_events'])
      this.#run(`DELETE FROM ${table} WHERE seq <= (SELECT max(seq) FROM changes) - ?`, this.#keepEvents);
  }
}
