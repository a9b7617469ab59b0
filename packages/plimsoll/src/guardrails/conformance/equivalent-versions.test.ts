import { ApiError, sharedTestCluster } from '@plimsoll/testcluster';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { guardedCluster } from '../live/guarded-cluster.fixture.ts';

const cluster = await sharedTestCluster();
const at = guardedCluster(cluster);

interface Case {
  readonly name: string;
  /** The policy's spec besides its match; and what its binding has besides its selectors. */
  readonly policy: JsonObject;
  readonly matchResources?: JsonObject;
}

const says =
  'request.kind.version + request.resource.version + request.requestKind.version + request.requestResource.version';
const never = [{ expression: 'false', messageExpression: `${says} + ' ' + object.apiVersion` }];
const rule = (group: string, resource: string, ...apiVersions: string[]): JsonObject => ({
  apiGroups: [group],
  apiVersions,
  operations: ['CREATE'],
  resources: [resource],
});

/** Cases on a type held as `held` and served as `other` as well, of which each version has a field of its own. */
function casesOf(group: string, resource: string, held: string, other: string, fields: [string, string]): Case[] {
  const one = (...versions: string[]) => rule(group, resource, ...versions);
  const has = (field: string) => [{ expression: `has(object.spec.${field})`, message: `no ${field}` }];
  const policy = (constraints: JsonObject, validations: readonly JsonObject[] = never): JsonObject => ({
    matchConstraints: constraints,
    validations,
  });
  const [heldField, otherField] = fields;
  return [
    { name: 'equivalent', policy: policy({ resourceRules: [one(other)] }) },
    { name: 'equivalent-fields', policy: policy({ resourceRules: [one(other)] }, has(heldField)) },
    { name: 'equivalent-others', policy: policy({ resourceRules: [one(other)] }, has(otherField)) },
    { name: 'exact', policy: policy({ resourceRules: [one(other)], matchPolicy: 'Exact' }) },
    { name: 'exact-held', policy: policy({ resourceRules: [one(held)], matchPolicy: 'Exact' }) },
    { name: 'held-fields', policy: policy({ resourceRules: [one(held)] }, has(otherField)) },
    { name: 'both', policy: policy({ resourceRules: [one(other, held)] }) },
    { name: 'two-rules', policy: policy({ resourceRules: [one(other), one(held)] }) },
    {
      name: 'held-by-name',
      policy: policy({ resourceRules: [one(other), { ...one(held), resourceNames: ['nobody'] }] }),
    },
    { name: 'not-served', policy: policy({ resourceRules: [one('v9')] }) },
    { name: 'any-group', policy: policy({ resourceRules: [rule('*', '*', other)] }) },
    { name: 'subresource', policy: policy({ resourceRules: [rule(group, `${resource}/status`, other)] }) },
    { name: 'excluded', policy: policy({ resourceRules: [one(held)], excludeResourceRules: [one(other)] }) },
    {
      name: 'not-excluded',
      policy: policy({ resourceRules: [one(held)], excludeResourceRules: [one(other)], matchPolicy: 'Exact' }),
    },
    { name: 'bound', policy: policy({ resourceRules: [one(held)] }), matchResources: { resourceRules: [one(other)] } },
    {
      name: 'bound-exactly',
      policy: policy({ resourceRules: [one(held)] }),
      matchResources: { resourceRules: [one(other)], matchPolicy: 'Exact' },
    },
    {
      name: 'condition',
      policy: {
        ...policy({ resourceRules: [one(other)] }),
        matchConditions: [{ name: 'held', expression: `object.apiVersion.endsWith('/${held}')` }],
      },
    },
    {
      name: 'error',
      policy: policy({ resourceRules: [one(other)] }, [{ expression: 'object.spec.nothing == 1' }]),
    },
  ];
}

