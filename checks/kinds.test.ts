import { TestCluster, sharedTestCluster, testClusterOrSkip } from '@plimsoll/testcluster';
import { afterAll, describe, expect, it } from 'vitest';
import { FileKinds } from '../packages/plimsoll/src/model/kinds.ts';
import { kubernetesKinds } from '../packages/plimsoll/src/model/kubernetes-kinds.ts';
import { removedKinds } from '../packages/plimsoll/src/model/removed-kinds.ts';
import { everyGate, servedKinds } from './served-kinds.ts';

const gated = await testClusterOrSkip(() => TestCluster.start(everyGate));
afterAll(async () => await gated?.stop());
const shared = await sharedTestCluster();

describe.skipIf(gated === undefined || shared === undefined)("the table of Kubernetes' own kinds", () => {
  it('is what a real API server with all gates serves (npm run generate:kinds writes it)', async () => {
    expect(kubernetesKinds).toEqual(gated === undefined ? [] : await servedKinds(gated.admin));
  });

  it('gives the type and scope of every kind that a server with the usual gates serves', async () => {
    const kinds = new FileKinds();
    const served = shared === undefined ? [] : await servedKinds(shared.admin);
    expect(served.length).toBeGreaterThan(60);
    expect(served.map(([group, kind]) => kinds.of(group === '' ? 'v1' : `${group}/v1`, kind))).toEqual(
      served.map(([group, , resource, namespaced]) => ({
        type: `${group === '' ? 'core' : group}/${resource}`,
        namespaced,
      })),
    );
  });

  it('has no kind twice, and no removed kind that is served', () => {
    const names = [...kubernetesKinds, ...removedKinds].map(([group, kind]) => `${group}/${kind}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    ['extensions/v1beta1', 'Ingress', { type: 'extensions/ingresses', namespaced: true }],
    ['policy/v1beta1', 'PodSecurityPolicy', { type: 'policy/podsecuritypolicies', namespaced: false }],
    ['apps/v1beta1', 'Deployment', { type: 'apps/deployments', namespaced: true }],
    ['v1', 'Endpoints', { type: 'core/endpoints', namespaced: true }],
  ])('knows %s %s', (apiVersion, kind, type) => {
    expect(new FileKinds().of(apiVersion, kind)).toEqual(type);
  });
});
