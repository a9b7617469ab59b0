import { ScriptedProxy, sharedTestCluster } from '@plimsoll/testcluster';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, watchedCluster } from './watched-cluster.fixture.ts';

const cluster = await sharedTestCluster();
const at = watchedCluster(cluster);

let other: ScriptedProxy;
beforeEach(async () => {
  other = await ScriptedProxy.start(cluster?.url ?? '', cluster?.ca ?? '');
});
afterEach(async () => await other.stop());

describe.skipIf(cluster === undefined)('a cluster in good health is not held up', () => {
  it('by one that is dead', async () => {
    const { url } = other;
    await other.stop();
    at().watch({ name: 'dead', kubeconfig: at().kubeconfig('admin', url) });
    await eventually('said', async () => (await at().coverageOf('*', 'dead'))?.state === 'down');
    at().watch();
    await at().live('core/pods');
    await at().create('here');
    await eventually('here', () => at().pod('here'));
    expect((await at().coverageOf('*', 'dead'))?.reason).toMatch(/ECONNREFUSED/);
  });

  it('by one that takes 8 s for every answer', async () => {
    other.rule({ match: {}, fault: { kind: 'delay', ms: 8000 } });
    at().watch({ name: 'slow', kubeconfig: at().kubeconfig('admin', other.url) });
    await eventually('asked', () => Promise.resolve(other.requests.length > 0));
    at().watch();
    await at().live('core/pods');
    await at().create('here');
    await eventually('here', () => at().pod('here'));
    expect((await at().coverageOf('*', 'slow'))?.state).toBe('listing');
  });

  it('by one that sends changes as fast as it can, for as long as it does', async () => {
    const flooded = (await cluster?.namespace('flood')) ?? '';
    const path = `/api/v1/namespaces/${flooded}/configmaps`;
    for (const name of ['a', 'b', 'c', 'd']) await cluster?.admin.create(path, { metadata: { name } });
    at().watch({ name: 'floods', namespaces: [flooded], kubeconfig: at().kubeconfig('admin', other.url) });
    await at().live('core/configmaps', 'floods', flooded);
    let patches = 0;
    const ending = new AbortController();
    const flood = ['a', 'b', 'c', 'd'].map(async (name) => {
      while (!ending.signal.aborted)
        await cluster?.admin.patch(`${path}/${name}`, { metadata: { labels: { n: String(patches++) } } });
    });
    try {
      at().watch({ namespaces: [at().namespace] });
      await at().live('core/pods', 'test', at().namespace);
      await at().create('here');
      await eventually('here', () => at().pod('here'));
      const before = patches;
      await at().create('there');
      await eventually('there', () => at().pod('there'));
      expect(patches).toBeGreaterThan(before);
    } finally {
      ending.abort();
      await Promise.all(flood);
    }
  });
});
