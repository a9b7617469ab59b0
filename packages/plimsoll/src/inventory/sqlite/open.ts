import { chmodSync, closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { PlimsollError } from '../../model/errors.ts';
import { CHECKPOINT_BYTES } from './checkpointer.ts';
import { makeFolder } from './make-folder.ts';
import { type Room, migrate, realRoom } from './migration.ts';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.ts';

/** How long who writes waits for commands that read to end, and who reads for a lock that is just being taken. */
const PATIENCE_MS = { write: 2000, read: 200 } as const;

const HEADER = 'SQLite format 3\0';

/** An open database and the lock that keeps other processes off it. */
export interface OpenDatabase {
  readonly database: DatabaseSync;
  /** Ends both. */
  readonly close: () => void;
  /** Where the store is kept as it was before it was brought up to date; null where it was up to date. */
  readonly backup: string | null;
}

/** To write, alone; to read, with others who read; or to read beside whoever has it, one transaction alone. */
export type StoreUse = 'write' | 'read' | 'beside';

/**
 * Opens a store file, made where it is missing, or `:memory:`. Exclusive: `FILE.lock` is a second SQLite file held by
 * `BEGIN EXCLUSIVE` for the process's life, free again after kill -9. To `read` it is shared with others who
 * read, and no statement can change the database: it has to be there, and of this version's schema. `beside` takes no
 * lock at all: the write-ahead log shows one who reads the state at which it began (SQLite, "Isolation In SQLite").
 * @throws {PlimsollError} PLM1501–1504, 1506, 1507, 1511; the file is left as it is.
 */
export function openDatabase(file: string, use: StoreUse, room: Room = realRoom): OpenDatabase {
  if (file === ':memory:') return prepared(new DatabaseSync(file), () => undefined, file, use, room);
  try {
    if (use === 'write') makeFolder(dirname(file));
    refuseForeign(file, use);
  } catch (error) {
    throw error instanceof PlimsollError ? error : cannotOpen(file, error);
  }
  const unlock = use === 'beside' ? () => undefined : lockStore(file, use);
  try {
    const database = new DatabaseSync(file);
    if (use !== 'write') database.exec('PRAGMA query_only=ON');
    else chmodSync(file, 0o600);
    return prepared(database, unlock, file, use, room);
  } catch (error) {
    unlock();
    throw error instanceof PlimsollError ? error : cannotOpen(file, error);
  }
}

function cannotOpen(file: string, error: unknown): PlimsollError {
  const reason = error instanceof Error ? error.message : String(error);
  return new PlimsollError('PLM1506', `the store cannot be opened: ${reason}`, { file }, { cause: error });
}

/**
 * Reads the header by itself: SQLite would take an empty or short file of anything for a new database. Who writes may
 * begin one in an empty file.
 */
function refuseForeign(file: string, use: StoreUse): void {
  if (!existsSync(file)) {
    if (use === 'write') return;
    throw new PlimsollError('PLM1506', 'the store cannot be opened: there is no such file', { file });
  }
  if (!statSync(file).isFile()) throw new PlimsollError('PLM1501', 'this is no file', { file });
  const descriptor = openSync(file, 'r');
  try {
    const header = new Uint8Array(HEADER.length);
    const length = readSync(descriptor, header, 0, HEADER.length, 0);
    if (length === 0 && use !== 'write')
      throw new PlimsollError('PLM1501', 'this is an empty file, not a Plimsoll store', { file });
    if (length > 0 && new TextDecoder().decode(header.subarray(0, length)) !== HEADER)
      throw new PlimsollError('PLM1501', 'this is not a Plimsoll store', { file });
  } finally {
    closeSync(descriptor);
  }
}

/** Takes `FILE.lock`; gives the way to let it go. @throws {PlimsollError} PLM1502, PLM1506 */
export function lockStore(file: string, use: 'read' | 'write'): () => void {
  const path = `${file}.lock`;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    chmodSync(path, 0o600);
    try {
      database.exec(`PRAGMA busy_timeout=${PATIENCE_MS[use]}`);
      // A transaction that has read holds SQLite's SHARED lock, which keeps off EXCLUSIVE alone.
      database.exec(use === 'read' ? 'BEGIN; SELECT count(*) FROM sqlite_schema' : 'BEGIN EXCLUSIVE');
    } catch (error) {
      throw new PlimsollError('PLM1502', `in use${holderOf(path)}`, { file }, { cause: error });
    }
    // Committed once, so that a refused process can read who holds it; then held again.
    if (use === 'write')
      database.exec(
        `CREATE TABLE IF NOT EXISTS holder (pid INTEGER); DELETE FROM holder; INSERT INTO holder VALUES (${process.pid}); COMMIT; BEGIN EXCLUSIVE`,
      );
    const held = database;
    return () => {
      if (use === 'write') forgetHolder(held);
      held.close();
    };
  } catch (error) {
    database?.close();
    throw error instanceof PlimsollError ? error : cannotOpen(file, error);
  }
}

