import { ApiError, sharedTestCluster } from '@plimsoll/testcluster';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { type JsonObject, member } from '../../model/json.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { emptyWorld } from '../empty-world.ts';
import { evaluateResource } from '../evaluate/evaluator.ts';
import { constraint, template } from '../formats/gatekeeper/gatekeeper.fixture.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { guardrailsOf } from '../policy-set.ts';
import { resourceOf } from '../resource-of.fixture.ts';
import { exportVap } from './vap-export.ts';

function read(...documents: readonly JsonObject[]) {
  const parts = documents.flatMap((body) =>
    readPolicyDocument({ source: 'files', origin: 'files', body, place: null }),
  );
  const { guardrails } = guardrailsOf(parts, () => newestDialect);
  expect(guardrails.flatMap(({ problems }) => problems)).toEqual([]);
  return guardrails;
}

const exported = (...documents: readonly JsonObject[]) => exportVap(read(...documents), Date.now());
const nameOf = (body: JsonObject): string => String(member(body['metadata'], 'name'));

const validatingPolicy = (more: JsonObject = {}, kind = 'ValidatingPolicy'): JsonObject => ({
  apiVersion: 'policies.kyverno.io/v1',
  kind,
  metadata: { name: 'no-host-network', ...(kind === 'ValidatingPolicy' ? {} : { namespace: 'shop' }) },
  spec: {
    validationActions: ['Audit'],
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
    validations: [{ expression: '!object.spec.?hostNetwork.orValue(false)', message: 'host network' }],
    ...more,
  },
});

test('given a ValidatingPolicy of Kyverno’s, then it and its rewritings for controllers, with its actions', () => {
  const { documents, problems } = exported(validatingPolicy());
  expect(problems).toEqual([]);
  expect(documents.map(nameOf)).toEqual(
    ['no-host-network', 'no-host-network.cronjobs', 'no-host-network.defaults'].flatMap((name) => [name, name]),
  );
  expect(documents[1]).toMatchObject({ spec: { policyName: 'no-host-network', validationActions: ['Audit'] } });
  expect(documents[4]).toMatchObject({
    spec: { validations: [{ expression: '!object.spec.template.spec.?hostNetwork.orValue(false)' }] },
  });
});

test('given one that asks what Kyverno alone knows, then it is refused with the reason', () => {
  const validations = [{ expression: "object.spec.containers.all(c, image(c.image).registry() == 'docker.io')" }];
  const { documents, problems } = exported(
    validatingPolicy({ validations, autogen: { podControllers: { controllers: [] } } }),
  );
  expect(documents).toEqual([]);
  expect(problems).toMatchObject([
    { code: 'PLM1340', message: expect.stringContaining("undeclared reference to 'image'") },
  ]);
});

test('given one of a namespace, then it is about that namespace alone', () => {
  const { documents } = exported(validatingPolicy({}, 'NamespacedValidatingPolicy'));
  expect(documents[0]).toMatchObject({
    spec: { matchConditions: [{ expression: 'object.metadata.?namespace.orValue(\'\') == "shop"' }] },
  });
});

test('given a ClusterPolicy of Kyverno’s, then it is refused, since its match is told by Kyverno alone', () => {
  const cel = { expressions: [{ expression: 'false' }] };
  const { documents, problems } = exported({
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name: 'c' },
    spec: { rules: [{ name: 'r', match: { any: [{ resources: { kinds: ['ConfigMap'] } }] }, validate: { cel } }] },
  });
  expect({ documents, problems }).toMatchObject({
    documents: [],
    problems: [{ code: 'PLM1340', message: expect.stringContaining('write it as a ValidatingPolicy') }],
  });
});

test('given constraints of Gatekeeper’s, then a policy for each, with its parameters and its action', () => {
  const { documents, problems } = exported(
    template(),
    constraint({ parameters: { labels: ['app', 'team'] }, enforcementAction: 'dryrun' }),
    constraint(
      { match: { kinds: [{ apiGroups: ['apps'], kinds: ['Deployment', 'Widget'] }], scope: 'Namespaced' } },
      'other',
    ),
  );
  expect(problems).toEqual([]);
  expect(documents.map(nameOf)).toEqual(['labelled.c', 'labelled.c', 'labelled.other', 'labelled.other']);
  expect(documents[0]).toMatchObject({
    spec: {
      variables: [
        { name: 'anyObject', expression: 'object' },
        { name: 'params', expression: 'dyn({"labels": dyn([dyn("app"), dyn("team")])})' },
      ],
    },
  });
  expect(documents[1]).toMatchObject({ spec: { policyName: 'labelled.c', validationActions: ['Audit'] } });
  expect(documents[2]).toMatchObject({
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: ['apps'], resources: ['deployments', 'widgets'], scope: 'Namespaced' }],
      },
    },
  });
});

