import { spawn } from 'node:child_process';
import { existsSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { historyContract } from '../history-contract.ts';
import { creation, storeContract } from '../store-contract.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './sqlite-store.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-store-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Everything of a contract test is of 1970. */
const limits = { keep: Infinity, size: Infinity };
const places: Record<string, () => Store> = {
  'a file': () => openSqliteStore(join(folder, 'plimsoll.db'), { limits }),
  memory: () => openSqliteStore(':memory:', { limits }),
  'memory, tended after every transaction': () => tended(openSqliteStore(':memory:', { limits })),
};

for (const [place, open] of Object.entries(places)) {
  describe(`the store contract on SQLite in ${place}`, () => {
    const withStore = async (test: (store: Store) => Promise<void>): Promise<void> => {
      const store = open();
      try {
        await test(store);
      } finally {
        await store.close();
      }
    };
    storeContract(withStore);
    historyContract(withStore);
  });
}

/** A store that has nothing left to do after each of its transactions. */
function tended(store: Store): Store {
  const commit = store.commit.bind(store);
  store.commit = async (write) => {
    await commit(write);
    while (await store.tend());
  };
  return store;
}

describe('a store file', () => {
  it('is only for its owner to read', async () => {
    const store = openSqliteStore(join(folder, 'plimsoll.db'));
    expect(statSync(join(folder, 'plimsoll.db')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'plimsoll.db.lock')).mode & 0o777).toBe(0o600);
    await store.close();
  });

  it('is refused with its name and holder while another process has it, and free when that one ends', async () => {
    const file = join(folder, 'plimsoll.db');
    const other = spawnWriter(file);
    await other.firstSeq;
    expect(() => openSqliteStore(file)).toThrow(
      expect.objectContaining({ code: 'PLM1502', message: `in use by process ${other.pid}` }),
    );
    expect(() => openSqliteStore(file, { readOnly: true })).toThrow(expect.objectContaining({ code: 'PLM1502' }));
    other.kill();
    await other.ended;
    await openSqliteStore(file).close();
  });

  it('given it is only read, then others may read it too, nobody may write, and a write rejects', async () => {
    const file = join(folder, 'plimsoll.db');
    await openSqliteStore(file).close();
    const before = readFileSync(file);
    const stores = [openSqliteStore(file, { readOnly: true }), openSqliteStore(file, { readOnly: true })];
    await expect(stores[0]?.setSetting('a', 'b')).rejects.toThrow('readonly');
    expect(await stores[1]?.setting('a')).toBeNull();
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'PLM1502', message: 'in use' }));
    for (const store of stores) await store.close();
    expect(readFileSync(file)).toEqual(before);
    await openSqliteStore(file).close();
  });

  it.each([
    ['text', 'apiVersion: v1\nkind: Pod\n'],
    ['a few bytes', 'x'],
  ])('is left as it is where it holds %s', (_, content) => {
    const file = join(folder, 'notes.yaml');
    writeFileSync(file, content);
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'PLM1501' }));
    expect(readFileSync(file, 'utf8')).toBe(content);
  });

  it('is left as it is where it is an SQLite file of another program', () => {
    const file = join(folder, 'other.db');
    const other = new DatabaseSync(file);
    other.exec('CREATE TABLE theirs (a)');
    other.close();
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'PLM1501' }));
  });

  it('is not read where version 1 wrote it, nor written: who writes brings it up to date', async () => {
    const file = join(folder, 'plimsoll.db');
    await openSqliteStore(file).close();
    const older = new DatabaseSync(file);
    older.exec('PRAGMA user_version=1');
    older.close();
    const before = readFileSync(file);
    expect(() => openSqliteStore(file, { readOnly: true })).toThrow(
      expect.objectContaining({ code: 'PLM1507', message: 'the store has schema 1, this Plimsoll reads 3' }),
    );
    expect(readFileSync(file)).toEqual(before);
  });

  it('is not read from an empty file, and one that is not there is not made', () => {
    const file = join(folder, 'plimsoll.db');
    const read = () => openSqliteStore(file, { readOnly: true });
    expect(read).toThrow(expect.objectContaining({ code: 'PLM1506' }));
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, '');
    expect(read).toThrow(expect.objectContaining({ code: 'PLM1501' }));
    expect(statSync(file).size).toBe(0);
  });

  it('is refused where a newer version wrote it', async () => {
    const file = join(folder, 'plimsoll.db');
    await openSqliteStore(file).close();
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA user_version=99');
    newer.close();
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'PLM1503' }));
  });

  it('is refused where it is damaged, and left as it is', () => {
    const file = join(folder, 'plimsoll.db');
    writeFileSync(file, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4096, 7)]));
    const before = readFileSync(file);
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'PLM1504' }));
    expect(readFileSync(file)).toEqual(before);
  });

  it('is refused where its first page is overwritten, and left as it is', async () => {
    const file = join(folder, 'plimsoll.db');
    await openSqliteStore(file).close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 100, 4000);
    writeFileSync(file, bytes);
    expect(() => openSqliteStore(file)).toThrow(expect.objectContaining({ code: 'PLM1504' }));
    expect(readFileSync(file)).toEqual(bytes);
  });

  it('is refused in a folder that cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => openSqliteStore(join(folder, 'file', 'plimsoll.db'))).toThrow(
      expect.objectContaining({ code: 'PLM1506' }),
    );
  });
});