/** What is left behind names nobody: the lock may be held by commands that read next. */
function forgetHolder(database: DatabaseSync): void {
  try {
    database.exec('DELETE FROM holder; COMMIT');
  } catch {
    // A full disk: the name stays, as after kill -9, and `isRunning` sorts it out.
  }
}

/** ` by process 4711`; empty where that is not known. The lock says nothing of those who read. */
function holderOf(path: string): string {
  try {
    // "immutable" reads without a lock, which EXCLUSIVE would refuse (SQLite, "URI Filenames").
    const database = new DatabaseSync(new URL('?immutable=1', pathToFileURL(path)), { readOnly: true });
    try {
      const pid = database.prepare('SELECT pid FROM holder').get()?.['pid'];
      return typeof pid === 'number' && isRunning(pid) ? ` by process ${pid}` : '';
    } finally {
      database.close();
    }
  } catch {
    return ''; // no such table yet, or written at this moment: it is in use all the same
  }
}

/** False for the holder of an earlier time, whose name stays in the file. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function prepared(database: DatabaseSync, unlock: () => void, file: string, use: StoreUse, room: Room): OpenDatabase {
  const close = (): void => {
    database.close();
    unlock();
  };
  try {
    const found = refuseOtherStores(database, file, use);
    const backup = use === 'write' ? bringUpToDate(database, file, found, room) : null;
    database.exec('PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY');
    return { database, close, backup };
  } catch (error) {
    database.close();
    if (error instanceof PlimsollError) throw error;
    if (isDamage(error))
      throw new PlimsollError('PLM1504', `the store is damaged: ${error.message}`, { file }, { cause: error });
    throw cannotOpen(file, error);
  }
}

/** What a database holds. */
interface Found {
  readonly tables: number;
  readonly version: number;
}

function refuseOtherStores(database: DatabaseSync, file: string, use: StoreUse): Found {
  const number = (query: string): number => Number(Object.values(database.prepare(query).get() ?? {})[0]);
  const tables = number('SELECT count(*) FROM sqlite_schema');
  const version = number('PRAGMA user_version');
  const isOurs = number('PRAGMA application_id') === APPLICATION_ID;
  if (!isOurs && (tables > 0 || (use !== 'write' && file !== ':memory:')))
    throw new PlimsollError('PLM1501', 'this is an SQLite file, but not a Plimsoll store', { file });
  if (version > SCHEMA_VERSION)
    throw new PlimsollError('PLM1503', `the store has schema ${version}, this Plimsoll knows ${SCHEMA_VERSION}`, {
      file,
    });
  if (use !== 'write' && version < SCHEMA_VERSION)
    throw new PlimsollError('PLM1507', `the store has schema ${version}, this Plimsoll reads ${SCHEMA_VERSION}`, {
      file,
    });
  return { tables, version };
}

/** Makes the tables, or brings them up to date; gives the backup of what was there. */
function bringUpToDate(database: DatabaseSync, file: string, found: Found, room: Room): string | null {
  if (found.tables === 0)
    database.exec(`PRAGMA page_size=16384; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; BEGIN; ${SCHEMA}
      PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${SCHEMA_VERSION}; COMMIT`);
  const backup =
    found.tables > 0 && found.version < SCHEMA_VERSION ? migrate(database, file, found.version, room) : null;
  // NORMAL: the log's own fsync is the store's (durable-log.ts). A log that grew beside a long read is cut when it
  // begins anew.
  database.exec(
    `PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=${CHECKPOINT_BYTES}`,
  );
  return backup;
}

/** SQLite's SQLITE_CORRUPT and SQLITE_NOTADB (https://sqlite.org/rescode.html); the low byte is the primary code. */
const damage = new Set([11, 26]);

function isDamage(error: unknown): error is Error {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    damage.has(error.errcode & 0xff)
  );
}
