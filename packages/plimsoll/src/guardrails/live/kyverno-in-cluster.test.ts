import { TestCluster, testClusterOrSkip } from '@plimsoll/testcluster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { eventually } from '../../sources/kubernetes/watched-cluster.fixture.ts';
import { defineKind, guardedCluster } from './guarded-cluster.fixture.ts';

// Its own: policies of Kyverno's are cluster-scoped, and so are the definitions of their kinds.
const cluster = await testClusterOrSkip(() => TestCluster.start());
afterAll(async () => await cluster?.stop());
const at = guardedCluster(cluster);
const types = [
  'core/services',
  'core/configmaps',
  'policies.kyverno.io/validatingpolicies',
  'policies.kyverno.io/policyexceptions',
  'kyverno.io/clusterpolicies',
];
const paths = {
  policies: '/apis/policies.kyverno.io/v1/validatingpolicies',
  rules: '/apis/kyverno.io/v1/clusterpolicies',
};

const matchConstraints = {
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['services'] }],
};

const policy = (expression: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'policies.kyverno.io/v1',
  kind: 'ValidatingPolicy',
  metadata: { name: 'owned' },
  spec: { matchConstraints, validations: [{ expression, message: 'nobody owns it' }], ...more },
});

const hasOwner = "has(object.metadata.labels) && 'owner' in object.metadata.labels";

describe.skipIf(cluster === undefined)("a watched cluster's Kyverno", () => {
  beforeAll(async () => {
    await defineKind(cluster, {
      group: 'policies.kyverno.io',
      version: 'v1',
      kind: 'ValidatingPolicy',
      plural: 'validatingpolicies',
      scope: 'Cluster',
    });
    await defineKind(cluster, {
      group: 'policies.kyverno.io',
      version: 'v1',
      kind: 'PolicyException',
      plural: 'policyexceptions',
      scope: 'Namespaced',
    });
    await defineKind(cluster, {
      group: 'kyverno.io',
      version: 'v1',
      kind: 'ClusterPolicy',
      plural: 'clusterpolicies',
      scope: 'Cluster',
    });
  });

  it('judges by its policies and exceptions as they come, change, end and go', async () => {
    const exceptions = `/apis/policies.kyverno.io/v1/namespaces/${at().namespace}/policyexceptions`;
    await at().service('web', { owner: 'a' });
    await at().service('bare');
    await at().start(types);
    await at().live('core/services', 'policies.kyverno.io/validatingpolicies');
    await at().soon(paths.policies, policy(hasOwner));
    await at().opens(['owned bare fail']);
    await at().soon(exceptions, {
      apiVersion: 'policies.kyverno.io/v1',
      kind: 'PolicyException',
      metadata: { name: 'e' },
      spec: {
        policyRefs: [{ name: 'owned', kind: 'ValidatingPolicy' }],
        matchConditions: [{ name: 'bare', expression: "object.metadata.name == 'bare'" }],
      },
    });
    await at().opens(['owned bare waived']);
    const expiresAt = new Date(Date.now() + 1500).toISOString();
    await at().patch(`${exceptions}/e`, { spec: { expiresAt } });
    await at().opens(['owned bare fail']);
    await at().patch(`${paths.policies}/owned`, { status: { generated: true } });
    await at().opens([]);
    await at().patch(`${paths.policies}/owned`, { status: { generated: false } });
    await at().opens(['owned bare fail']);
    await at().remove(`${paths.policies}/owned`);
    await at().opens([]);
    await eventually('it is told', async () => at().said().at(-1)?.resolution === 'guardrail removed');
  });

  it('judges anew what looks up a resource that changed', async () => {
    const named = `resource.Get('v1', 'configmaps', object.metadata.namespace, 'names').data.name == object.metadata.name`;
    await at().soon(paths.policies, policy(named));
    await at().create(`/api/v1/namespaces/${at().namespace}/configmaps`, {
      metadata: { name: 'names' },
      data: { name: 'web' },
    });
    await at().service('web');
    await at().service('other');
    await at().start(types);
    await at().opens(['owned other fail']);
    await at().patch(at().path('configmaps', 'names'), { data: { name: 'other' } });
    await at().opens(['owned web fail']);
    // The store has what is open before it is told.
    await eventually('it is told', async () =>
      at()
        .said()
        .some(({ resource, state }) => resource.name === 'other' && state === 'resolved'),
    );
  });

  it('concludes all rules of a policy together', async () => {
    const rule = (name: string, expression: string): JsonObject => ({
      name,
      match: { any: [{ resources: { kinds: ['Service'], namespaceSelector: { matchLabels: { team: name } } } }] },
      validate: { cel: { expressions: [{ expression }] } },
    });
    const always: JsonObject = {
      name: 'always',
      match: { any: [{ resources: { kinds: ['Service'] } }] },
      validate: { cel: { expressions: [{ expression: hasOwner }] } },
    };
    await at().soon(paths.rules, {
      apiVersion: 'kyverno.io/v1',
      kind: 'ClusterPolicy',
      metadata: { name: 'rules' },
      spec: { rules: [always, rule('blue', 'false')] },
    });
    await at().service('bare');
    await at().start(types);
    await at().opens(['rules bare fail']);
    // Judged anew by the one rule that reads labels of namespaces: the finding of the other stays.
    await at().patch(`/api/v1/namespaces/${at().namespace}`, { metadata: { labels: { team: 'blue' } } });
    await at().opens(['rules bare fail', 'rules bare fail']);
    await at().patch(`/api/v1/namespaces/${at().namespace}`, { metadata: { labels: { team: null } } });
    await at().opens(['rules bare fail']);
    expect(
      at()
        .said()
        .filter(({ rule, state }) => rule === 'always' && state === 'resolved'),
    ).toEqual([]);
  });
});
