import { describe, expect, it } from 'vitest';
import type { Coverage } from '../model/coverage.ts';
import type { Resource } from '../model/resource.ts';
import { change, finding, nothing, resourceWith } from './store-contract.ts';
import type { Page, Store } from './store.ts';

type WithStore = (test: (store: Store) => Promise<void>) => Promise<void>;

const web = resourceWith({ body: { n: 1 } });
const later = resourceWith({ version: '2', body: { n: 2 } });
const again = resourceWith({ uid: 'u2', version: '3', body: { n: 3 } });
const live: Coverage = {
  source: 'prod',
  type: 'core/pods',
  scope: null,
  state: 'live',
  since: 1,
  lastComplete: 1,
  reason: null,
};

/** `web` is created at 1 s, changed at 2 s, deleted at 4 s, created anew at 5 s; `db` stands from 3 s on. */
async function tell(store: Store): Promise<void> {
  const db = resourceWith({ name: 'db' });
  await store.commit({ ...nothing, changes: [change(1, 'created', web)] });
  await store.commit({ ...nothing, changes: [change(2, 'updated', later)] });
  await store.commit({ ...nothing, changes: [change(3, 'created', db)] });
  await store.commit({ ...nothing, changes: [change(4, 'deleted', later)] });
  await store.commit({ ...nothing, changes: [change(5, 'created', again)] });
}

async function allPages<T>(list: (page: string | null) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  for (let page: string | null = null; ;) {
    const found: Page<T> = await list(page);
    items.push(...found.items);
    if (found.next === null) return items;
    page = found.next;
  }
}

const named = (resources: readonly Resource[]) => resources.map(({ name, version }) => `${name} ${version}`);

