import type { DatabaseSync } from 'node:sqlite';
import type { Coverage } from '../../model/coverage.ts';
import type { Finding } from '../../model/finding.ts';
import { PlimsollError, problem } from '../../model/errors.ts';
import { parseExactJson } from '../../model/exact-json.ts';
import type { Problem } from '../../model/problem.ts';
import type { Resource, ResourceKey } from '../../model/resource.ts';
import { type Clock, systemClock } from '../../model/clock.ts';
import type { SourceState } from '../../sources/source.ts';
import type {
  FindingFilter,
  HistoryEntry,
  LogEvent,
  Page,
  ResourceFilter,
  ResourceStamp,
  Store,
  StoreWrite,
  Story,
  Timeline,
  Version,
} from '../store.ts';
import { Checkpointer, type Checkpoints } from './checkpointer.ts';
import { Compaction } from './compaction.ts';
import { type Durability, DurableLog } from './durable-log.ts';
import type { Room } from './migration.ts';
import { openDatabase } from './open.ts';
import { DEFAULT_LIMITS, Retention, type RetentionLimits } from './retention.ts';
import { RESOURCE_COLUMNS, type Row, changeOf, resourceOf, scopeOf } from './rows.ts';
import { History } from './history.ts';
import { Lists } from './lists.ts';
import { conditions, distinct, token, tokenValues } from './query.ts';
import { Statements } from './statements.ts';
import { Writer, lastSeq } from './writer.ts';

const STAMP_PAGE = 2_000;
const SCAN_PAGE = 100;
const MOMENT_PAGE = 5_000;
const DEFAULT_KEPT_EVENTS = 200_000;
/** How many changes and findings are written before the size of the write-ahead log is looked at: some megabytes. */
const ROWS_BETWEEN_LOOKS = 200;
/** What a step of tending counts as. */
const TENDED_ROWS = 20;
const eventTables = ['changes', 'finding_events', 'coverage_events'];
const KEY = 'source = ? AND type = ? AND scope = ? AND name = ?';

/** Settings of a store. */
export interface SqliteOptions {
  /** How many positions of the log are kept for streams that resume. */
  readonly keepEvents?: number;
  /** What time it is: nothing is told of a time to come. */
  readonly clock?: Clock;
  /** How much of the past is kept. */
  readonly limits?: RetentionLimits;
  /** What room the disk has, where a store has to be brought up to date. */
  readonly room?: Room;
  /** Told, as PLM1512, that a store of an older version was brought up to date, and where it is kept as it was. */
  readonly onNotice?: (notice: Problem) => void;
  /** Only to be read, beside others who read it; a write rejects. */
  readonly readOnly?: boolean;
  /** What makes commits durable and keeps the log short; left out: the file's own, in other threads. */
  readonly disk?: Disk;
}

/** Opens the store in a file, or `:memory:`. @throws {PlimsollError} PLM15xx */
export function openSqliteStore(file: string, options: SqliteOptions = {}): Store {
  const { keepEvents = DEFAULT_KEPT_EVENTS, readOnly = false, clock = systemClock } = options;
  const { database, close, backup } = openDatabase(file, readOnly ? 'read' : 'write', options.room);
  if (backup !== null)
    options.onNotice?.(
      problem('PLM1512', `the store was brought up to date; as it was it is kept in ${backup}`, { file }),
    );
  const disk = readOnly || file === ':memory:' ? null : (options.disk ?? ownDisk(file));
  const statements = new Statements(database);
  const upkeep = readOnly
    ? null
    : {
        retention: new Retention(database, statements, clock, options.limits ?? DEFAULT_LIMITS),
        compaction: new Compaction(database, statements, clock),
      };
  const parts = {
    statements,
    disk,
    upkeep,
    close,
    writer: new Writer(database, statements, keepEvents),
    history: new History(statements, clock),
    lists: new Lists(statements),
  };
  return new SqliteStore(database, parts);
}

function ownDisk(file: string): Disk {
  return { checkpointer: new Checkpointer(file), log: new DurableLog(file) };
}

/** What a store has that is kept in a file. */
export interface Disk {
  readonly checkpointer: Checkpoints;
  readonly log: Durability;
}

/** What a store is made of. */
interface Parts {
  readonly statements: Statements;
  readonly disk: Disk | null;
  /** null for a store that is only read. */
  readonly upkeep: { readonly retention: Retention; readonly compaction: Compaction } | null;
  readonly close: () => void;
  readonly writer: Writer;
  readonly history: History;
  readonly lists: Lists;
}

