import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Fault, sharedTestCluster, TestCluster, testClusterOrSkip } from '@plimsoll/testcluster';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../model/clock.ts';
import { ownSurroundings } from './surroundings.ts';
import { eventually, watchedCluster } from './watched-cluster.fixture.ts';

const watchOfPods = { path: '/api/v1/pods', query: { watch: '1' } };
const quick = { backoffBase: 50, backoffMax: 200, slowRetry: 300, bookmarkInterval: 500, requestTimeout: 2_000 };

const shared = await sharedTestCluster();

/** The faults of the laboratory, by their names, through the scripted proxy; each for so many watches. */
const faults: readonly (readonly [string, Fault, number])[] = [
  ['answered with 429 and Retry-After', { kind: 'status', code: 429, retryAfterSeconds: 1 }, 1],
  ['answered with 500', { kind: 'status', code: 500, reason: 'InternalError' }, 3],
  ['answered with 410', { kind: 'status', code: 410, reason: 'Expired' }, 1],
  ['ended with a 410 in its stream', { kind: 'error-event', code: 410, reason: 'Expired' }, 2],
  ['cut in the middle of a line', { kind: 'cut', afterBytes: 100 }, 2],
  ['broken by garbage', { kind: 'garble', afterBytes: 10, text: '"}<html>\n' }, 2],
  ['told everything twice', { kind: 'repeat-lines', after: 0 }, 1],
  ['told everything once more, and late', { kind: 'repeat-lines', after: 1 }, 1],
  ['refused', { kind: 'refuse' }, 3],
];

describe.skipIf(shared === undefined)('a watch of a real API server', () => {
  const at = watchedCluster(shared);

  it.each(faults)('that is %s ends as the cluster is', async (_, fault, times) => {
    for (const name of ['stays', 'goes', 'comes-again']) await at().create(name);
    at().watch({ only: ['core/pods', 'core/namespaces'], tuning: quick });
    await at().live('core/pods');
    await eventually('all of them', () => at().pod('comes-again'));
    at().proxy.rule({ match: watchOfPods, fault, times });
    at().proxy.cutAll();
    await at().remove('goes');
    await at().remove('comes-again');
    await at().create('comes-again');
    await at().create('new');
    await eventually('as the cluster is', async () => {
      const listed = await shared?.admin.get(`/api/v1/namespaces/${at().namespace}/pods`);
      const pods = (listed?.['items'] ?? []) as { metadata: { name: string; uid: string } }[];
      const there = pods.map(({ metadata }) => `${metadata.name} ${metadata.uid}`).toSorted();
      const { items } = await at().store.resources({ type: 'core/pods', scope: at().namespace }, 100);
      const held = items.map(({ name, uid }) => `${name} ${uid}`).toSorted();
      return there.length > 0 && JSON.stringify(held) === JSON.stringify(there);
    });
    await at().live('core/pods');
  });

  it('that hears nothing while the machine sleeps for an hour is there again when it wakes', async () => {
    let slept = 0;
    const clock = { ...systemClock, now: () => Date.now() + slept };
    await at().create('before');
    at().watch({ only: ['core/pods', 'core/namespaces'], tuning: quick, surroundings: { ...ownSurroundings, clock } });
    await eventually('before', () => at().pod('before'));
    const silent = at().proxy.rule({ match: {}, fault: { kind: 'silence' } });
    at().proxy.cutAll();
    await at().remove('before');
    await at().create('meanwhile');
    slept = 3_600_000;
    silent();
    await eventually('meanwhile', () => at().pod('meanwhile'));
    await eventually('before is gone', async () => (await at().pod('before')) === null);
    const row = await eventually('live', async () => {
      const found = await at().coverageOf('core/pods');
      return found?.state === 'live' && (found.lastComplete ?? 0) > Date.now() + 3_000_000 ? found : null;
    });
    expect(row.reason).toBeNull();
  });

  it('whose token was rotated under it goes on with the new one', async () => {
    const account = `/api/v1/namespaces/${at().namespace}/serviceaccounts`;
    const token = async (): Promise<string> => {
      await shared?.admin.create(account, { metadata: { name: 'watcher' } });
      const answer = await shared?.admin.create(`${account}/watcher/token`, { spec: { expirationSeconds: 600 } });
      return String(answer?.['status'].token);
    };
    await shared?.admin.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: `${at().namespace}-watcher` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'watcher', namespace: at().namespace }],
    });
    const tokenFile = join(at().folder, 'token');
    writeFileSync(tokenFile, await token());
    at().watch({ kubeconfig: at().kubeconfig({ tokenFile }), only: ['core/pods', 'core/namespaces'], tuning: quick });
    await at().live('core/pods');
    // The account's tokens end with it; a new one of its name has others.
    await shared?.admin.delete(`${account}/watcher`);
    writeFileSync(tokenFile, await token());
    at().proxy.cutAll();
    await at().create('after');
    await eventually('after', () => at().pod('after'));
    await at().live('core/pods');
    await shared?.admin.delete(`/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${at().namespace}-watcher`);
  });
});

