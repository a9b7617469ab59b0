import type { DatabaseSync } from 'node:sqlite';
import type { Coverage } from '../../model/coverage.ts';
import type { Finding } from '../../model/finding.ts';
import { PlimsollError } from '../../model/errors.ts';
import { parseExactJson } from '../../model/exact-json.ts';
import type { Problem } from '../../model/problem.ts';
import type { Resource, ResourceKey } from '../../model/resource.ts';
import type { SourceState } from '../../sources/source.ts';
import type { FindingFilter, LogEvent, Page, ResourceFilter, ResourceStamp, Store, StoreWrite } from '../store.ts';
import { afterKey } from './after-key.ts';
import { Checkpointer, type Checkpoints } from './checkpointer.ts';
import { type Durability, DurableLog } from './durable-log.ts';
import { openDatabase } from './open.ts';
import { RESOURCE_COLUMNS, type Row, changeOf, resourceOf, scopeOf } from './rows.ts';
import { Statements } from './statements.ts';
import { Writer } from './writer.ts';

const STAMP_PAGE = 2_000;
const SCAN_PAGE = 100;
const DEFAULT_KEPT_EVENTS = 200_000;
/** How many commits go by before the size of the write-ahead log is looked at. */
const COMMITS_BETWEEN_LOOKS = 100;
const KEY = 'source = ? AND type = ? AND scope = ? AND name = ?';

/** Settings of a store. */
export interface SqliteOptions {
  /** How many positions of the log are kept for streams that resume. */
  readonly keepEvents?: number;
  /** Only to be read, beside others who read it; a write rejects. */
  readonly readOnly?: boolean;
  /** What makes commits durable and keeps the log short; left out: the file's own, in other threads. */
  readonly disk?: Disk;
}

/** Opens the store in a file, or `:memory:`. @throws {PlimsollError} PLM15xx */
export function openSqliteStore(file: string, options: SqliteOptions = {}): Store {
  const { keepEvents = DEFAULT_KEPT_EVENTS, readOnly = false } = options;
  const { database, close } = openDatabase(file, readOnly ? 'read' : 'write');
  const disk = readOnly || file === ':memory:' ? null : (options.disk ?? ownDisk(file));
  return new SqliteStore(database, disk, close, keepEvents);
}

function ownDisk(file: string): Disk {
  return { checkpointer: new Checkpointer(file), log: new DurableLog(file) };
}

/** What a store has that is kept in a file. */
export interface Disk {
  readonly checkpointer: Checkpoints;
  readonly log: Durability;
}