/** What the server says of one more object like the one of this case, sent in the held version. */
async function theirs(collection: string, body: JsonObject): Promise<string> {
  const metadata = body['metadata'] as JsonObject;
  try {
    await cluster?.admin.create(`${collection}?dryRun=All`, { ...body, metadata: { ...metadata, name: 'one-more' } });
    return 'admitted';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const denied = /denied request: (.*?)"[,}]/s.exec(error.message)?.[1] ?? error.message;
    return denied.includes('resulted in error') ? 'error' : denied;
  }
}

/** What we say of the object of a case. */
async function ours(name: string): Promise<string> {
  const { items } = await at().store.findings({ state: 'open', name, scope: at().namespace }, 100);
  const [found] = items.filter(({ policy }) => policy.name === at().named(name));
  if (found === undefined) return 'admitted';
  return found.outcome === 'fail' ? (found.violations[0]?.message ?? '') : found.outcome;
}

/** Creates an object for each case, then its policy, and compares what both say of it; gives what they say. */
async function agree(type: string, collection: string, object: JsonObject, cases: readonly Case[]): Promise<object> {
  const bodyOf = ({ name }: Case): JsonObject => ({ ...object, metadata: { name, labels: { case: name } } });
  for (const one of cases) await at().create(collection, bodyOf(one));
  for (const one of cases) {
    await at().policy(one.name, one.policy);
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': at().namespace } };
    const objectSelector = { matchLabels: { case: one.name } };
    const matchResources = { ...one.matchResources, namespaceSelector, objectSelector };
    await at().bind(one.name, { validationActions: ['Deny'], matchResources });
  }
  await at().start([type, 'apiextensions.k8s.io/customresourcedefinitions']);
  const table = async (ask: (one: Case) => Promise<string>) =>
    Object.fromEntries(await Promise.all(cases.map(async (one) => [one.name, await ask(one)] as const)));
  await expect
    .poll(() => table((one) => theirs(collection, bodyOf(one))), { timeout: 10_000 })
    .toMatchObject({ 'exact-held': expect.not.stringContaining('admitted'), error: 'error' });
  const expected = await table((one) => theirs(collection, bodyOf(one)));
  await expect.poll(() => table(({ name }) => ours(name)), { timeout: 10_000 }).toEqual(expected);
  return expected;
}

describe.skipIf(cluster === undefined)('policies on several versions, held against a real API server', () => {
  it('judge a built-in type as it does', async () => {
    const collection = `/apis/autoscaling/v2/namespaces/${at().namespace}/horizontalpodautoscalers`;
    const spec = { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } };
    const object = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', spec };
    const fields: [string, string] = ['metrics', 'targetCPUUtilizationPercentage'];
    const cases = casesOf('autoscaling', 'horizontalpodautoscalers', 'v2', 'v1', fields);
    expect(await agree('autoscaling/horizontalpodautoscalers', collection, object, cases)).toMatchObject({
      equivalent: 'v1v1v2v2 autoscaling/v1',
      exact: 'admitted',
    });
  });

  it('judge a CRD with two versions as it does', async () => {
    const group = `${at().namespace}.example.com`;
    const version = (name: string, field: string): JsonObject => ({
      name,
      served: true,
      storage: name === 'v1',
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            spec: {
              type: 'object',
              properties: { [field]: { type: 'integer', default: 1 }, name: { type: 'string' } },
            },
          },
        },
      },
    });
    await at().create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: `boats.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'boats', singular: 'boat', kind: 'Boat' },
        versions: [version('v1', 'draught'), version('v1beta1', 'depth')],
      },
    });
    const collection = `/apis/${group}/v1/namespaces/${at().namespace}/boats`;
    await expect
      .poll(
        () =>
          cluster?.admin.get(collection).then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    const object = { apiVersion: `${group}/v1`, kind: 'Boat', spec: { draught: 2, name: 'x' } };
    const cases = casesOf(group, 'boats', 'v1', 'v1beta1', ['draught', 'depth']);
    expect(await agree(`${group}/boats`, collection, object, cases)).toMatchObject({
      equivalent: `v1beta1v1beta1v1v1 ${group}/v1beta1`,
      exact: 'admitted',
    });
  });
});
