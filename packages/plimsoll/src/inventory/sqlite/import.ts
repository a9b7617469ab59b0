import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { createZstdDecompress } from 'node:zlib';
import { PlimsollError } from '../../model/errors.ts';
import { parseExactJson } from '../../model/exact-json.ts';
import { jsonText } from '../../model/json-text.ts';
import type { Json } from '../../model/json.ts';
import { encodeDelta } from '../delta.ts';
import { EXPORT_FORMAT, type Exported, bodyLine, endLine, exportedTables, headerLine } from './export-format.ts';
import { makeFolder } from './make-folder.ts';
import { lockStore, openDatabase } from './open.ts';
import { STATE_COLUMNS, stateText } from './rows.ts';
import { Statements } from './statements.ts';
import { LONGEST_CHAIN } from './superseded.ts';

/** Lines between which other work may run. */
const BREATH = 500;

/**
 * Makes a store of an export. It is filled in another file beside it and takes its place when the export is known to
 * be whole: until then, and wherever it is killed, there is no store. Gives what it holds.
 *
 * @throws {PlimsollError} PLM1513 for an export of a newer version, PLM1514 where it is damaged or none, PLM1515 where
 *   there is a store that holds something, PLM15xx where the store cannot be made
 */
export async function importStore(source: string, store: string, signal?: AbortSignal): Promise<Exported> {
  makeFolder(dirname(store));
  const unlock = lockStore(store, 'write');
  const filling = `${store}.importing`;
  try {
    refuseFilled(store);
    remove(filling);
    const { database, close } = openDatabase(filling, 'write');
    let counts: Exported;
    try {
      // No journal: what is killed, or refused, is thrown away.
      database.exec('PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN');
      counts = await new Import(database, source).run(linesOf(source), signal);
      database.exec('COMMIT; PRAGMA synchronous=FULL; PRAGMA journal_mode=WAL');
    } finally {
      close();
    }
    sync(filling);
    remove(store, ['', '-wal', '-shm']);
    renameSync(filling, store);
    return counts;
  } finally {
    remove(filling);
    unlock();
  }
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r+');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function remove(file: string, endings: readonly string[] = ['', '-wal', '-shm', '.lock']): void {
  for (const ending of endings) rmSync(`${file}${ending}`, { force: true });
}

/** A store that was never written may be replaced. */
function refuseFilled(store: string): void {
  if (!existsSync(store)) return;
  const { database, close } = openDatabase(store, 'beside');
  try {
    const tables = [...exportedTables.map(({ name }) => name), 'objects'].filter((name) => name !== 'horizon');
    const filled = tables.find((table) => database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined);
    if (filled !== undefined) throw new PlimsollError('PLM1515', 'the store is not empty', { file: store });
  } finally {
    close();
  }
}

/** The lines of an export, held against the sum at its end. @throws {PlimsollError} PLM1513, PLM1514 */
async function* linesOf(file: string): AsyncIterable<Json> {
  const hash = createHash('sha256');
  let pending: string | null = null;
  let isFirst = true;
  for await (const line of rawLines(file)) {
    if (pending !== null) {
      hash.update(`${pending}\n`);
      const read = parsed(file, pending);
      if (isFirst) refuseOther(file, read);
      else yield read;
      isFirst = false;
    }
    pending = line;
  }
  const end = endLine.safeParse(pending === null ? null : parsed(file, pending));
  if (!end.success) throw notWhole(file, isFirst ? 'it is no export of a Plimsoll store' : 'its end is missing');
  if (end.data.end.sha256 !== hash.digest('hex')) throw notWhole(file, 'its checksum is another');
}

function refuseOther(file: string, line: Json): void {
  const header = headerLine.safeParse(line);
  if (!header.success) throw notWhole(file, 'it is no export of a Plimsoll store');
  const { format } = header.data;
  if (format > EXPORT_FORMAT)
    throw new PlimsollError('PLM1513', `the export has format ${format}, this Plimsoll knows ${EXPORT_FORMAT}`, {
      file,
    });
}

async function* rawLines(file: string): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const bytes = createReadStream(file);
  const stream = createZstdDecompress();
  bytes.once('error', (error) => stream.destroy(error));
  try {
    let rest = '';
    for await (const chunk of bytes.pipe(stream)) {
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') throw notWhole(file, 'its last line is cut off');
  } catch (error) {
    if (error instanceof PlimsollError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof Error && 'syscall' in error)
      throw new PlimsollError('PLM1207', `cannot be read: ${reason}`, { file }, { cause: error });
    throw notWhole(file, reason, error);
  } finally {
    bytes.destroy();
  }
}