class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #close: () => void;
  readonly #disk: Disk | null;
  /** What is written, but not known to be durable. */
  #unsynced: StoreWrite | null = null;
  #commits = 0;
  readonly #statements: Statements;
  readonly #writer: Writer;
  #head: number;

  constructor(database: DatabaseSync, disk: Disk | null, close: () => void, keepEvents: number) {
    this.#database = database;
    this.#disk = disk;
    this.#close = close;
    this.#statements = new Statements(database);
    this.#writer = new Writer(database, this.#statements, keepEvents);
    this.#head = Math.max(...['changes', 'finding_events', 'coverage_events'].map((table) => this.#edge('max', table)));
  }

  #edge(edge: 'min' | 'max', table: string): number {
    return Number(this.#get(`SELECT ${edge}(seq) AS seq FROM ${table}`)?.['seq'] ?? 0);
  }

  #all(sql: string, ...values: (string | number)[]): Row[] {
    return this.#statements.of(sql).all(...values);
  }

  #get(sql: string, ...values: (string | number)[]): Row | undefined {
    return this.#statements.of(sql).get(...values);
  }

  get headSeq(): number {
    return this.#head;
  }

  get oldestSeq(): number {
    // A log that begins with coverage or findings has lost nothing: the first row of all three tables counts.
    const first = ['changes', 'finding_events', 'coverage_events'].map((table) => this.#edge('min', table));
    const oldest = Math.min(...first.filter((seq) => seq > 0));
    return Number.isFinite(oldest) && oldest > 1 ? oldest : 0;
  }

  async commit(write: StoreWrite): Promise<void> {
    // A write whose sync failed comes again: it is in the log already.
    if (this.#unsynced !== write) this.#writer.write(write);
    this.#unsynced = write;
    await this.#sync();
    this.#unsynced = null;
    this.#commits += 1;
    if (this.#commits % COMMITS_BETWEEN_LOOKS === 0) this.#disk?.checkpointer.look();
    if (this.#disk?.checkpointer.takeRest() === true) this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    for (const { seq } of [...write.changes, ...write.findings, ...write.coverage])
      if (seq !== null && seq > this.#head) this.#head = seq;
  }

  /** What was committed is durable. @throws {PlimsollError} PLM1505 */
  async #sync(): Promise<void> {
    if (this.#disk === null) return;
    try {
      await this.#disk.log.sync();
    } catch (error) {
      // After a failed fsync the kernel may have let the pages go (LWN, "PostgreSQL's fsync() surprise"): another one
      // proves nothing. A checkpoint writes them anew, to the store file.
      checkpointed(this.#database, error);
    }
  }

  async *stamps(): AsyncIterable<readonly ResourceStamp[]> {
    for (let last = 0; ;) {
      const rows = this.#all(
        'SELECT id, source, type, scope, name, uid, version, hash FROM resources WHERE id > ? ORDER BY id LIMIT ?',
        last,
        STAMP_PAGE,
      );
      if (rows.length === 0) return;
      last = Number(rows.at(-1)?.['id']);
      yield rows.map((row) => ({
        source: String(row['source']),
        type: String(row['type']),
        scope: scopeOf(row),
        name: String(row['name']),
        uid: typeof row['uid'] === 'string' ? row['uid'] : null,
        version: typeof row['version'] === 'string' ? row['version'] : null,
        hash: String(row['hash']),
      }));
    }
  }

  async resource(key: ResourceKey): Promise<Resource | null> {
    const row = this.#get(
      `SELECT ${RESOURCE_COLUMNS} FROM resources WHERE ${KEY}`,
      key.source,
      key.type,
      key.scope ?? '',
      key.name,
    );
    return row === undefined ? null : resourceOf(row);
  }

  async resources(filter: ResourceFilter, limit: number, page?: string | null): Promise<Page<Resource>> {
    const { where, values } = conditions(filter);
    const after = page === undefined || page === null ? [] : tokenValues(page, 4);
    const place = after.length === 0 ? { sql: '1', values: [] } : afterKey(filter, after);
    const sql = `SELECT ${RESOURCE_COLUMNS} FROM resources WHERE ${where} AND ${place.sql} ORDER BY source, type, scope, name LIMIT ?`;
    const rows = this.#all(sql, ...values, ...place.values, limit + 1);
    const items = rows.slice(0, limit).map(resourceOf);
    const last = items.at(-1);
    const next =
      rows.length > limit && last !== undefined ? token([last.source, last.type, last.scope ?? '', last.name]) : null;
    return { items, next };
  }

  async *scan(filter: ResourceFilter): AsyncIterable<readonly Resource[]> {
    for (let page: string | null = null; ;) {
      const found: Page<Resource> = await this.resources(filter, SCAN_PAGE, page);
      if (found.items.length > 0) yield found.items;
      if (found.next === null) return;
      page = found.next;
      await new Promise(setImmediate);
    }
  }

  async versions(key: ResourceKey, limit: number): ReturnType<Store['versions']> {
    const columns = RESOURCE_COLUMNS.replace('seq, at', 'seq, at, until');
    const rows = this.#all(
      `SELECT ${columns} FROM versions WHERE ${KEY} ORDER BY seq DESC LIMIT ?`,
      key.source,
      key.type,
      key.scope ?? '',
      key.name,
      limit,
    );
    return rows.map((row) => ({
      seq: Number(row['seq']),
      at: Number(row['at']),
      until: row['until'] === null ? null : Number(row['until']),
      resource: resourceOf(row),
    }));
  }

  async events(sinceSeq: number, limit: number): Promise<readonly LogEvent[]> {
    // Not beyond the head: what is written and not yet durable is nobody's to see.
    const rows = this.#all(
      `SELECT seq, 'change' AS kind, NULL AS item FROM changes WHERE seq > ?1 AND seq <= ?2
       UNION ALL SELECT seq, 'finding', finding FROM finding_events WHERE seq > ?1 AND seq <= ?2
       UNION ALL SELECT seq, 'coverage', coverage FROM coverage_events WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3`,
      sinceSeq,
      this.#head,
      limit,
    );
    return rows.map((row) => this.#event(row));
  }

  #event(row: Row): LogEvent {
    const seq = Number(row['seq']);
    if (row['kind'] === 'finding') return { seq, kind: 'finding', finding: JSON.parse(String(row['item'])) as Finding };
    if (row['kind'] === 'coverage')
      return { seq, kind: 'coverage', coverage: JSON.parse(String(row['item'])) as Coverage };
    const change = this.#get('SELECT * FROM changes WHERE seq = ?', seq) ?? {};
    const state =
      change['operation'] === 'deleted'
        ? undefined
        : this.#get(`SELECT ${RESOURCE_COLUMNS} FROM versions WHERE seq = ?`, seq);
    return { seq, kind: 'change', change: changeOf(change, state === undefined ? null : resourceOf(state)) };
  }

  async findings(filter: FindingFilter, limit: number, page?: string | null): Promise<Page<Finding>> {
    const { where, values } = conditions(filter);
    const after = page === undefined || page === null ? [] : tokenValues(page, 1);
    const sql = `SELECT id, finding FROM findings WHERE ${where} ${after.length === 0 ? '' : 'AND id > ?'} ORDER BY id LIMIT ?`;
    const rows = this.#all(sql, ...values, ...after, limit + 1);
    const items = rows.slice(0, limit).map((row) => JSON.parse(String(row['finding'])) as Finding);
    return { items, next: rows.length > limit ? token([items.at(-1)?.id ?? '']) : null };
  }

  async *openFindings(): AsyncIterable<readonly Finding[]> {
    for (let page: string | null = null; ;) {
      const found: Page<Finding> = await this.findings({ state: 'open' }, STAMP_PAGE, page);
      yield found.items;
      if (found.next === null) return;
      page = found.next;
    }
  }

  async coverage(): Promise<readonly Coverage[]> {
    return this.#all('SELECT coverage FROM coverage ORDER BY source, type, scope').map(
      (row) => JSON.parse(String(row['coverage'])) as Coverage,
    );
  }

  async problems(): Promise<readonly Problem[]> {
    return this.#all('SELECT problems FROM problems ORDER BY source, origin').flatMap(
      (row) => JSON.parse(String(row['problems'])) as Problem[],
    );
  }

  async sources(): Promise<readonly string[]> {
    const rows = this.#all(
      `SELECT source FROM coverage UNION ${distinct('source')} UNION SELECT source FROM facts UNION SELECT source FROM identities ORDER BY 1`,
    );
    return rows.map((row) => String(row['source']));
  }

  async sourceState(source: string): Promise<SourceState> {
    const identity = this.#get('SELECT identity FROM identities WHERE source = ?', source)?.['identity'];
    const cursors = this.#all('SELECT type, scope, cursor FROM cursors WHERE source = ?', source);
    const facts = this.#all('SELECT name, value FROM facts WHERE source = ?', source);
    return {
      identity: typeof identity === 'string' ? identity : null,
      cursors: cursors.map((row) => ({
        type: String(row['type']),
        scope: scopeOf(row),
        cursor: String(row['cursor']),
      })),
      types: this.#all(distinct('type', 'source = ?1'), source).map((row) => String(row['value'])),
      facts: new Map(facts.map((row) => [String(row['name']), parseExactJson(String(row['value']))])),
      coverage: this.#all('SELECT coverage FROM coverage WHERE source = ?', source).map(
        (row) => JSON.parse(String(row['coverage'])) as Coverage,
      ),
    };
  }

  async readerSeq(name: string): Promise<number | null> {
    const row = this.#get('SELECT seq FROM readers WHERE name = ?', name);
    return row === undefined ? null : Number(row['seq']);
  }

  async setting(name: string): Promise<string | null> {
    const row = this.#get('SELECT value FROM settings WHERE name = ?', name);
    return row === undefined ? null : String(row['value']);
  }

  async setSetting(name: string, value: string): Promise<void> {
    this.#statements.of('INSERT OR REPLACE INTO settings VALUES (?, ?)').run(name, value);
    await this.#sync();
  }

  async close(): Promise<void> {
    await this.#disk?.checkpointer.close();
    await this.#disk?.log.close();
    this.#close();
  }
}

