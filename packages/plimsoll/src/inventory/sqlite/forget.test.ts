import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { change, finding, nothing, problem, resourceWith } from '../store-contract.ts';
import { forgetSource, sourcesOf } from './forget.ts';
import { openSqliteStore } from './sqlite-store.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-forget-'));
  file = join(folder, 'plimsoll.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A store with rows of `prod` and of `other` in every table, thirty states of each `web` among them, twenty compacted. */
async function filled(): Promise<void> {
  const store = openSqliteStore(file, { limits: { keep: Infinity, size: Infinity } });
  let seq = 0;
  for (const source of ['prod', 'other']) {
    const row = { source, type: 'core/pods', scope: null };
    const web = resourceWith({ source });
    const found = finding(0, 'open');
    await store.commit({
      ...nothing,
      changes: [change((seq += 1), 'created', web)],
      findings: [{ ...found, id: `${source}-1`, seq: (seq += 1), resource: { ...found.resource, source } }],
      coverage: [{ seq: (seq += 1), coverage: { ...row, state: 'live', since: 1, lastComplete: 1, reason: null } }],
      cursors: [{ ...row, cursor: '42' }],
      identities: [{ source, identity: 'uid' }],
      facts: [{ source, name: 'version', value: { minor: '36' }, observedAt: 5 }],
      problems: [{ source, origin: 'x.yaml', problems: [{ ...problem, source }] }],
    });
    for (let version = 0; version < 29; version += 1) {
      const next = resourceWith({ source, version: String(version), body: { version, filler: 'x'.repeat(300) } });
      await store.commit({ ...nothing, changes: [change((seq += 1), 'updated', next)] });
      if (version === 20) while (await store.tend());
    }
  }
  await store.close();
}

/** How many rows of each table name a source in any column, or in an object's chain of states. */
function rowsOf(source: string): Readonly<Record<string, number>> {
  const database = new DatabaseSync(file);
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  const counts = tables.map(({ name }): [string, number] => {
    const rows = database.prepare(`SELECT * FROM ${String(name)}`).all();
    return [String(name), rows.filter((row) => Object.values(row).some((value) => mentions(value, source))).length];
  });
  database.close();
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

const mentions = (value: unknown, source: string) =>
  typeof value === 'string' && (value === source || value.includes(`"${source}"`));

describe('a source that is forgotten', () => {
  it('leaves nothing but the end of its coverage, and everything of the others', async () => {
    await filled();
    const others = rowsOf('other');
    expect(rowsOf('prod')).toEqual(others);
    expect(forgetSource(file, 'prod', false)).toEqual({ resources: 1, versions: 30, findings: 1 });
    expect(rowsOf('prod')).toEqual(others);
    expect(forgetSource(file, 'prod', true)).toEqual({ resources: 1, versions: 30, findings: 1 });
    expect([rowsOf('prod'), rowsOf('other')]).toEqual([{ coverage_events: 1 }, others]);
    expect(sourcesOf(file)).toEqual(['other']);
    expect(forgetSource(file, 'prod', true)).toBeNull();

    const store = openSqliteStore(file, { limits: { keep: Infinity, size: Infinity } });
    expect(store.headSeq).toBe(65);
    expect((await store.versions(resourceWith({ source: 'other' }), 100)).items).toHaveLength(30);
    expect((await store.versions(resourceWith({ source: 'prod' }), 100)).items).toEqual([]);
    await store.close();
  });

  it('stays where a process has the store open', async () => {
    await filled();
    const store = openSqliteStore(file);
    expect(() => forgetSource(file, 'prod', true)).toThrow('in use');
    await store.close();
  });
});
