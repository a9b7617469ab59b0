import { ApiError, TestCluster, testClusterOrSkip } from '@plimsoll/testcluster';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import { apiVersionOf, type ServedType, typeName } from '../../model/served.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { evaluateResource } from '../evaluate/evaluator.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { guardrailsOf } from '../policy-set.ts';
import { resourceOf } from '../resource-of.fixture.ts';
import type { World } from '../world.ts';
import { conformanceCases, type ConformanceCase } from './policies.fixture.ts';

// Its own: once the last policy with ConfigMaps for params is gone, as those of another test are, a server stops its informer of
// them, which is never started again (k8s.io/apiserver policy/generic policy_source.go), and finds no params any more.
const cluster = await testClusterOrSkip(() => TestCluster.start());
afterAll(async () => await cluster?.stop());
const admin = cluster?.admin;
const kinds = new FileKinds();
const admission = '/apis/admissionregistration.k8s.io/v1';
const run = `conf-${Date.now().toString(36)}`;
const everyConfigMap = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
const canary: ConformanceCase = {
  name: 'canary',
  policy: { validations: [{ expression: 'false', message: 'the canary sings' }] },
  objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'subject' } }],
};
const all = [...conformanceCases, canary];
let namespace = 'none';
let namespaceBody: JsonObject = {};

const nameOf = ({ name }: ConformanceCase) => `${run}-${name}`;

function policyOf(one: ConformanceCase): JsonObject {
  const spec = { matchConstraints: { resourceRules: [everyConfigMap] }, ...one.policy };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: nameOf(one) },
    spec,
  };
}

/** Cases are kept apart by a label that the binding selects. */
function bindingOf(one: ConformanceCase): JsonObject {
  const given = one.binding ?? {};
  const matchResources = {
    ...(given['matchResources'] as JsonObject | undefined),
    objectSelector: { matchLabels: { case: nameOf(one) } },
  };
  const spec = { validationActions: ['Deny'], ...given, policyName: nameOf(one), matchResources };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: nameOf(one) },
    spec,
  };
}

function placed(object: JsonObject, label?: string): JsonObject {
  const metadata = object['metadata'] as JsonObject;
  const labels = { ...(metadata['labels'] as JsonObject | undefined), ...(label === undefined ? {} : { case: label }) };
  const scope = isNamespaced(object) ? { namespace: metadata['namespace'] ?? namespace } : {};
  return { ...object, metadata: { ...metadata, ...scope, labels } };
}

function isNamespaced(object: JsonObject): boolean {
  return kinds.of(String(object['apiVersion']), String(object['kind']))?.namespaced ?? true;
}

function pathOf(object: JsonObject): string {
  const apiVersion = String(object['apiVersion']);
  const type = kinds.of(apiVersion, String(object['kind']))?.type ?? '';
  const prefix = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const scope = isNamespaced(object) ? `/namespaces/${String((object['metadata'] as JsonObject)['namespace'])}` : '';
  return `${prefix}${scope}/${type.slice(type.indexOf('/') + 1)}`;
}

/** What the server serves, as far as the cases name it. */
const served: readonly ServedType[] = [
  servedType('', 'configmaps', 'ConfigMap', true),
  servedType('', 'namespaces', 'Namespace', false),
  servedType('rbac.authorization.k8s.io', 'clusterroles', 'ClusterRole', false),
];

function servedType(group: string, resource: string, kind: string, namespaced: boolean): ServedType {
  const names = { type: typeName(group, resource), group, resource, singular: '', kind, namespaced, shortNames: [] };
  const versions = [{ version: 'v1', kind, verbs: ['create'], subresources: [] }];
  return { ...names, versions, heldVersion: apiVersionOf(group, 'v1'), heldAs: null };
}

/** `admitted`, or why not: the policy's message, or that it could not be evaluated. */
type Answer = 'admitted' | 'not evaluated' | { readonly denied: string };

