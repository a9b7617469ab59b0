import { sharedTestCluster } from '@plimsoll/testcluster';
import { describe, expect, test } from 'vitest';
import { guardedCluster } from '../guardrails/live/guarded-cluster.fixture.ts';
import { eventually } from '../sources/kubernetes/watched-cluster.fixture.ts';
import { staleOf } from './stale.ts';

const cluster = await sharedTestCluster();
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const verbs = ['get', 'list', 'watch'];
const seen = [
  { apiGroups: [''], resources: ['namespaces'], verbs },
  { apiGroups: ['admissionregistration.k8s.io'], resources: ['*'], verbs },
];
const pods = { apiGroups: [''], resources: ['pods'], verbs };
const body = (name: string, privileged: boolean) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [{ name: 'a', image: 'a', securityContext: { privileged } }] },
});

describe.skipIf(cluster === undefined)('given a type that RBAC forbids after it was seen', () => {
  const at = guardedCluster(cluster);

  test('then its findings stay and are stale, and are judged again when it is allowed again', async () => {
    const role = at().named('viewers');
    await at().create(`${rbac}/clusterroles`, { metadata: { name: role }, rules: [...seen, pods] });
    await at().create(`${rbac}/clusterrolebindings`, {
      metadata: { name: role },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'viewer' }],
    });
    await at().policy('plain', {
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      validations: [{ expression: 'object.spec.containers.all(c, !c.securityContext.privileged)' }],
    });
    await at().bind('plain');
    const collection = `/api/v1/namespaces/${at().namespace}/pods`;
    await at().create(collection, body('stays', true));
    await at().create(collection, body('goes', true));
    await at().start(['core/pods'], 'viewer');
    await at().opens(['plain goes fail', 'plain stays fail']);
    await at().stop();

    await at().patch(`${rbac}/clusterroles/${role}`, { rules: seen });
    await at().start(['core/pods'], 'viewer');
    const stale = async () => {
      const { items } = await at().store.findings({ state: 'open', scope: at().namespace }, 10);
      const of = staleOf(await at().store.coverage());
      return items.map(({ resource }) => of(resource)?.state ?? 'seen');
    };
    await eventually('stale', async () => (await stale()).join() === 'forbidden,forbidden');
    expect(await at().open()).toEqual(['plain goes fail', 'plain stays fail']);

    await at().remove(at().path('pods', 'goes'));
    await at().create(collection, body('comes', true));
    await at().create(collection, body('good', false));
    await at().patch(`${rbac}/clusterroles/${role}`, { rules: [...seen, pods] });
    await at().opens(['plain comes fail', 'plain stays fail']);
    await eventually('seen', async () => (await stale()).join() === 'seen,seen');
  });
});
