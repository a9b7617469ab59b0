import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { nothing, resourceWith } from '../store-contract.ts';
import type { ChangeWrite, HistoryEntry, Store } from '../store.ts';
import { openSqliteStore } from './sqlite-store.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-compaction-'));
  file = join(folder, 'plimsoll.db');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const limits = { keep: Infinity, size: Infinity };

async function tendAll(store: Store): Promise<void> {
  while (await store.tend());
}

function update(seq: number, body: JsonObject): ChangeWrite {
  const resource = resourceWith({ version: String(seq), body });
  const operation = seq === 1 ? 'created' : 'updated';
  return { seq, at: seq * 1000, operation, key: resource, uid: 'u1', resource, hash: `h${seq}` };
}

const filler = Array.from({ length: 200 }, (_, i) => Math.sin(i)).join();

/** A store with a hundred versions of one resource, in as many transactions. */
async function hundredVersions(store: Store): Promise<readonly HistoryEntry[]> {
  for (let seq = 1; seq <= 100; seq += 1) await store.commit({ ...nothing, changes: [update(seq, { seq, filler })] });
  return (await store.versions(resourceWith({}), 1000)).items;
}

function count(table: string): number {
  const database = new DatabaseSync(file);
  const row = database.prepare(`SELECT count(*) AS n FROM ${table}`).get();
  database.close();
  return Number(row?.['n']);
}

describe('compaction', () => {
  it('moves every superseded state, and answers stay what they were', async () => {
    const store = openSqliteStore(file, { limits });
    const before = await hundredVersions(store);
    expect(before).toHaveLength(100);
    await tendAll(store);
    expect([count('history'), count('deltas')]).toEqual([0, 99]);
    expect((await store.versions(resourceWith({}), 1000)).items).toEqual(before);
    const each = before.map(async ({ at }) => ({ kind: 'version', ...(await store.resourceAt(resourceWith({}), at)) }));
    expect(await Promise.all(each)).toEqual(before);
    await store.close();
  });

  it('lets at most 32 deltas hang on each other', async () => {
    const store = openSqliteStore(file, { limits });
    await hundredVersions(store);
    await tendAll(store);
    await store.close();
    const database = new DatabaseSync(file);
    const whole = database.prepare('SELECT seq FROM deltas WHERE depth = 0').all();
    const { deepest } = database.prepare('SELECT max(depth) AS deepest FROM deltas').get() ?? {};
    database.close();
    expect(whole.map(({ seq }) => seq)).toEqual([32, 64, 96]);
    expect(deepest).toBe(31);
  });

  it('takes a twentieth of the room', async () => {
    const store = openSqliteStore(file, { limits });
    await hundredVersions(store);
    const database = new DatabaseSync(file);
    const whole = database.prepare('SELECT sum(length(body)) AS bytes FROM history').get();
    await tendAll(store);
    const deltas = database.prepare('SELECT sum(length(delta)) AS bytes FROM deltas').get();
    database.close();
    await store.close();
    expect(Number(deltas?.['bytes'])).toBeLessThan(Number(whole?.['bytes']) / 20);
  });

  it('gives free pages back to the file system', async () => {
    const store = openSqliteStore(file, { limits });
    const long = { ...update(1, { filler: filler.repeat(300) }) };
    await store.commit({ ...nothing, changes: [long] });
    for (let seq = 2; seq <= 40; seq += 1)
      await store.commit({ ...nothing, changes: [update(seq, { seq, filler: filler.repeat(300) })] });
    const database = new DatabaseSync(file);
    const pages = () => Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
    const before = pages();
    await tendAll(store);
    expect(pages()).toBeLessThan(before / 2);
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    database.close();
    await store.close();
  });

  it('says of a damaged delta that it is, gives no other body for it, and what is newer is still told', async () => {
    const store = openSqliteStore(file, { limits });
    await hundredVersions(store);
    await tendAll(store);
    await store.close();
    const database = new DatabaseSync(file);
    database.exec('UPDATE deltas SET delta = (SELECT delta FROM deltas WHERE seq = 70) WHERE seq = 80');
    database.close();
    const damaged = openSqliteStore(file, { limits });
    const web = resourceWith({});
    await expect(damaged.resourceAt(web, 80_000)).rejects.toMatchObject({ code: 'PLM1510' });
    await expect(damaged.resourceAt(web, 70_000)).rejects.toMatchObject({ code: 'PLM1510' });
    expect(await damaged.resourceAt(web, 81_000)).toMatchObject({ seq: 81 });
    expect(await damaged.resourceAt(web, 64_000)).toMatchObject({ seq: 64 });
    expect((await damaged.versions(web, 19)).items).toHaveLength(19);
    await damaged.close();
  });

  it('keeps every answer, whatever happens to the resources and whenever it runs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat({ max: 9 })), { maxLength: 60 }),
        async (acts) => {
          const tended = openSqliteStore(':memory:', { limits });
          const left = openSqliteStore(':memory:', { limits });
          const living = new Set<string>();
          for (const [i, [name, what]] of acts.entries()) {
            const change = act(i + 1, name, what, living);
            for (const store of [tended, left]) await store.commit({ ...nothing, changes: change });
            if (what % 2 === 0) await tended.tend();
          }
          expect(await answers(tended, acts.length)).toEqual(await answers(left, acts.length));
          await tended.close();
          await left.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** Creates, changes or deletes a resource as it may be: it is deleted for one number in ten. */
function act(seq: number, name: string, what: number, living: Set<string>): ChangeWrite[] {
  const resource = resourceWith({ name, version: String(seq), body: { what, filler } });
  const base = { seq, at: seq * 1000, key: resource, uid: 'u1' };
  if (!living.has(name)) {
    living.add(name);
    return [{ ...base, operation: 'created', resource, hash: `h${seq}` }];
  }
  if (what > 0) return [{ ...base, operation: 'updated', resource, hash: `h${seq}` }];
  living.delete(name);
  return [{ ...base, operation: 'deleted', resource: null, hash: null }];
}

async function answers(store: Store, last: number): Promise<unknown[]> {
  const told: unknown[] = [];
  for (const name of ['a', 'b']) told.push((await store.versions(resourceWith({ name }), 100)).items);
  for (let seq = 1; seq <= last; seq += 1) told.push((await store.resourcesAt({}, seq * 1000, 10)).items);
  told.push(await store.events(0, 100));
  return told;
}
