import { sharedTestCluster } from '@plimsoll/testcluster';
import { describe, expect, it } from 'vitest';
import { noNeeds } from '../../model/needs.ts';
import { KubernetesSource } from './kubernetes-source.ts';
import type { KubernetesOptions } from './kubernetes-source.ts';
import { eventually, watchedCluster } from './watched-cluster.fixture.ts';

const cluster = await sharedTestCluster();
const at = watchedCluster(cluster);

const readOnce = (options: Partial<KubernetesOptions> = {}) =>
  new KubernetesSource({
    name: 'test',
    kubeconfig: at().kubeconfig(),
    once: true,
    tuning: { stagger: 0 },
    ...options,
  });

describe.skipIf(cluster === undefined)('a cluster that is read once', () => {
  it('is read to the end where a list gave way to another one meanwhile', async () => {
    at().proxy.rule({ match: { path: '/api/v1/configmaps' }, fault: { kind: 'delay', ms: 1000 } });
    const source = readOnce({ only: ['core/configmaps'] });
    const ended = source.run(at().log, new AbortController().signal);
    await eventually('listing', async () => (await at().coverageOf('core/configmaps'))?.state === 'listing');
    source.need({ ...noNeeds, configMaps: [{ scope: null, name: 'wanted', selector: null, readers: [] }] });
    await ended;
    expect(await at().coverageOf('core/configmaps')).toMatchObject({ state: 'listed', reason: null });
  });

  it('is forbidden, not down, to who may read nothing, however late an answer comes', async () => {
    at().proxy.rule({ match: { path: '/api/v1/namespaces' }, fault: { kind: 'delay', ms: 1000 } });
    const source = readOnce({ kubeconfig: at().kubeconfig('nobody') });
    await source.run(at().log, new AbortController().signal);
    const states = (await at().store.coverage()).map(({ state }) => state);
    expect(states).not.toContain('down');
    expect(await at().coverageOf('core/namespaces')).toMatchObject({ state: 'forbidden' });
  });
});