class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #close: () => void;
  readonly #disk: Disk | null;
  readonly #upkeep: Parts['upkeep'];
  /** What is written, but not known to be durable. */
  #unsynced: StoreWrite | null = null;
  #sinceLook = 0;
  readonly #statements: Statements;
  readonly #writer: Writer;
  readonly #history: History;
  readonly #lists: Lists;
  #head: number;

  constructor(database: DatabaseSync, { statements, disk, upkeep, close, writer, history, lists }: Parts) {
    this.#database = database;
    this.#disk = disk;
    this.#upkeep = upkeep;
    this.#close = close;
    this.#statements = statements;
    this.#writer = writer;
    this.#history = history;
    this.#lists = lists;
    const last = eventTables.map((table) => this.#get(`SELECT max(seq) AS seq FROM ${table}`));
    this.#head = Math.max(...last.map((row) => Number(row?.['seq'] ?? 0)));
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
    const gone = this.#horizon();
    if (gone > 0) return gone + 1;
    // A log that begins with coverage or findings has lost nothing: the first row of all three tables counts.
    const first = eventTables.map((table) => this.#get(`SELECT min(seq) AS seq FROM ${table}`)?.['seq']);
    const oldest = Math.min(...first.filter((seq) => typeof seq === 'number'));
    return Number.isFinite(oldest) && oldest > 1 ? oldest : 0;
  }

  /** Events up to this position are gone. */
  #horizon(): number {
    return Number(this.#get('SELECT log FROM horizon')?.['log'] ?? 0);
  }

  async commit(write: StoreWrite): Promise<void> {
    await this.#disk?.checkpointer.rest();
    // A write whose sync failed comes again: it is in the log already.
    if (this.#unsynced !== write) this.#writer.write(write);
    this.#unsynced = write;
    await this.#sync();
    this.#unsynced = null;
    this.#look(1 + write.changes.length + write.findings.length);
    this.#head = Math.max(this.#head, lastSeq(write));
  }

  /** Looks now and then whether the write-ahead log has grown: one of hundreds of megabytes is cut for long. */
  #look(rows: number): void {
    this.#sinceLook += rows;
    if (this.#sinceLook < ROWS_BETWEEN_LOOKS) return;
    this.#sinceLook = 0;
    this.#disk?.checkpointer.look();
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
    return this.#lists.resources(filter, limit, page ?? null);
  }

  async excerpts(...[filter, paths, limit, page]: Parameters<Store['excerpts']>): ReturnType<Store['excerpts']> {
    return this.#lists.excerpts(filter, paths, limit, page ?? null);
  }

  async *scan(filter: ResourceFilter): AsyncIterable<readonly Resource[]> {
    yield* scanned(async (page) => await this.resources(filter, SCAN_PAGE, page));
  }

  async versions(key: ResourceKey, limit: number, page?: string | null): Promise<Page<HistoryEntry>> {
    return this.#history.versions(key, limit, page ?? null);
  }

  async times(): ReturnType<Store['times']> {
    return this.#history.times();
  }

  async resourceAt(key: ResourceKey, at: number): Promise<Version | null> {
    return this.#history.resource(key, this.#history.position(at));
  }

  async resourcesAt(filter: ResourceFilter, at: number, limit: number, page?: string | null): Promise<Page<Resource>> {
    return this.#history.resources(filter, at, limit, page ?? null);
  }

  async *scanAt(filter: ResourceFilter, at: number): AsyncIterable<readonly Resource[]> {
    yield* scanned(async (page) => await this.resourcesAt(filter, at, SCAN_PAGE, page));
  }

  async findingsAt(filter: FindingFilter, at: number, limit: number, page?: string | null): Promise<Page<Finding>> {
    return this.#history.findings(filter, at, limit, page ?? null);
  }

  async coverageAt(at: number): Promise<readonly Coverage[]> {
    return this.#history.coverage(at);
  }

  async timelineSince(at: number): Promise<Timeline> {
    const { moments: begin, ...timeline } = this.#history.timeline(at);
    const moments = [...begin];
    for (let last = begin.at(-1)?.at ?? at; ;) {
      const page = this.#history.moments(last, MOMENT_PAGE);
      moments.push(...page);
      last = page.at(-1)?.at ?? last;
      if (page.length < MOMENT_PAGE) return { ...timeline, moments };
      await new Promise(setImmediate);
    }
  }

  async storiesSince(filter: ResourceFilter, at: number, limit: number, page?: string | null): Promise<Page<Story>> {
    return this.#history.stories(filter, at, limit, page ?? null);
  }

  async events(sinceSeq: number, limit: number): Promise<readonly LogEvent[]> {
    // Not beyond the head: what is written and not yet durable is nobody's to see.
    const rows = this.#all(
      `SELECT seq, 'change' AS kind, NULL AS item FROM changes WHERE seq > ?1 AND seq <= ?2
       UNION ALL SELECT seq, 'finding', finding FROM finding_events WHERE seq > ?1 AND seq <= ?2
       UNION ALL SELECT seq, 'coverage', coverage FROM coverage_events WHERE seq > ?1 AND seq <= ?2 AND coverage IS NOT NULL ORDER BY seq LIMIT ?3`,
      Math.max(sinceSeq, this.#horizon()),
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
    const known = changeOf(change, null);
    const resource = known.operation === 'deleted' ? null : this.#history.stateOf(known.key, seq);
    return { seq, kind: 'change', change: { ...known, resource } };
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

  async coverage(source?: string): Promise<readonly Coverage[]> {
    const order = 'ORDER BY source, type, scope';
    const rows =
      source === undefined
        ? this.#all(`SELECT coverage FROM coverage ${order}`)
        : this.#all(`SELECT coverage FROM coverage WHERE source = ? ${order}`, source);
    return rows.map((row) => JSON.parse(String(row['coverage'])) as Coverage);
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

  async typesOf(source: string): Promise<readonly string[]> {
    return this.#all(distinct('type', { within: 'source = ?1' }), source).map((row) => String(row['value']));
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
      types: await this.typesOf(source),
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

  async tend(): Promise<boolean> {
    if (this.#upkeep === null) return false;
    await this.#disk?.checkpointer.rest();
    try {
      const { retention, compaction } = this.#upkeep;
      const didWork = retention.step() || compaction.step() || compaction.shrink();
      if (didWork) this.#look(TENDED_ROWS);
      return didWork;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new PlimsollError('PLM1505', `the store cannot be written: ${reason}`, {}, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#disk?.checkpointer.close();
    await this.#disk?.log.close();
    this.#close();
  }
}

/** All pages of a list, one after another, letting other work run in between. */
async function* scanned(list: (page: string | null) => Promise<Page<Resource>>): AsyncIterable<readonly Resource[]> {
  for (let page: string | null = null; ;) {
    const found: Page<Resource> = await list(page);
    if (found.items.length > 0) yield found.items;
    if (found.next === null) return;
    page = found.next;
    await new Promise(setImmediate);
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
