import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findingsQuery, livingQuery, sinceQuery } from './history.ts';
import type { ResourceFilter } from '../store.ts';
import { listQuery } from './lists.ts';
import { following, keyConditions } from './query.ts';
import { SCHEMA } from './schema.ts';

let database: DatabaseSync;
beforeAll(() => {
  database = new DatabaseSync(':memory:');
  database.exec(SCHEMA);
});
afterAll(() => database.close());

/** What SQLite does for a query, one step a line. */
function plan(sql: string): string[] {
  return database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map((row) => String(row['detail']));
}

const pods = { source: 'prod', type: 'core/pods' };
const ofType = keyConditions(pods).where;
const after = ['prod', 'core/pods', 'shop', 'web'];

it.each([
  [
    'the keys of a type that lived at a position',
    livingQuery(ofType, ''),
    'SEARCH objects USING PRIMARY KEY (source=? AND type=?)',
  ],
  [
    'the keys of a type after one of them',
    livingQuery(ofType, following(pods, after).sql),
    'SEARCH objects USING PRIMARY KEY (source=? AND type=? AND (scope,name)>(?,?))',
  ],
  [
    'the keys of a type that lived at a position or later',
    sinceQuery(ofType, following(pods, after).sql),
    'SEARCH objects USING PRIMARY KEY (source=? AND type=? AND (scope,name)>(?,?))',
  ],
  ['all keys that lived at a position', livingQuery('1', ''), 'SCAN objects'],
  [
    'all findings of a position',
    findingsQuery('1', undefined),
    'SEARCH findings USING COVERING INDEX findings_life (id>?)',
  ],
  [
    'the open findings of a position',
    findingsQuery('1', 'open'),
    'SEARCH findings USING COVERING INDEX findings_life (id>?)',
  ],
])('reads %s along an index, without sorting', (_, sql, step) => {
  expect(plan(sql)).toEqual([step]);
});

it.each([
  [
    'the last whole state of an object before a position',
    'SELECT seq FROM history WHERE object = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
    'SEARCH history USING COVERING INDEX history_object (object=? AND seq<?)',
  ],
  [
    'the last delta of an object before a position',
    'SELECT seq, at, until, until_seq FROM deltas WHERE object = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
    'SEARCH deltas USING INDEX deltas_object (object=? AND seq<?)',
  ],
  [
    'the state of a finding at a position',
    'SELECT finding FROM finding_events WHERE id = ? AND seq <= ? ORDER BY seq DESC LIMIT 1',
    'SEARCH finding_events USING INDEX finding_events_id (id=? AND seq<?)',
  ],
  [
    'the position of a time',
    'SELECT seq FROM moments WHERE at <= ? ORDER BY at DESC LIMIT 1',
    'SEARCH moments USING INTEGER PRIMARY KEY (rowid<?)',
  ],
])('finds %s with one look', (_, sql, step) => {
  expect(plan(sql)).toEqual([step]);
});

const words = ['source', 'type', 'scope', 'name'] as const;
const filters: ResourceFilter[] = Array.from({ length: 16 }, (_, bits) =>
  Object.fromEntries(words.filter((_, at) => (bits & (1 << at)) !== 0).map((word) => [word, word])),
);

describe.each(filters)('the resources of %j', (filter) => {
  it.each([
    ['from the beginning', []],
    ['after one of them', after],
  ])('are read %s along the index of their keys, without sorting', (_, from) => {
    const [step, ...more] = plan(listQuery('*', filter, from).sql);
    expect(step).toContain('USING INDEX sqlite_autoindex_resources_1');
    expect(more).toEqual([]);
  });

  it.each([
    ['from the beginning', []],
    ['after one of them', after],
  ])('as they lived at a position are found %s along their keys, without sorting', (_, from) => {
    expect(plan(livingQuery(keyConditions(filter).where, following(filter, from).sql))).toHaveLength(1);
  });
});
