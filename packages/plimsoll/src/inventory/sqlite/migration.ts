import { closeSync, fsyncSync, openSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { PlimsollError } from '../../model/errors.ts';
import { SCHEMA_VERSION, UPGRADES } from './schema.ts';

/** How often the store must fit into what is free: the backup, the tables anew, and the log that they are written to. */
const COPIES = 3;

/** The disk as far as a migration asks for it. */
export interface Room {
  /** Bytes that are free where a folder is. */
  readonly free: (folder: string) => number;
}

/** The real disk. */
export const realRoom: Room = {
  free: (folder) => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
};

/**
 * Brings a store up to this version's schema, in one transaction, and before that keeps it as it was beside it. Gives
 * the backup's path. Killed anywhere, it leaves the store of the older version or that of the newer one.
 *
 * @throws {PlimsollError} PLM1511 where there is no room for it; the store is as it was
 */
export function migrate(database: DatabaseSync, file: string, from: number, room: Room): string {
  refuseWithoutRoom(database, file, room);
  const backup = `${file}.schema-${from}.backup`;
  const partial = `${backup}.partial`;
  rmSync(partial, { force: true });
  // SQLite fills an empty file; so it is nobody else's to read from the beginning.
  writeFileSync(partial, '', { mode: 0o600 });
  try {
    database.prepare('VACUUM INTO ?').run(partial);
    sync(partial);
    renameSync(partial, backup);
    upgrade(database, from);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    rmSync(partial, { force: true });
    throw isFull(error) ? noRoom(file, error) : error;
  }
  return backup;
}

function upgrade(database: DatabaseSync, from: number): void {
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; BEGIN IMMEDIATE');
  for (let version = from; version < SCHEMA_VERSION; version += 1) database.exec(UPGRADES.get(version) ?? '');
  database.exec(`PRAGMA user_version=${SCHEMA_VERSION}; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)`);
}

function refuseWithoutRoom(database: DatabaseSync, file: string, room: Room): void {
  const [pages, size] = ['page_count', 'page_size'].map((name) =>
    Number(database.prepare(`PRAGMA ${name}`).get()?.[name]),
  );
  const needed = (pages ?? 0) * (size ?? 0) * COPIES;
  const free = room.free(dirname(file));
  if (free < needed)
    throw new PlimsollError('PLM1511', `it takes ${megabytes(needed)}, and ${megabytes(free)} are free`, { file });
}

function noRoom(file: string, cause: unknown): PlimsollError {
  return new PlimsollError('PLM1511', 'the disk is full; the store is as it was', { file }, { cause });
}

/** SQLITE_FULL (https://sqlite.org/rescode.html), or the system's own word. */
function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('errcode' in error && error.errcode === 13) || ('code' in error && error.code === 'ENOSPC');
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
