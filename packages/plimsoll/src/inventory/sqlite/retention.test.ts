import { describe, expect, it } from 'vitest';
import type { Coverage } from '../../model/coverage.ts';
import { change, finding, nothing, resourceWith } from '../store-contract.ts';
import type { Store } from '../store.ts';
import type { RetentionLimits } from './retention.ts';
import { openSqliteStore } from './sqlite-store.ts';

const web = resourceWith({});
const db = resourceWith({ name: 'db' });
const live: Coverage = {
  source: 'prod',
  type: 'core/pods',
  scope: null,
  state: 'live',
  since: 1,
  lastComplete: 1,
  reason: null,
};

/** A store at 10 s, told of what is written here; tended until there is nothing to do. */
async function tended(
  limits: RetentionLimits,
  tell: (store: Store) => Promise<void>,
  test: (store: Store) => Promise<void>,
) {
  const clock = { now: () => 10_000, elapsed: () => performance.now(), after: () => () => undefined };
  const store = openSqliteStore(':memory:', { limits, clock });
  await tell(store);
  while (await store.tend());
  await test(store);
  await store.close();
}

/** web changes each second from 1 s to 8 s; db is there from 2 s to 3 s. */
async function tell(store: Store): Promise<void> {
  const states = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => resourceWith({ version: String(n) }));
  await store.commit({ ...nothing, changes: [{ ...change(1, 'created', web), resource: states[0] ?? null }] });
  for (const [i, state] of states.slice(1).entries()) {
    const seq = (i + 2) * 10;
    await store.commit({ ...nothing, changes: [{ ...change(seq, 'updated', state), at: (i + 2) * 1000 }] });
    if (i === 0) await store.commit({ ...nothing, changes: [{ ...change(21, 'created', db), at: 2000 }] });
    if (i === 1) await store.commit({ ...nothing, changes: [{ ...change(31, 'deleted', db), at: 3000 }] });
  }
}

const sixSeconds = { keep: 6000, size: Infinity };

describe('what is older than it is to keep', () => {
  it('is forgotten, up to the last moment from which the oldest time is told', () =>
    tended(sixSeconds, tell, async (store) => {
      expect(await store.times()).toEqual({ oldest: 4000, newest: 8000 });
      await expect(store.resourcesAt({}, 3999, 10)).rejects.toMatchObject({ code: 'PLM1508' });
      expect((await store.resourcesAt({}, 4000, 10)).items.map(({ version }) => version)).toEqual(['4']);
      const told = (await store.versions(web, 100)).items;
      expect(told.map(({ seq }) => seq)).toEqual([80, 70, 60, 50, 40]);
      expect((await store.versions(db, 100)).items).toEqual([]);
    }));

  it('is not replayed any more: a stream that asks for it is told to read anew', () =>
    tended(sixSeconds, tell, async (store) => {
      expect(store.oldestSeq).toBe(41);
      expect((await store.events(0, 100)).map(({ seq }) => seq)).toEqual([50, 60, 70, 80]);
      expect(store.headSeq).toBe(80);
    }));

  it('stays while a reader has yet to read it', () =>
    tended(
      sixSeconds,
      async (store) => {
        await tell(store);
        await store.commit({ ...nothing, at: 9000, readers: [{ name: 'guardrails', seq: 20 }] });
      },
      async (store) => {
        expect(store.oldestSeq).toBe(21);
        const [first] = await store.events(20, 100);
        expect(first).toMatchObject({ seq: 21, change: { resource: { name: 'db' } } });
        expect((await store.events(30, 1))[0]).toMatchObject({ seq: 31, change: { operation: 'deleted' } });
      },
    ));

  it('is no state that still stands, nor an open finding, nor what is seen', () =>
    tended(
      { keep: 0, size: 0 },
      async (store) => {
        await store.commit({ ...nothing, changes: [change(1, 'created', web)], findings: [finding(2, 'open')] });
        await store.commit({ ...nothing, at: 2000, coverage: [{ seq: 3, coverage: live }] });
      },
      async (store) => {
        expect((await store.resourcesAt({}, 2000, 10)).items).toEqual([web]);
        expect((await store.findingsAt({ state: 'open' }, 2000, 10)).items).toEqual([finding(2, 'open')]);
        expect(await store.coverageAt(2000)).toEqual([live]);
        expect(store.headSeq).toBe(3);
      },
    ));

  it('is what was said of a finding that changed or was resolved since, and of what is no longer watched', () =>
    tended(
      { keep: 4000, size: Infinity },
      async (store) => {
        const other = { ...finding(2, 'open'), id: 'fedcba9876543210' };
        const { source, type, scope } = live;
        await store.commit({ ...nothing, at: 1000, findings: [finding(1, 'open'), other] });
        await store.commit({ ...nothing, at: 2000, coverage: [{ seq: 3, coverage: live }] });
        await store.commit({ ...nothing, at: 3000, findings: [{ ...finding(4, 'open'), outcome: 'error' }] });
        await store.commit({ ...nothing, at: 4000, coverageEnds: [{ seq: 5, source, type, scope }] });
        await store.commit({ ...nothing, at: 5000, findings: [{ ...other, seq: 6, state: 'resolved' }] });
        await store.commit({ ...nothing, at: 7000, findings: [finding(7, 'resolved')] });
      },
      async (store) => {
        expect((await store.findings({}, 10)).items.map(({ seq }) => seq)).toEqual([7]);
        const at6 = (await store.findingsAt({}, 6000, 10)).items;
        expect(at6.map(({ seq, outcome }) => [seq, outcome])).toEqual([[4, 'error']]);
        expect((await store.events(0, 100)).map(({ seq }) => seq)).toEqual([7]);
        expect(await store.coverageAt(6000)).toEqual([]);
      },
    ));
});

describe('a store that is larger than it may be', () => {
  it('forgets the oldest states first, and no more than is needed', () =>
    tended(
      { keep: Infinity, size: 900_000 },
      async (store) => {
        for (let seq = 1; seq <= 2000; seq += 1) {
          const state = resourceWith({ version: String(seq), body: { seq, noise: noise(seq) } });
          await store.commit({
            ...nothing,
            changes: [{ ...change(seq, seq === 1 ? 'created' : 'updated', state), at: seq }],
          });
        }
      },
      async (store) => {
        const oldest = (await store.times())?.oldest ?? 0;
        expect(oldest).toBeGreaterThan(400);
        expect(oldest).toBeLessThan(1900);
        expect(await store.resourceAt(web, oldest)).toMatchObject({ seq: oldest });
        expect(await store.resource(web)).toMatchObject({ version: '2000' });
      },
    ));
});

/** Text that does not compress. */
function noise(seed: number): string {
  return Array.from({ length: 60 }, (_, i) =>
    Math.abs(Math.sin(seed * 60 + i))
      .toString(36)
      .slice(2),
  ).join('');
}