/** What every store must know of the past. */
export function historyContract(withStore: WithStore): void {
  describe('what became of a resource', () => {
    const story = [
      { kind: 'version', seq: 5, at: 5000, until: null, resource: again },
      { kind: 'deleted', seq: 4, at: 4000 },
      { kind: 'version', seq: 2, at: 2000, until: 4000, resource: later },
      { kind: 'version', seq: 1, at: 1000, until: 2000, resource: web },
    ];

    it('is told newest first, the time in which it was gone too', () =>
      withStore(async (store) => {
        await tell(store);
        expect((await store.versions(web, 10)).items).toEqual(story);
      }));

    it.each([1, 2, 3, 4])('is told the same in pages of %i', (limit) =>
      withStore(async (store) => {
        await tell(store);
        expect(await allPages((page) => store.versions(web, limit, page))).toEqual(story);
      }),
    );

    it('is nothing where it was never seen', () =>
      withStore(async (store) => {
        expect(await store.versions(web, 10)).toEqual({ items: [], next: null });
      }));
  });

  describe('the inventory at a time', () => {
    it.each([
      [1000, ['web 1']],
      [1999, ['web 1']],
      [2000, ['web 2']],
      [3500, ['db 1', 'web 2']],
      [4000, ['db 1']],
      [5000, ['db 1', 'web 3']],
      [900_000, ['db 1', 'web 3']],
    ])('%i is what stood then', (at, expected) =>
      withStore(async (store) => {
        await tell(store);
        expect(named((await store.resourcesAt({}, at, 10)).items)).toEqual(expected);
        expect(named(await allPages((page) => store.resourcesAt({ type: 'core/pods' }, at, 1, page)))).toEqual(
          expected,
        );
        expect(named((await Array.fromAsync(store.scanAt({ source: 'prod' }, at))).flat())).toEqual(expected);
      }),
    );

    it('is of one resource its state, and from when until when it held', () =>
      withStore(async (store) => {
        await tell(store);
        expect(await store.resourceAt(web, 1500)).toEqual({ seq: 1, at: 1000, until: 2000, resource: web });
        expect(await store.resourceAt(web, 4500)).toBeNull();
        expect(await store.resourceAt(web, 6000)).toEqual({ seq: 5, at: 5000, until: null, resource: again });
      }));

    it('holds what the filter asks for alone, of all sources in one order', () =>
      withStore(async (store) => {
        const others = [
          resourceWith({ source: 'test', scope: null }),
          resourceWith({ source: 'dev' }),
          resourceWith({ type: 'core/nodes', scope: null, name: 'n1' }),
        ];
        await store.commit({ ...nothing, changes: others.map((resource, i) => change(i + 1, 'created', resource)) });
        const ofPods = await allPages((page) => store.resourcesAt({ type: 'core/pods' }, 9000, 1, page));
        expect(ofPods.map(({ source }) => source)).toEqual(['dev', 'test']);
        expect((await store.resourcesAt({ scope: null }, 9000, 10)).items.map(({ name }) => name)).toEqual([
          'n1',
          'web',
        ]);
        expect((await store.resourcesAt({ name: 'n1', source: 'dev' }, 9000, 10)).items).toEqual([]);
      }));

    it('shows whole transactions alone, from the first of their times on', () =>
      withStore(async (store) => {
        const db = resourceWith({ name: 'db' });
        await store.commit({
          ...nothing,
          changes: [change(1, 'created', web), change(2, 'created', db)],
          findings: [finding(3, 'open')],
        });
        expect(await store.times()).toEqual({ oldest: 1000, newest: 1000 });
        expect(named((await store.resourcesAt({}, 1000, 10)).items)).toEqual(['db 1', 'web 1']);
        expect((await store.findingsAt({}, 1000, 10)).items).toHaveLength(1);
      }));

    it('is what the last transaction of that time left, where the clock was put back', () =>
      withStore(async (store) => {
        await store.commit({ ...nothing, changes: [{ ...change(1, 'created', web), at: 1000 }] });
        await store.commit({ ...nothing, changes: [{ ...change(2, 'updated', later), at: 9000 }] });
        await store.commit({ ...nothing, changes: [{ ...change(3, 'deleted', later), at: 3000 }] });
        await store.commit({ ...nothing, changes: [{ ...change(4, 'created', again), at: 4000 }] });
        const shown = [2000, 3000, 4000, 9000].map(async (at) => named((await store.resourcesAt({}, at, 10)).items));
        expect(await Promise.all(shown)).toEqual([['web 1'], [], ['web 3'], ['web 3']]);
      }));

    it('stays the same for all pages, whatever is written between them', () =>
      withStore(async (store) => {
        await tell(store);
        const first = await store.resourcesAt({}, 5000, 1);
        await store.commit({ ...nothing, changes: [{ ...change(6, 'updated', later), at: 4500 }] });
        const second = await store.resourcesAt({}, 5000, 1, first.next);
        expect(named([...first.items, ...second.items])).toEqual(['db 1', 'web 3']);
      }));
  });

  describe('the time since', () => {
    const told = async (store: Store, at: number, limit = 10) =>
      (await allPages((page) => store.storiesSince({ source: 'prod', type: 'core/pods' }, at, limit, page))).map(
        ({ key, entries }) => [key.name, ...entries.map(({ kind, seq }) => `${kind} ${seq}`)],
      );

    it.each([
      [
        1000,
        [
          ['db', 'version 3'],
          ['web', 'version 1', 'version 2', 'deleted 4', 'version 5'],
        ],
      ],
      [
        2500,
        [
          ['db', 'version 3'],
          ['web', 'version 2', 'deleted 4', 'version 5'],
        ],
      ],
      [
        4500,
        [
          ['db', 'version 3'],
          ['web', 'version 5'],
        ],
      ],
    ])('%i has the story of each resource, what it was then first', (at, stories) =>
      withStore(async (store) => {
        await tell(store);
        expect(await told(store, at)).toEqual(stories);
        expect(await told(store, at, 1)).toEqual(stories);
      }),
    );

    it('has those that were gone by its end, and none that were gone before', () =>
      withStore(async (store) => {
        await store.commit({ ...nothing, changes: [change(1, 'created', web)] });
        await store.commit({ ...nothing, changes: [change(2, 'deleted', web)] });
        await store.commit({ ...nothing, changes: [change(3, 'created', resourceWith({ name: 'db' }))] });
        expect(await told(store, 1500)).toEqual([
          ['db', 'version 3'],
          ['web', 'version 1', 'deleted 2'],
        ]);
        expect(await told(store, 2000)).toEqual([['db', 'version 3']]);
      }));

    it('has its transactions, what was seen, and the types that there were', () =>
      withStore(async (store) => {
        await store.commit({
          ...nothing,
          at: 1000,
          changes: [change(1, 'created', web)],
          coverage: [{ seq: 2, coverage: live }],
        });
        await store.commit({ ...nothing, at: 3000, changes: [change(3, 'deleted', web)] });
        const stale: Coverage = { ...live, state: 'stale' };
        await store.commit({ ...nothing, at: 4000, coverage: [{ seq: 4, coverage: stale }] });
        const slot = { source: 'prod', type: 'core/pods', scope: null };
        expect(await store.timelineSince(1500)).toEqual({
          moments: [
            { at: 1000, seq: 2 },
            { at: 3000, seq: 3 },
            { at: 4000, seq: 4 },
          ],
          coverage: [
            { ...slot, seq: 2, coverage: live },
            { ...slot, seq: 4, coverage: stale },
          ],
          types: [{ source: 'prod', type: 'core/pods' }],
        });
      }));
  });

  describe('findings at a time', () => {
    const other = { ...finding(4, 'open'), id: 'fedcba9876543210' };

    async function tellFindings(store: Store): Promise<void> {
      await store.commit({ ...nothing, at: 1000, findings: [finding(1, 'open')] });
      await store.commit({ ...nothing, at: 2000, findings: [finding(2, 'resolved')] });
      await store.commit({ ...nothing, at: 3000, findings: [{ ...finding(3, 'open'), outcome: 'error' }] });
      await store.commit({ ...nothing, at: 4000, findings: [other] });
    }

    it.each([
      ['open', 1000, [1]],
      ['open', 2000, []],
      ['resolved', 2000, [2]],
      ['resolved', 1999, []],
      ['open', 3000, [3]],
      ['resolved', 3000, []],
      ['open', 4000, [3, 4]],
    ] as const)('are the %s ones of %i', (state, at, seqs) =>
      withStore(async (store) => {
        await tellFindings(store);
        expect((await store.findingsAt({ state }, at, 10)).items.map(({ seq }) => seq)).toEqual(seqs);
      }),
    );

    it('are paged by id, and filtered', () =>
      withStore(async (store) => {
        await tellFindings(store);
        expect((await allPages((page) => store.findingsAt({}, 5000, 1, page))).map(({ seq }) => seq)).toEqual([3, 4]);
        expect((await store.findingsAt({ guardrail: 'another' }, 5000, 1)).items).toEqual([]);
        expect((await store.findingsAt({ id: other.id }, 5000, 1)).items).toEqual([other]);
        expect((await store.findingsAt({ id: other.id }, 3000, 1)).items).toEqual([]);
      }));
  });

  it('knows what was seen at a time, and what was no longer watched', () =>
    withStore(async (store) => {
      const stale = { ...live, state: 'stale', since: 2000, reason: 'the stream broke' } as const;
      await store.commit({ ...nothing, at: 1000, coverage: [{ seq: 1, coverage: live }] });
      await store.commit({ ...nothing, at: 2000, coverage: [{ seq: 2, coverage: stale }] });
      const { source, type, scope } = live;
      await store.commit({ ...nothing, at: 3000, coverageEnds: [{ seq: 3, source, type, scope }] });
      const shown = [1000, 2500, 3000].map((at) => store.coverageAt(at));
      expect(await Promise.all(shown)).toEqual([[live], [stale], []]);
      expect((await store.events(0, 10)).map(({ seq }) => seq)).toEqual([1, 2]);
      expect(store.headSeq).toBe(3);
    }));

  describe('a time of which nothing is known', () => {
    it('is refused where it is older than what is kept, which is named', () =>
      withStore(async (store) => {
        await tell(store);
        expect(await store.times()).toEqual({ oldest: 1000, newest: 5000 });
        const refusal = { code: 'PLM1508', message: expect.stringContaining('1970-01-01T00:00:01.000Z') };
        await expect(store.resourcesAt({}, 999, 10)).rejects.toMatchObject(refusal);
        await expect(store.resourceAt(web, 999)).rejects.toMatchObject(refusal);
        await expect(store.findingsAt({}, 999, 10)).rejects.toMatchObject(refusal);
        await expect(store.coverageAt(999)).rejects.toMatchObject(refusal);
        await expect(Array.fromAsync(store.scanAt({}, 999))).rejects.toMatchObject(refusal);
      }));

    it('is refused where nothing was ever seen', () =>
      withStore(async (store) => {
        expect(await store.times()).toBeNull();
        await expect(store.resourcesAt({}, 1000, 10)).rejects.toMatchObject({ code: 'PLM1508' });
      }));

    it('is refused where it has not come yet', () =>
      withStore(async (store) => {
        await tell(store);
        await expect(store.resourcesAt({}, 4e12, 10)).rejects.toMatchObject({ code: 'PLM1509' });
      }));
  });
}
