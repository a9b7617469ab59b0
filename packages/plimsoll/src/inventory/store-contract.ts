import { expect, it } from 'vitest';
import type { Finding } from '../model/finding.ts';
import type { Problem } from '../model/problem.ts';
import type { Resource } from '../model/resource.ts';
import type { ChangeWrite, Store, StoreWrite } from './store.ts';
import { Transaction } from './transaction.ts';

/** A transaction that writes nothing. */
export const nothing: StoreWrite = new Transaction(0).write;

/** A resource with the given parts, for contract tests. */
export function resourceWith(parts: Partial<Resource>): Resource {
  return {
    source: 'prod',
    type: 'core/pods',
    scope: 'shop',
    name: 'web',
    apiVersion: 'v1',
    kind: 'Pod',
    uid: 'u1',
    version: '1',
    body: { metadata: { name: 'web' } },
    unseen: [],
    place: null,
    ...parts,
  };
}

/** A change at that position, at as many seconds. */
export function change(seq: number, operation: ChangeWrite['operation'], resource: Resource): ChangeWrite {
  const { source, type, scope, name, uid } = resource;
  const gone = operation === 'deleted';
  return {
    seq,
    at: seq * 1000,
    operation,
    key: { source, type, scope, name },
    uid,
    resource: gone ? null : resource,
    hash: gone ? null : `h${seq}`,
  };
}

/** A transaction that creates one resource. */
export function creation(seq: number): StoreWrite {
  return { ...nothing, changes: [change(seq, 'created', resourceWith({ name: `pod-${seq}` }))] };
}

/** A finding of the resource of {@link resourceWith}. */
export function finding(seq: number, state: Finding['state']): Finding {
  return {
    id: '0123456789abcdef',
    state,
    seq,
    openedAt: 1000,
    changedAt: 1000,
    resolvedAt: null,
    resolution: null,
    policy: { source: 'builtin', kind: 'Guardrail', namespace: null, name: 'no-privileged' },
    binding: null,
    rule: null,
    param: null,
    resource: {
      source: 'prod',
      type: 'core/pods',
      scope: 'shop',
      name: 'web',
      apiVersion: 'v1',
      kind: 'Pod',
      uid: 'u1',
      place: null,
    },
    outcome: 'fail',
    severity: 'high',
    reason: null,
    violations: [],
    waivedBy: null,
  };
}

/** A problem of a file, in full. */
export const problem: Problem = {
  code: 'PLM1201',
  message: 'm',
  remedy: 'r',
  source: 'prod',
  file: 'x.yaml',
  document: 1,
  line: 1,
  column: 1,
  subject: null,
};

async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...page);
  return all;
}

