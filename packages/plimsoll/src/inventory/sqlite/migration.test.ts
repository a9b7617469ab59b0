import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nothing, resourceWith } from '../store-contract.ts';
import type { Store } from '../store.ts';
import { olderStore } from './fixtures/older-stores.ts';
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