function parsed(file: string, line: string): Json {
  try {
    return parseExactJson(line);
  } catch (error) {
    throw notWhole(file, 'a line is no JSON', error);
  }
}

function notWhole(file: string, why: string, cause?: unknown): PlimsollError {
  return new PlimsollError('PLM1514', `the export cannot be read: ${why}`, { file }, { cause });
}

/** Rows from lines. */
class Import {
  readonly #statements: Statements;
  readonly #counts = { resources: 0, versions: 0 };
  #object: { readonly key: readonly string[]; readonly id: number } = { key: [], id: 0 };
  /** How many superseded states of the object are still to come, and the text of the last one. */
  #left = 0;
  #newer: string | null = null;

  readonly #file: string;

  constructor(database: DatabaseSync, file: string) {
    this.#file = file;
    this.#statements = new Statements(database);
    this.#statements.of('DELETE FROM horizon').run();
  }

  async run(lines: AsyncIterable<Json>, signal: AbortSignal | undefined): Promise<Exported> {
    let taken = 0;
    for await (const line of lines) {
      this.#tryTo(line);
      taken += 1;
      if (taken % BREATH !== 0) continue;
      signal?.throwIfAborted();
      await new Promise(setImmediate);
    }
    if (this.#left > 0) throw notWhole(this.#file, 'states are missing');
    return this.#counts;
  }

  /** What a damaged line asks for is known to be wrong only at the export's end; until then it may be anything. */
  #tryTo(line: Json): void {
    try {
      this.#take(line);
    } catch (error) {
      if (error instanceof PlimsollError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      if (isOfDisk(error))
        throw new PlimsollError('PLM1505', `the store cannot be written: ${reason}`, {}, { cause: error });
      throw notWhole(this.#file, reason, error);
    }
  }

  #insert(table: string, values: readonly (string | number | null | Uint8Array)[]): void {
    this.#statements.of(`INSERT INTO ${table} VALUES (${values.map(() => '?').join()})`).run(...values);
  }

  #take(line: Json): void {
    const { data } = bodyLine.safeParse(line);
    if (data === undefined) throw notWhole(this.#file, 'a line is of no known kind');
    if ('object' in data) this.#takeObject(data.object, data.superseded);
    else if ('current' in data) this.#takeCurrent(data.current, data.state as Json[]);
    else if ('state' in data) this.#takeSuperseded(data.superseded, data.state as Json[]);
    else for (const [table, values] of Object.entries(data)) this.#insert(table, values);
  }

  #takeObject([source, type, scope, name, id, died]: ObjectRow, superseded: number): void {
    this.#object = { key: [source, type, scope, name], id };
    this.#left = superseded;
    this.#newer = null;
    this.#insert('objects', [source, type, scope, name, id, died]);
  }

  #takeCurrent([seq, at, hash]: readonly [number, number, string], state: readonly Json[]): void {
    const [uid, version, apiVersion, kind, unseen, place, forms, body] = state;
    this.#statements
      .of('INSERT INTO resources VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, jsonb(?), jsonb(?))')
      .run(
        this.#object.id,
        ...this.#object.key,
        hash,
        textOrNull(uid),
        textOrNull(version),
        String(apiVersion),
        String(kind),
        jsonText(unseen ?? []),
        jsonOrNull(place),
        seq,
        at,
        jsonText(body ?? null),
        jsonOrNull(forms),
      );
    // As it is read from now on, which is what deltas are decoded against.
    const row = this.#statements.of(`SELECT ${STATE_COLUMNS} FROM resources WHERE id = ?`).get(this.#object.id);
    this.#newer = row === undefined ? null : stateText(row);
    this.#counts.resources += 1;
    this.#counts.versions += 1;
  }

  #takeSuperseded([seq, at, untilSeq, until]: SupersededRow, state: readonly Json[]): void {
    // Newest first here, counted from the oldest on there (compaction.ts).
    const depth = this.#newer === null ? 0 : this.#left % LONGEST_CHAIN;
    const text = jsonText([...state]);
    const delta = encodeDelta(text, depth === 0 ? null : this.#newer);
    this.#insert('deltas', [untilSeq, until, this.#object.id, seq, at, depth, delta]);
    this.#left -= 1;
    this.#newer = text;
    this.#counts.versions += 1;
  }
}

type ObjectRow = readonly [string, string, string, string, number, number | null];
type SupersededRow = readonly [number, number, number, number];

function textOrNull(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function jsonOrNull(value: Json | undefined): string | null {
  return value === null || value === undefined ? null : jsonText(value);
}

/** SQLITE_IOERR and SQLITE_FULL (https://sqlite.org/rescode.html); the low byte is the primary code. */
function isOfDisk(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  return [10, 13].includes(error.errcode & 0xff);
}