test('given a constraint that acts on no request, then its policy is not bound', () => {
  const scopedEnforcementActions = [{ action: 'deny', enforcementPoints: [{ name: 'audit.gatekeeper.sh' }] }];
  const { documents, problems } = exported(
    template(),
    constraint({ enforcementAction: 'scoped', scopedEnforcementActions }),
  );
  expect(documents.map(({ kind }) => kind)).toEqual(['ValidatingAdmissionPolicy']);
  expect(problems).toMatchObject([{ code: 'PLM1342', message: expect.stringContaining('is not bound') }]);
});

const cluster = await sharedTestCluster();
const admin = cluster?.admin;
const admission = '/apis/admissionregistration.k8s.io/v1';
const LABEL = 'exported';
const kinds = [{ apiGroups: [''], kinds: ['ConfigMap'] }];

describe.skipIf(admin === undefined)('constraints of Gatekeeper’s, as they are exported, in a real API server', () => {
  const parameters = { labels: ['app'] };
  const run = `gk${Date.now().toString(36)}`;
  let namespace = '';
  const collection = ({ kind }: JsonObject) =>
    `${admission}/validatingadmissionpolic${kind === 'ValidatingAdmissionPolicy' ? 'ies' : 'ybindings'}`;
  const cases = (): ReadonlyMap<string, JsonObject> =>
    new Map<string, JsonObject>([
      [`${run}-all`, { kinds }],
      [`${run}-prefix`, { kinds, namespaces: [`${namespace.slice(0, 6)}*`] }],
      [`${run}-elsewhere`, { kinds, namespaces: ['nowhere', '*-nowhere'] }],
      [`${run}-excluded`, { kinds, excludedNamespaces: [`*${namespace.slice(2)}`] }],
      [`${run}-labels`, { kinds, labelSelector: { matchLabels: { tier: 'web' } } }],
      [`${run}-space`, { kinds, namespaceSelector: { matchLabels: { [LABEL]: run } } }],
      [`${run}-name`, { kinds, name: 'sub*' }],
      [`${run}-scope`, { kinds, scope: 'Cluster' }],
    ]);
  const made: JsonObject[] = [];

  beforeAll(async () => {
    namespace = (await cluster?.namespace(run, { [LABEL]: run })) ?? '';
    for (const [name, match] of cases()) {
      for (const body of exported(template(), constraint({ match, parameters }, name)).documents) {
        const matchResources = { objectSelector: { matchLabels: { [LABEL]: name } } };
        const spec = { ...(body['spec'] as JsonObject), matchResources };
        const sent = body['kind'] === 'ValidatingAdmissionPolicy' ? body : { ...body, spec };
        await admin?.create(collection(sent), sent);
        made.push(sent);
      }
    }
    await vi.waitUntil(async () => (await theirs(configMap(`${run}-scope`, {}))) === 'admitted');
    await vi.waitUntil(async () => (await theirs(configMap(`${run}-name`, {}))) === 'denied', 30_000);
  }, 120_000);
  afterAll(async () => {
    for (const body of made) await admin?.delete(`${collection(body)}/${nameOf(body)}`);
  });

  const configMap = (name: string, labels: JsonObject, called = 'subject'): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: called, namespace, labels: { ...labels, [LABEL]: name } },
  });

  async function theirs(body: JsonObject): Promise<string> {
    try {
      await admin?.create(`/api/v1/namespaces/${namespace}/configmaps?dryRun=All`, body);
      return 'admitted';
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return 'denied';
    }
  }

  it('are enforced as we judge by them', async () => {
    const namespaceBody = (await admin?.get(`/api/v1/namespaces/${namespace}`)) ?? {};
    const world = { ...emptyWorld, namespace: () => ({ body: namespaceBody, unknown: null, unseen: [] }) };
    const answers: string[] = [];
    for (const [name, match] of cases()) {
      const guardrails = read(template(), constraint({ match, parameters }, name));
      for (const object of [
        configMap(name, {}),
        configMap(name, { app: 'x' }),
        configMap(name, { tier: 'web' }),
        configMap(name, { tier: 'web' }, 'other'),
      ]) {
        const [verdict] = evaluateResource(resourceOf(object), guardrails, world);
        const ours = verdict?.outcome === 'fail' ? 'denied' : 'admitted';
        expect({ name, object, answer: await theirs(object) }).toEqual({ name, object, answer: ours });
        answers.push(ours);
      }
    }
    expect(answers.filter((one) => one === 'denied')).toHaveLength(13);
  }, 60_000);
});
