import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../model/clock.ts';
import type { JsonObject } from '../model/json.ts';
import type { Observation } from '../model/observation.ts';
import { type Resource, keyText } from '../model/resource.ts';
import { ChangeLog } from './change-log.ts';
import type { Reader } from './reader.ts';
import type { LogEvent, Store } from './store.ts';
import { openSqliteStore } from './sqlite/sqlite-store.ts';
import { finding, nothing, resourceWith } from './store-contract.ts';

const at = 1000;
const clock = { ...systemClock, now: () => at };
const upsert = (resource: Resource): Observation => ({ kind: 'upsert', resource, observedAt: at });
const list = (kind: 'list-start' | 'list-complete', scope: string | null = null): Observation =>
  kind === 'list-start'
    ? { kind, source: 'prod', type: 'core/pods', scope }
    : { kind, source: 'prod', type: 'core/pods', scope, observedAt: at };

async function withLog(
  test: (log: ChangeLog, store: Store, events: LogEvent[]) => Promise<void>,
  readers: Reader[] = [],
): Promise<void> {
  const store = openSqliteStore(':memory:');
  const log = await ChangeLog.open(store, readers, clock);
  const events: LogEvent[] = [];
  log.subscribe((more) => events.push(...more));
  await test(log, store, events);
  await log.close();
  await store.close();
}

const operations = (events: readonly LogEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'change' ? [`${event.change.operation} ${event.change.key.name}`] : []));