async function theirs(one: ConformanceCase, object: JsonObject): Promise<Answer> {
  const body = placed(object, nameOf(one));
  try {
    await admin?.create(`${pathOf(body)}?dryRun=All`, body);
    return 'admitted';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { message } = JSON.parse(error.message.slice(error.message.indexOf('{'))) as { readonly message: string };
    const denied = /denied request: (.*)$/s.exec(message)?.[1];
    if (denied === undefined)
      return /failed to configure|no params found/.test(message) ? 'not evaluated' : { denied: message };
    return /resulted in error|no params found|failed to/.test(denied) ? 'not evaluated' : { denied };
  }
}

function worldOf(one: ConformanceCase, there: readonly JsonObject[]): World {
  const params = [...(one.params ?? []).map((object) => placed(object)), ...there].map((body) =>
    resourceOf(body, 'cluster'),
  );
  return {
    namespace: () => ({ body: namespaceBody, unknown: null, unseen: [] }),
    list: (_, type, scope) => ({
      items: params.filter((param) => param.type === type && (scope === null || param.scope === scope)),
    }),
    has: () => false,
    typeOfKind: (_, apiVersion, kind) => kinds.of(apiVersion, kind),
    served: () => served,
  };
}

function ours(one: ConformanceCase, object: JsonObject, there: readonly JsonObject[]): Answer {
  const parts = [policyOf(one), bindingOf(one)].flatMap((body) =>
    readPolicyDocument({ source: 'cluster', origin: 'cluster', body, place: null }),
  );
  const { guardrails, problems } = guardrailsOf(parts, () => newestDialect);
  expect([...problems, ...guardrails.flatMap((guardrail) => guardrail.problems)]).toEqual([]);
  const verdicts = evaluateResource(
    resourceOf(placed(object, nameOf(one)), 'cluster'),
    guardrails,
    worldOf(one, there),
  );
  if (verdicts.some(({ outcome }) => outcome === 'unknown')) throw new Error(`unknown: ${verdicts[0]?.reason ?? ''}`);
  const actions = (one.binding?.['validationActions'] as readonly string[] | undefined) ?? ['Deny'];
  if (!actions.includes('Deny')) return 'admitted';
  const failed = verdicts.find(({ outcome }) => outcome === 'fail');
  if (failed !== undefined) return { denied: failed.violations[0]?.message ?? '' };
  return verdicts.some(({ outcome }) => outcome === 'error') ? 'not evaluated' : 'admitted';
}

describe.skipIf(admin === undefined)('a real API server, asked to admit each object in a dry run', () => {
  const there: JsonObject[] = [];
  beforeAll(async () => {
    namespace = (await cluster?.namespace(run, { tier: 'web' })) ?? '';
    namespaceBody = (await admin?.get(`/api/v1/namespaces/${namespace}`)) ?? {};
    there.push((await admin?.get('/apis/rbac.authorization.k8s.io/v1/clusterroles/system:discovery')) ?? {});
    for (const one of all) {
      for (const object of one.params ?? []) await admin?.create(pathOf(placed(object)), placed(object));
      await admin?.create(`${admission}/validatingadmissionpolicies`, policyOf(one));
      await admin?.create(`${admission}/validatingadmissionpolicybindings`, bindingOf(one));
    }
    const [sent] = canary.objects;
    await vi.waitUntil(async () => sent !== undefined && (await theirs(canary, sent)) !== 'admitted', 20_000);
  }, 60_000);
  afterAll(async () => {
    for (const one of all) {
      await admin?.delete(`${admission}/validatingadmissionpolicybindings/${nameOf(one)}`);
      await admin?.delete(`${admission}/validatingadmissionpolicies/${nameOf(one)}`);
      for (const object of one.params ?? [])
        await admin?.delete(`${pathOf(placed(object))}/${String((object['metadata'] as JsonObject)['name'])}`);
    }
  });

  it.each(conformanceCases.map((one) => [one.name, one] as const))(
    'judges as we do: %s',
    async (_, one) => {
      for (const object of one.objects) {
        const expected = { object, answer: ours(one, object, there) };
        // params reach the server's admission by a watch of their own
        await expect
          .poll(async () => ({ object, answer: await theirs(one, object) }), { timeout: 60_000, interval: 100 })
          .toEqual(expected);
      }
    },
    90_000,
  );
});