/** Everything in the log is in the store file and durable; where that fails too, PLM1505. */
function checkpointed(database: DatabaseSync, why: unknown): void {
  let complete = false;
  try {
    const row = database.prepare('PRAGMA wal_checkpoint(FULL)').get();
    complete = row?.['busy'] === 0 && row['log'] === row['checkpointed'];
  } catch {
    // Told below, with the failure that came first.
  }
  if (complete) return;
  const reason = why instanceof Error ? why.message : String(why);
  throw new PlimsollError('PLM1505', `the store cannot be written: ${reason}`, {}, { cause: why });
}

/**
 * The distinct values of a column of `resources`, by one look into its key's index for each value: SQLite's own
 * DISTINCT reads an entry for each resource.
 */
function distinct(column: 'source' | 'type', where = '1'): string {
  return `SELECT value FROM (WITH RECURSIVE found (value) AS (
      SELECT min(${column}) FROM resources WHERE ${where}
      UNION ALL SELECT (SELECT min(${column}) FROM resources WHERE ${where} AND ${column} > value) FROM found WHERE value IS NOT NULL
    ) SELECT value FROM found) WHERE value IS NOT NULL`;
}

function conditions(filter: ResourceFilter & FindingFilter): { where: string; values: string[] } {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  return {
    where: ['1', ...given.map(([column]) => `${column} = ?`)].join(' AND '),
    values: given.map(([, value]) => String(value ?? '')),
  };
}

function token(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The values of a page token; empty, the first page, for a token that is none of ours. */
function tokenValues(page: string, count: number): string[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(page, 'base64url').toString());
    return Array.isArray(values) && values.length === count ? values.map(String) : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