/** What every store must do, besides what history-contract.ts says of the past. `open` gives an empty one; `withStore` closes it afterwards. */
export function storeContract(withStore: (test: (store: Store) => Promise<void>) => Promise<void>): void {
  it('gives back what was committed, byte for byte', () =>
    withStore(async (store) => {
      const odd = resourceWith({
        name: '__proto__',
        scope: null,
        unseen: ['data'],
        place: { file: 'a b.yaml', document: 2, line: 7 },
        body: JSON.parse(
          '{"__proto__": {"a": 1}, "constructor": "x", "emoji": "😀\\u0000", "list": [1.5, null, true]}',
        ),
      });
      await store.commit({ ...nothing, changes: [change(1, 'created', odd)] });
      expect(await store.resource(odd)).toEqual(odd);
      expect(JSON.stringify((await store.resource(odd))?.body)).toBe(JSON.stringify(odd.body));
    }));

  it('keeps integers beyond 2⁵³ exact', () =>
    withStore(async (store) => {
      const big = resourceWith({ body: { spec: { value: 9223372036854775807n, small: 2 } } });
      await store.commit({ ...nothing, changes: [change(1, 'created', big)] });
      expect((await store.resource(big))?.body).toEqual(big.body);
    }));

  it('keeps the other versions of a resource with it, of superseded states as well', () =>
    withStore(async (store) => {
      const forms = [
        { apiVersion: 'apps/v1beta1', kind: 'Deployment', body: { spec: { x: 9223372036854775807n } }, unknown: null },
        { apiVersion: 'extensions/v1beta1', kind: 'Deployment', body: null, unknown: '403' },
      ];
      const [first, second] = [resourceWith({ forms }), resourceWith({ version: '2' })];
      await store.commit({ ...nothing, changes: [change(1, 'created', first)] });
      expect((await store.resource(first))?.forms).toEqual(forms);
      await store.commit({ ...nothing, changes: [change(2, 'updated', second)] });
      expect(await store.resource(second)).not.toHaveProperty('forms');
      expect(
        (await store.versions(first, 10)).items.map((item) => item.kind === 'version' && item.resource.forms),
      ).toEqual([undefined, forms]);
    }));

  it('has no resource that was never written, or was deleted', () =>
    withStore(async (store) => {
      const web = resourceWith({});
      expect(await store.resource(web)).toBeNull();
      await store.commit({ ...nothing, changes: [change(1, 'created', web), change(2, 'deleted', web)] });
      expect(await store.resource(web)).toBeNull();
      expect(await collect(store.stamps())).toEqual([]);
    }));

  it('keeps superseded versions, newest first, with the times between which each held', () =>
    withStore(async (store) => {
      const first = resourceWith({ version: '1', body: { n: 1 } });
      const second = resourceWith({ version: '2', body: { n: 2 } });
      await store.commit({ ...nothing, changes: [change(1, 'created', first)] });
      await store.commit({ ...nothing, changes: [change(2, 'updated', second)] });
      expect((await store.versions(first, 10)).items).toEqual([
        { kind: 'version', seq: 2, at: 2000, until: null, resource: second },
        { kind: 'version', seq: 1, at: 1000, until: 2000, resource: first },
      ]);
      await store.commit({ ...nothing, changes: [change(3, 'deleted', second)] });
      expect((await store.versions(first, 10)).items).toEqual([
        { kind: 'deleted', seq: 3, at: 3000 },
        { kind: 'version', seq: 2, at: 2000, until: 3000, resource: second },
        { kind: 'version', seq: 1, at: 1000, until: 2000, resource: first },
      ]);
    }));

  it('moves a resource and its open findings to another place, which is no event', () =>
    withStore(async (store) => {
      const web = resourceWith({ place: { file: 'a.yaml', document: 1, line: 1 } });
      const [{ source, type, scope, name }, place] = [web, { file: 'a.yaml', document: 1, line: 4 }];
      const open = finding(2, 'open');
      const ended = { ...finding(3, 'resolved'), id: 'fedcba9876543210' };
      await store.commit({ ...nothing, changes: [change(1, 'created', web)], findings: [open, ended] });
      await store.commit({ ...nothing, moves: [{ key: { source, type, scope, name }, place, hash: 'h9' }] });
      expect(await store.resource(web)).toEqual({ ...web, place });
      expect((await store.versions(web, 10)).items).toMatchObject([{ seq: 1, resource: { place } }]);
      const findings = (await store.findings({}, 10)).items;
      expect(findings.map(({ id, resource }) => [id, resource.place])).toEqual([
        [open.id, place],
        [ended.id, null],
      ]);
      expect(await store.events(3, 10)).toEqual([]);
      const stamps = (await Array.fromAsync(store.stamps())).flat();
      expect(stamps).toMatchObject([{ hash: 'h9' }]);
    }));

  it('pages through all resources in one order, whatever the page size', () =>
    withStore(async (store) => {
      const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
      const changes = names.map((name, i) =>
        change(i + 1, 'created', resourceWith({ name, scope: i % 2 === 0 ? null : 'shop' })),
      );
      await store.commit({ ...nothing, changes });
      const seen: string[] = [];
      for (let page: string | null = null; ;) {
        const found = await store.resources({ source: 'prod' }, 2, page);
        seen.push(...found.items.map((item) => item.name));
        page = found.next;
        if (page === null) break;
      }
      expect(seen).toEqual(['a', 'c', 'e', 'g', 'b', 'd', 'f']);
      expect((await store.resources({ scope: null }, 10)).items).toHaveLength(4);
      expect((await collect(store.scan({ scope: 'shop' }))).map((item) => item.name)).toEqual(['b', 'd', 'f']);
    }));

  it('replays changes, findings and coverage in order of seq from any position', () =>
    withStore(async (store) => {
      const web = resourceWith({});
      const coverage = {
        source: 'prod',
        type: 'core/pods',
        scope: null,
        state: 'live',
        since: 1,
        lastComplete: 1,
        reason: null,
      } as const;
      await store.commit({
        ...nothing,
        changes: [change(1, 'created', web)],
        findings: [finding(2, 'open')],
        coverage: [{ seq: 3, coverage }],
      });
      await store.commit({ ...nothing, findings: [finding(4, 'resolved')] });
      expect((await store.events(0, 10)).map(({ seq, kind }) => `${seq} ${kind}`)).toEqual([
        '1 change',
        '2 finding',
        '3 coverage',
        '4 finding',
      ]);
      expect((await store.events(2, 1)).map(({ seq }) => seq)).toEqual([3]);
      const [created] = await store.events(0, 1);
      expect(created).toMatchObject({ change: { operation: 'created', resource: { body: web.body } } });
      expect(store.headSeq).toBe(4);
    }));

  it('lists findings by state, and one by id', () =>
    withStore(async (store) => {
      await store.commit({ ...nothing, findings: [finding(1, 'open')] });
      expect(await collect(store.openFindings())).toEqual([finding(1, 'open')]);
      await store.commit({ ...nothing, findings: [finding(2, 'resolved')] });
      expect(await collect(store.openFindings())).toEqual([]);
      expect((await store.findings({ id: '0123456789abcdef' }, 1)).items).toEqual([finding(2, 'resolved')]);
      expect((await store.findings({ guardrail: 'another' }, 1)).items).toEqual([]);
    }));

  it('saves cursors, identity, facts, problems and reader positions with the transaction', () =>
    withStore(async (store) => {
      await store.commit({
        ...nothing,
        cursors: [{ source: 'prod', type: 'core/pods', scope: null, cursor: '42' }],
        identities: [{ source: 'prod', identity: 'uid' }],
        facts: [{ source: 'prod', name: 'version', value: { minor: '36' }, observedAt: 5 }],
        problems: [{ source: 'prod', origin: 'x.yaml', problems: [problem] }],
        readers: [{ name: 'guardrails', seq: 9 }],
      });
      const state = await store.sourceState('prod');
      expect(state).toMatchObject({ identity: 'uid', cursors: [{ type: 'core/pods', scope: null, cursor: '42' }] });
      expect(state.facts.get('version')).toEqual({ minor: '36' });
      expect(await store.problems()).toEqual([problem]);
      expect(await store.readerSeq('guardrails')).toBe(9);
      expect(await store.readerSeq('nobody')).toBeNull();
      await store.commit({
        ...nothing,
        problems: [{ source: 'prod', origin: 'x.yaml', problems: [] }],
        cursors: [{ source: 'prod', type: 'core/pods', scope: null, cursor: null }],
      });
      expect(await store.problems()).toEqual([]);
      expect((await store.sourceState('prod')).cursors).toEqual([]);
      const told = (source: string, origin: string) => ({ source, origin, problems: [{ ...problem, source }] });
      await store.commit({ ...nothing, problems: [told('prod', 'a'), told('prod', 'b'), told('other', 'a')] });
      await store.commit({ ...nothing, problems: [{ source: 'prod', origin: null, problems: [] }] });
      expect(await store.problems()).toEqual([{ ...problem, source: 'other' }]);
    }));

  it('keeps settings', () =>
    withStore(async (store) => {
      expect(await store.setting('fingerprint')).toBeNull();
      await store.setSetting('fingerprint', 'a');
      await store.setSetting('fingerprint', 'b');
      expect(await store.setting('fingerprint')).toBe('b');
    }));
}