describe('ChangeLog', () => {
  it('makes a change of what is new, and nothing of what it knows', () =>
    withLog(async (log, _, events) => {
      await log.observe([upsert(resourceWith({}))]);
      await log.observe([upsert(resourceWith({}))]);
      await log.observe([upsert(resourceWith({ version: '2' }))]);
      expect(operations(events)).toEqual(['created web', 'updated web']);
    }));

  it('makes no change of a new place alone, and keeps the last place of what moves and changes in one batch', () =>
    withLog(async (log, store, events) => {
      const at = (line: number, body = {}) =>
        upsert(resourceWith({ version: null, body, place: { file: 'a.yaml', document: 1, line } }));
      const lineOf = async () => (await store.resource(resourceWith({})))?.place?.line;
      await log.observe([at(1)]);
      await log.observe([at(2)]);
      expect([operations(events), await lineOf()]).toEqual([['created web'], 2]);
      await log.observe([at(3), at(4, { a: 1 })]);
      expect([operations(events), await lineOf()]).toEqual([['created web', 'updated web'], 4]);
      await log.observe([at(5, { a: 2 }), at(6, { a: 2 }), at(7, { a: 2 })]);
      expect([operations(events).length, await lineOf()]).toEqual([3, 7]);
      await log.observe([at(7, { a: 2 })]);
      expect(operations(events)).toHaveLength(3);
    }));

  it('moves the open findings of what changes and moves, which nothing else writes again', () =>
    withLog(async (log, store) => {
      const at = (line: number, body: JsonObject) =>
        upsert(resourceWith({ version: null, body, place: { file: 'a.yaml', document: 1, line } }));
      const lineOf = async () => (await store.findings({}, 1)).items[0]?.resource.place?.line;
      await log.observe([at(1, { a: 1 })]);
      await store.commit({ ...nothing, findings: [finding(50, 'open')] });
      await log.observe([at(2, { a: 2 })]);
      expect(await lineOf()).toBe(2);
      await log.observe([at(3, { a: 3 }), at(3, { a: 4 })]);
      expect(await lineOf()).toBe(3);
    }));

  it('takes the same name with another uid for a delete and a create', () =>
    withLog(async (log, _, events) => {
      await log.observe([upsert(resourceWith({ uid: 'a' })), upsert(resourceWith({ uid: 'b', version: '2' }))]);
      expect(operations(events)).toEqual(['created web', 'deleted web', 'created web']);
    }));

  it('does not delete on the late deletion of an object that was recreated', () =>
    withLog(async (log, _, events) => {
      await log.observe([
        upsert(resourceWith({ uid: 'new' })),
        { kind: 'delete', key: resourceWith({}), uid: 'old', observedAt: at },
      ]);
      expect(operations(events)).toEqual(['created web']);
    }));

  it('deletes what a complete list did not hold, in that scope alone', () =>
    withLog(async (log, _, events) => {
      await log.observe([
        upsert(resourceWith({ name: 'a' })),
        upsert(resourceWith({ name: 'b' })),
        upsert(resourceWith({ name: 'c', scope: 'other' })),
      ]);
      await log.observe([
        list('list-start', 'shop'),
        upsert(resourceWith({ name: 'b' })),
        list('list-complete', 'shop'),
      ]);
      expect(operations(events).slice(3)).toEqual(['deleted a']);
    }));

  it('deletes nothing where a list began and did not end', () =>
    withLog(async (log, _, events) => {
      await log.observe([upsert(resourceWith({ name: 'a' })), list('list-start')]);
      await log.observe([list('list-start'), upsert(resourceWith({ name: 'a' })), list('list-complete')]);
      expect(operations(events)).toEqual(['created a']);
    }));

  it('holds what was said of coverage last, also where it ended and was said again in one batch', () =>
    withLog(async (log, store) => {
      const coverage = { source: 'prod', type: 'core/pods', scope: null, since: at, lastComplete: at, reason: null };
      const live: Observation = { kind: 'coverage', coverage: { ...coverage, state: 'live' } };
      await log.observe([live]);
      await log.observe([{ kind: 'coverage-end', source: 'prod', type: 'core/pods', scope: null }, live]);
      expect(await store.coverage()).toEqual([{ ...coverage, state: 'live' }]);
    }));

  it('ends nothing of a source that is known better and not proven to be another', () =>
    withLog(async (log, store) => {
      const identity = (value: string): Observation => ({
        kind: 'identity',
        source: 'prod',
        identity: value,
        isAnother: false,
        observedAt: at,
      });
      await log.observe([identity('server/a'), upsert(resourceWith({}))]);
      await log.observe([identity('kube-system/b')]);
      expect(log.size).toBe(1);
      expect((await store.sourceState('prod')).identity).toBe('kube-system/b');
    }));

  it('ends everything of a source whose identity changed', () =>
    withLog(async (log, _, events) => {
      const identity = (value: string): Observation => ({
        kind: 'identity',
        source: 'prod',
        identity: value,
        isAnother: value === 'two',
        observedAt: at,
      });
      await log.observe([identity('one'), upsert(resourceWith({})), upsert(resourceWith({ source: 'other' }))]);
      await log.observe([identity('one')]);
      expect(operations(events)).toHaveLength(2);
      await log.observe([identity('two')]);
      expect(operations(events)).toEqual(['created web', 'created web', 'deleted web']);
    }));

  it('keeps the since of a coverage state that goes on', () =>
    withLog(async (log, store) => {
      const coverage = {
        source: 'prod',
        type: 'core/pods',
        scope: null,
        state: 'forbidden',
        lastComplete: null,
        reason: 'no',
      } as const;
      await log.observe([{ kind: 'coverage', coverage: { ...coverage, since: 5 } }]);
      await log.observe([{ kind: 'coverage', coverage: { ...coverage, since: 9, reason: 'still no' } }]);
      expect(await store.coverage()).toEqual([{ ...coverage, since: 5, reason: 'still no' }]);
    }));

  it('publishes an event only after its transaction is durable, and acknowledges after that', async () => {
    const inner = openSqliteStore(':memory:');
    let committed = 0;
    let failures = 2;
    const store: Store = new Proxy(inner, {
      get: (target, name) => {
        if (name === 'commit')
          return async (write: Parameters<Store['commit']>[0]) => {
            failures -= 1;
            if (failures >= 0) throw new Error('disk full');
            await inner.commit(write);
            committed += 1;
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const log = await ChangeLog.open(store, [], clock);
    const seen: number[] = [];
    log.subscribe(() => seen.push(committed));
    const done = log.observe([upsert(resourceWith({}))]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(log.health).toEqual({ ok: false, reason: 'disk full' });
    await done;
    expect(log.health.ok).toBe(true);
    expect(seen).toEqual([1]);
    await log.close();
    await inner.close();
  });

  it('does not let the news of a source wait for the lists of others, and keeps to the order of each', () =>
    withLog(async (log, _, events) => {
      const of = (source: string, name: string) => upsert(resourceWith({ source, name }));
      const long = (source: string, name: string) => Array.from({ length: 150 }, (_, i) => of(source, `${name}${i}`));
      const batches = [[of('a', 'first')], long('a', 'list'), long('b', 'list'), [of('a', 'after')], [of('c', 'news')]];
      await Promise.all(batches.map((batch) => log.observe(batch)));
      const order = events.flatMap((event) =>
        event.kind === 'change' ? [`${event.change.key.source} ${event.change.key.name}`] : [],
      );
      const ends = ['a first', 'c news', 'a list0', 'a list149', 'b list0', 'b list149', 'a after'];
      expect(order.filter((name) => ends.includes(name))).toEqual(ends);
      expect(order).toHaveLength(303);
    }));

  it('tells a reader that is behind what it missed, and one that is not nothing', async () => {
    const store = openSqliteStore(':memory:');
    const told: string[] = [];
    const reader: Reader = {
      name: 'reader',
      react: async ({ changes }) => {
        told.push(...changes.map(({ key }) => key.name));
        return [];
      },
    };
    const first = await ChangeLog.open(store, [reader], clock);
    await first.observe([upsert(resourceWith({ name: 'a' }))]);
    await first.close();
    const without = await ChangeLog.open(store, [], clock);
    await without.observe([upsert(resourceWith({ name: 'b' }))]);
    await without.close();
    await ChangeLog.open(store, [reader], clock);
    expect(told).toEqual(['a', 'b']);
    await store.close();
  });

  it('takes nothing before what is stored has been read, and lets other work run while it reads', async () => {
    const store = openSqliteStore(':memory:');
    const first = await ChangeLog.open(store, [], clock);
    const names = Array.from({ length: 5_000 }, (_, i) => `pod-${i}`);
    await first.observe(names.map((name) => upsert(resourceWith({ name }))));
    await first.close();
    const log = ChangeLog.over(store, [], clock);
    await expect(log.observe([upsert(resourceWith({ name: 'pod-0' }))])).rejects.toThrow('before it is loaded');
    const sizes: number[] = [];
    const looking = setInterval(() => sizes.push(log.isLoaded ? 1 : 0), 0);
    await log.load();
    clearInterval(looking);
    expect(log).toMatchObject({ isLoaded: true, size: 5_000 });
    expect(sizes).toContain(0);
    await log.close();
    await store.close();
  });

  it('agrees with a plain model after any script of observations and restarts', async () => {
    const name = fc.constantFrom('a', 'b', 'constructor', '__proto__');
    const scope = fc.constantFrom('x', 'y', null);
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('upsert' as const),
          name,
          scope,
          uid: fc.constantFrom('1', '2'),
          version: fc.constantFrom('1', '2', '3'),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), name, scope }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('list' as const), scope, held: fc.array(name) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const store = openSqliteStore(':memory:');
        let log = await ChangeLog.open(store, [], clock);
        const model = new Map<string, Resource>();
        for (const s of steps) {
          if (s.kind === 'restart') {
            await log.close();
            log = await ChangeLog.open(store, [], clock);
          } else if (s.kind === 'upsert') {
            const resource = resourceWith({
              name: s.name,
              scope: s.scope,
              uid: s.uid,
              version: s.version,
              body: { v: `${s.uid}${s.version}` },
            });
            await log.observe([upsert(resource)]);
            model.set(keyText(resource), resource);
          } else if (s.kind === 'delete') {
            const key = resourceWith({ name: s.name, scope: s.scope });
            await log.observe([{ kind: 'delete', key, uid: null, observedAt: at }]);
            model.delete(keyText(key));
          } else {
            const held = [...model.values()]
              .filter((r) => s.scope === null || r.scope === s.scope)
              .filter((r) => s.held.some((held) => held === r.name));
            await log.observe([list('list-start', s.scope), ...held.map(upsert), list('list-complete', s.scope)]);
            for (const [key, r] of model)
              if ((s.scope === null || r.scope === s.scope) && !held.some((other) => other === r)) model.delete(key);
          }
        }
        const stored = (await store.resources({}, 1000)).items;
        expect(new Map(stored.map((r) => [keyText(r), r]))).toEqual(model);
        expect(log.size).toBe(model.size);
        await log.close();
        await store.close();
      }),
      { numRuns: 60 },
    );
  });
});