// Not the shared one: it is killed, compacted, restored and emptied.
const own = await testClusterOrSkip(() => TestCluster.start());
afterAll(() => own?.stop());

describe.skipIf(own === undefined)('a real API server on its worst days', () => {
  const at = watchedCluster(own);
  const ended = async (): Promise<string[]> => {
    const events = await at().store.events(0, 10_000);
    return events.flatMap((event) =>
      event.kind === 'change' && event.change.operation === 'deleted' ? [event.change.key.name] : [],
    );
  };
  const watch = (): void => void at().watch({ only: ['core/pods', 'core/namespaces'], tuning: quick });
  /** Nothing gets through until the function is called. */
  const closed = (): (() => void) => {
    const open = at().proxy.rule({ match: {}, fault: { kind: 'refuse' } });
    at().proxy.cutAll();
    return open;
  };

  it('is killed and started again with its data: nothing ends, and what comes is seen', async () => {
    await at().create('kept');
    watch();
    await eventually('kept', () => at().pod('kept'));
    await own?.killApiServer();
    await own?.startApiServer();
    await at().create('after');
    await eventually('after', () => at().pod('after'));
    await at().live('core/pods');
    expect(await ended()).toEqual([]);
  });

  it('has its history compacted under a watch: it is listed and compared', async () => {
    for (const name of ['kept', 'goes']) await at().create(name);
    watch();
    await eventually('goes', () => at().pod('goes'));
    await at().live('core/pods');
    const open = closed();
    await at().remove('goes');
    await own?.compact();
    await own?.killApiServer();
    await own?.startApiServer();
    open();
    await eventually('goes is gone', async () => (await at().pod('goes')) === null);
    await at().live('core/pods');
    expect(await ended()).toEqual(['goes']);
    expect(at().proxy.requests.some((asked) => /pods\?.*sendInitialEvents/.test(asked))).toBe(true);
  });

  it('comes back with an older copy of its data: what came after it ends, what ended since is there again', async () => {
    for (const name of ['kept', 'back']) await at().create(name);
    const restore = await own?.backUp();
    watch();
    await eventually('back', () => at().pod('back'));
    await at().remove('back');
    await at().create('later');
    await eventually('later', () => at().pod('later'));
    await eventually('back is gone', async () => (await at().pod('back')) === null);
    for (let i = 0; i < 5; i += 1) await at().create(`more-${i}`);
    await eventually('the last one', () => at().pod('more-4'));
    await restore?.();
    await eventually('later is gone', async () => (await at().pod('later')) === null);
    await eventually('back is back', () => at().pod('back'));
    expect(await ended()).not.toContain('kept');
  });

  it('comes back with nothing, as another cluster: everything old ends', async () => {
    await at().create('old');
    watch();
    await eventually('old', () => at().pod('old'));
    const { identity } = await at().store.sourceState('test');
    await own?.restart({ empty: true });
    await eventually('another identity', async () => (await at().store.sourceState('test')).identity !== identity);
    await eventually('old is gone', async () => (await at().pod('old')) === null);
    await at().live('core/pods');
    expect(await ended()).toContain('old');
  });
});