describe('a log that cannot be synced', () => {
  it('is written to the store file, which is', async () => {
    const file = join(folder, 'plimsoll.db');
    const store = openSqliteStore(file);
    rmSync(`${file}-wal`);
    await store.commit(creation(1));
    // All that is left is the store file: the log has no name.
    copyFileSync(file, join(folder, 'copy.db'));
    await store.close();
    const copy = openSqliteStore(join(folder, 'copy.db'));
    expect(copy.headSeq).toBe(1);
    await copy.close();
  });

  it('is a refusal while that fails too, and the same write may come again', async () => {
    const file = join(folder, 'plimsoll.db');
    const store = openSqliteStore(file);
    const reader = new DatabaseSync(file);
    reader.exec('BEGIN; SELECT count(*) FROM resources');
    rmSync(`${file}-wal`);
    const write = creation(1);
    await expect(store.commit(write)).rejects.toThrow(expect.objectContaining({ code: 'PLM1505' }));
    expect(store.headSeq).toBe(0);
    expect(await store.events(0, 10)).toEqual([]);
    reader.close();
    await store.commit(write);
    expect(store.headSeq).toBe(1);
    expect((await store.events(0, 10)).map(({ seq }) => seq)).toEqual([1]);
    await store.close();
  });
});

describe('kill -9 at any moment', () => {
  it('loses nothing that was acknowledged, and leaves nothing half', async () => {
    const file = join(folder, 'plimsoll.db');
    let acknowledged = 0;
    for (let round = 0; round < 10; round += 1) {
      const writer = spawnWriter(file);
      await writer.firstSeq;
      await new Promise((resolve) => setTimeout(resolve, 7 * round));
      writer.kill();
      acknowledged = await writer.ended;
      const store = openSqliteStore(file);
      expect(store.headSeq).toBeGreaterThanOrEqual(acknowledged);
      const versions = await store.versions({ source: 's', type: 't', scope: null, name: 'n' }, 1_000_000);
      expect(versions.items.map(({ seq }) => seq)).toEqual(
        Array.from({ length: store.headSeq }, (_, i) => store.headSeq - i),
      );
      expect(await store.readerSeq('guardrails')).toBe(store.headSeq);
      await store.close();
    }
    expect(acknowledged).toBeGreaterThan(0);
  });
});

/** A process that commits one change after another and prints each seq once it is acknowledged. */
function spawnWriter(file: string): {
  pid: number | undefined;
  firstSeq: Promise<void>;
  kill(): void;
  ended: Promise<number>;
} {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'committing-writer.ts'), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = 0;
  let first: () => void = () => undefined;
  const firstSeq = new Promise<void>((resolve) => {
    first = resolve;
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    last = Number(line);
    first();
  });
  const ended = new Promise<number>((resolve) => lines.on('close', () => resolve(last)));
  return { pid: child.pid, firstSeq, kill: () => child.kill('SIGKILL'), ended };
}
