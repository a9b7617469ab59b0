import { createHash } from 'node:crypto';
import { closeSync, createWriteStream, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { PlimsollError } from '../../model/errors.ts';
import { EXPORT_FORMAT, type Exported, exportedTables } from './export-format.ts';
import { openDatabase } from './open.ts';
import { type Row, STATE_COLUMNS, stateText } from './rows.ts';
import { Statements } from './statements.ts';
import { SupersededStates } from './superseded.ts';

/** Text that is handed on at once. */
const CHUNK = 1 << 16;

/**
 * Writes the whole of a store to a file that is not there yet, as it is at this moment, also while another process
 * writes it: what export-format.ts says, compressed (Zstandard). The file is there whole or not at all, and its
 * owner's alone. Gives what was written.
 *
 * @throws {PlimsollError} PLM1516 where it cannot be written, PLM15xx where the store cannot be read
 */
export async function exportStore(store: string, target: string, signal?: AbortSignal): Promise<Exported> {
  const partial = `${target}.partial`;
  const { database, close } = openDatabase(store, 'beside');
  const counts = { resources: 0, versions: 0 };
  try {
    rmSync(partial, { force: true });
    // A state read in one transaction is that of its first read (SQLite, "Isolation In SQLite").
    database.exec('BEGIN');
    await pipeline(
      Readable.from(sealed(chunks(lines(database, counts)))),
      createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_windowLog]: 22 } }),
      createWriteStream(partial, { flags: 'wx', mode: 0o600 }),
      signal === undefined ? {} : { signal },
    );
    sync(partial);
    // A link takes no name that something else has; renaming would.
    linkSync(partial, target);
    return counts;
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? cannotWrite(target, error) : error;
  } finally {
    rmSync(partial, { force: true });
    close();
  }
}

function cannotWrite(file: string, error: Error): PlimsollError {
  return new PlimsollError('PLM1516', `the export cannot be written: ${error.message}`, { file }, { cause: error });
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

/** Lines in larger pieces, letting other work run in between. */
async function* chunks(all: Iterable<string>): AsyncIterable<string> {
  let chunk = '';
  for (const line of all) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
    await new Promise(setImmediate);
  }
  yield chunk;
}

/** What is given, and behind it the line that closes it: SHA-256 over all of it. */
async function* sealed(text: AsyncIterable<string>): AsyncIterable<string> {
  const hash = createHash('sha256');
  for await (const chunk of text) {
    hash.update(chunk);
    yield chunk;
  }
  yield `${JSON.stringify({ end: { sha256: hash.digest('hex') } })}\n`;
}

function* lines(database: DatabaseSync, counts: { resources: number; versions: number }): Iterable<string> {
  const statements = new Statements(database);
  yield JSON.stringify({ plimsoll: 'store export', format: EXPORT_FORMAT });
  for (const { name, columns } of exportedTables) {
    for (const row of statements.of(`SELECT ${columns.join()} FROM ${name}`).iterate())
      yield JSON.stringify({ [name]: columns.map((column) => row[column] ?? null) });
  }
  yield* objects(statements, counts);
}

/** Every key, and behind it its states, newest first: the current one, where it has one, then the superseded ones. */
function* objects(statements: Statements, counts: { resources: number; versions: number }): Iterable<string> {
  const superseded = new SupersededStates(statements);
  const all = statements.of(
    'SELECT source, type, scope, name, id, died FROM objects ORDER BY source, type, scope, name',
  );
  for (const row of all.iterate()) {
    const { source, type, scope, name, id, died } = row;
    const object = Number(id);
    yield JSON.stringify({
      object: [source, type, scope, name, id, died],
      superseded: supersededCount(statements, object),
    });
    const current = statements.of(`SELECT hash, ${STATE_COLUMNS} FROM resources WHERE id = ?`).get(object);
    if (current !== undefined) {
      counts.resources += 1;
      counts.versions += 1;
      yield `{"current":[${spanText(current, 'seq', 'at')},${JSON.stringify(current['hash'])}],"state":${stateText(current)}}`;
    }
    for (const { seq, at, until, untilSeq, text } of superseded.before(object, Number.MAX_SAFE_INTEGER)) {
      counts.versions += 1;
      yield `{"superseded":${JSON.stringify([seq, at, untilSeq, until])},"state":${text}}`;
    }
  }
}

function supersededCount(statements: Statements, object: number): number {
  const row = statements
    .of(
      'SELECT (SELECT count(*) FROM history WHERE object = ?1) + (SELECT count(*) FROM deltas WHERE object = ?1) AS n',
    )
    .get(object);
  return Number(row?.['n'] ?? 0);
}

function spanText(row: Row, ...columns: readonly string[]): string {
  return columns.map((column) => String(row[column])).join();
}
