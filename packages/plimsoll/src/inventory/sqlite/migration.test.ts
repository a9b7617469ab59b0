import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../model/problem.ts';
import { nothing, resourceWith } from '../store-contract.ts';
import type { Store } from '../store.ts';
import { lengthenHistory, olderStore } from './fixtures/older-stores.ts';
import { openSqliteStore } from './sqlite-store.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-migration-'));
  file = join(folder, 'plimsoll.db');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function migrated(version: 1 | 2, test: (store: Store) => Promise<void>): Promise<void> {
  olderStore(file, version);
  const store = openSqliteStore(file);
  try {
    await test(store);
  } finally {
    await store.close();
  }
}

describe.each([1, 2] as const)('a store of version %i', (version) => {
  it('keeps what it knew', () =>
    migrated(version, async (store) => {
      const { items } = await store.resources({}, 10);
      expect(items.map(({ name, body }) => [name, body])).toEqual([
        ['db', { n: 1 }],
        ['web', { n: 3 }],
      ]);
      expect((await store.findings({}, 10)).items).toMatchObject([{ seq: 8, outcome: 'error' }]);
      expect((await store.coverage()).map(({ state }) => state)).toEqual(['live']);
      expect((await store.events(0, 20)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect([store.headSeq, store.oldestSeq]).toEqual([10, 0]);
      expect(await store.readerSeq('guardrails')).toBe(10);
      expect(await store.setting('fingerprint')).toBe('f');
    }));

  it('has its versions, and what was deleted in between', () =>
    migrated(version, async (store) => {
      const told = (await store.versions(resourceWith({}), 10)).items;
      expect(told.map(({ kind, seq, at }) => [kind, seq, at])).toEqual([
        ['version', 5, 5000],
        ['deleted', 4, 4000],
        ['version', 2, 2000],
        ['version', 1, 1000],
      ]);
    }));

  it.each([
    [1500, ['web 1'], []],
    [3000, ['web 2'], ['fail']],
    [4500, [], ['fail']],
    [6500, ['gone 1', 'web 3'], ['fail']],
    [9000, ['db 1', 'web 3'], ['error']],
  ])('is at %i ms what it was then', (at, resources, outcomes) =>
    migrated(version, async (store) => {
      const then = (await store.resourcesAt({}, at, 10)).items;
      expect(then.map(({ name, version: known }) => `${name} ${known}`)).toEqual(resources);
      expect((await store.findingsAt({}, at, 10)).items.map(({ outcome }) => outcome)).toEqual(outcomes);
    }),
  );

  it('takes what comes next', () =>
    migrated(version, async (store) => {
      const web = resourceWith({ version: '4' });
      const change = {
        seq: 11,
        at: 11_000,
        operation: 'updated',
        key: web,
        uid: null,
        resource: web,
        hash: 'h',
      } as const;
      await store.commit({ ...nothing, changes: [change] });
      expect((await store.versions(web, 10)).items).toHaveLength(5);
      expect(await store.resourceAt(web, 10_000)).toMatchObject({ resource: { version: '3' } });
    }));
});

describe('what brings a store up to date', () => {
  it('keeps it as it was beside it, for its owner alone, which is said', async () => {
    olderStore(file, 2);
    const notices: Problem[] = [];
    await openSqliteStore(file, { onNotice: (notice) => notices.push(notice) }).close();
    const backup = `${file}.schema-2.backup`;
    expect(notices.map(({ code, message }) => [code, message.includes(backup)])).toEqual([['PLM1512', true]]);
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(versionsIn(backup)).toEqual({ user_version: 2, states: 3 });
    // Put in the store's place, it is a store of the older version again.
    rmSync(file);
    renameSync(backup, file);
    const again = openSqliteStore(file);
    expect((await again.resources({}, 10)).items).toHaveLength(2);
    await again.close();
  });

  it('is refused where the disk has no room, and left as it is', async () => {
    olderStore(file, 2);
    expect(() => openSqliteStore(file, { room: { free: () => 100_000 } })).toThrow(
      expect.objectContaining({
        code: 'PLM1511',
        message: expect.stringMatching(/it takes \d+ MB, and 1 MB are free/),
      }),
    );
    expect(versionsIn(file)).toEqual({ user_version: 2, states: 3 });
    expect(readdirSync(folder).filter((name) => name.includes('backup'))).toEqual([]);
    await openSqliteStore(file).close();
  });

  it('says and keeps nothing where it is up to date', async () => {
    const notices: Problem[] = [];
    await openSqliteStore(file, { onNotice: (notice) => notices.push(notice) }).close();
    await openSqliteStore(file, { onNotice: (notice) => notices.push(notice) }).close();
    expect(notices).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.includes('backup'))).toEqual([]);
  });
});

describe('killed while it is brought up to date', () => {
  it.each([0, 30, 60, 90, 120, 150])(
    'after %i ms, a store is of the older version or of the newer one, whole',
    async (ms) => {
      olderStore(file, 2);
      lengthenHistory(file, 4000);
      const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'opening.ts'), file]);
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, ms));
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(versionsIn(file)).toSatisfy(({ states }) => states === 4003);
      const store = openSqliteStore(file, { limits: { keep: Infinity, size: Infinity } });
      expect((await store.versions(resourceWith({}), 10_000)).items).toHaveLength(4004);
      await store.close();
      expect(versionsIn(file)).toEqual({ user_version: 3, states: 4003 });
    },
  );
});

function versionsIn(path: string): Record<string, unknown> {
  const database = new DatabaseSync(path);
  const states = database.prepare('SELECT count(*) AS states FROM history').get();
  const version = database.prepare('PRAGMA user_version').get();
  database.close();
  return { ...version, ...states };
}
