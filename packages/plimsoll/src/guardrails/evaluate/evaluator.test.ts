import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import type { Resource } from '../../model/resource.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { guardrailsOf } from '../policy-set.ts';
import type { Listing, World } from '../world.ts';
import { newestDialect } from './dialect.ts';
import { evaluateResource } from './evaluator.ts';

const kinds = new FileKinds();

function pod(body: JsonObject, name = 'web'): Resource {
  const whole = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, ...body };
  const key = { source: 'files', type: 'core/pods', scope: 'shop', name };
  return { ...key, apiVersion: 'v1', kind: 'Pod', uid: null, version: null, body: whole, unseen: [], place: null };
}

function worldOf(listing: Listing): World {
  return {
    namespace: (_, name) => ({
      body: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      },
      unknown: `namespace ${name} is not among the files`,
      unseen: [],
    }),
    list: () => listing,
    has: () => false,
    typeOfKind: (_, apiVersion, kind) => kinds.of(apiVersion, kind),
    served: () => null,
  };
}

/** One guardrail with this spec. */
function guardrailOf(spec: JsonObject) {
  const matchConstraints = {
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  };
  const body = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Guardrail',
    metadata: { name: 'g' },
    spec: { matchConstraints, ...spec },
  };
  const parts = readPolicyDocument({ source: 'files', origin: 'files', body, place: null });
  const { guardrails } = guardrailsOf(parts, () => newestDialect);
  expect(guardrails.flatMap(({ problems }) => problems)).toEqual([]);
  return guardrails;
}

/** Outcome and reason of one guardrail with this spec on a resource. */
function judge(spec: JsonObject, resource = pod({ spec: {} }), listing: Listing = { items: [] }) {
  const [verdict] = evaluateResource(resource, guardrailOf(spec), worldOf(listing));
  return { outcome: verdict?.outcome ?? 'none', reason: verdict?.reason ?? null };
}

/** The outcome of one policy of a kind, about everything, on a webhook configuration. */
function ofWebhooks(apiVersion: string, kind: string): string {
  const resourceRules = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }];
  const spec = { matchConstraints: { resourceRules }, validations: [{ expression: 'false', message: 'no' }] };
  const body = { apiVersion, kind, metadata: { name: 'g' }, spec };
  const parts = readPolicyDocument({ source: 'files', origin: 'files', body, place: null });
  const { guardrails } = guardrailsOf(parts, () => newestDialect);
  const type = 'admissionregistration.k8s.io/validatingwebhookconfigurations';
  const held = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' };
  const resource = { ...pod({}), ...held, type, scope: null, body: { ...held, metadata: { name: 'web' } } };
  return evaluateResource(resource, guardrails, worldOf({ items: [] }))[0]?.outcome ?? 'none';
}

test("admission's own configuration is judged by Guardrails alone, as the API server exempts it", () => {
  expect(ofWebhooks('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy')).toBe('none');
  expect(ofWebhooks('plimsoll.dev/v1', 'Guardrail')).toBe('fail');
});

const isWeb = { expression: "object.metadata.name == 'web'" };
const asksAuthorizer = "authorizer.group('').resource('pods').check('create').allowed()";

describe('given what is unknown at rest', () => {
  test('when it decides a validation, then the verdict is unknown with its reason', () => {
    for (const expression of [asksAuthorizer, "request.userInfo.username == 'admin'", 'dyn(request).uid == "1"']) {
      const { outcome, reason } = judge({ validations: [{ expression }] });
      expect({ expression, outcome }).toEqual({ expression, outcome: 'unknown' });
      expect(reason).not.toBeNull();
    }
  });

  test('when something else decides, then it is absorbed', () => {
    expect(judge({ validations: [{ expression: `${asksAuthorizer} || ${isWeb.expression}` }] }).outcome).toBe('pass');
    expect(judge({ validations: [{ expression: `${asksAuthorizer} && !(${isWeb.expression})` }] }).outcome).toBe(
      'fail',
    );
  });

  test('when a match condition is unknown, then validations that hold pass, and those that fail are unknown', () => {
    const matchConditions = [{ name: 'asks', expression: asksAuthorizer }];
    expect(judge({ matchConditions, validations: [isWeb] }).outcome).toBe('pass');
    expect(judge({ matchConditions, validations: [{ expression: 'false' }] }).outcome).toBe('unknown');
  });

  test('when a false match condition stands beside an unknown or an error, then it is a skip', () => {
    const never = { name: 'never', expression: 'false' };
    const unknown = { name: 'asks', expression: asksAuthorizer };
    const error = { name: 'errs', expression: 'object.spec.x == 1' };
    expect(judge({ matchConditions: [unknown, error, never], validations: [isWeb] }).outcome).toBe('skip');
  });

  test('when labels of a namespace that is not given are read, then it is unknown; its name is known', () => {
    const labelled = "namespaceObject.metadata.labels[?'tier'].orValue('') != ''";
    expect(judge({ validations: [{ expression: labelled }] }).outcome).toBe('unknown');
    expect(judge({ validations: [{ expression: "namespaceObject.metadata.name == 'shop'" }] }).outcome).toBe('pass');
  });

  test('when a field that was not kept is read, then it is unknown', () => {
    const resource = { ...pod({ spec: {} }), unseen: ['data'] };
    expect(judge({ validations: [{ expression: 'has(object.data)' }] }, resource).outcome).toBe('unknown');
    expect(judge({ validations: [{ expression: 'has(object.spec)' }] }, resource).outcome).toBe('pass');
  });

  test('when one annotation, or a field of one container, was not kept, then that alone is unknown', () => {
    const body = { metadata: { name: 'web', annotations: { b: '2' } }, spec: { containers: [{ name: 'a' }, {}] } };
    const unseen = ['metadata.annotations["x.y/a"]', 'spec.containers[0].env'];
    const told = (expression: string) => judge({ validations: [{ expression }] }, { ...pod(body), unseen }).outcome;
    expect(told("object.metadata.annotations['x.y/a'] == '1'")).toBe('unknown');
    expect(told("object.metadata.annotations['b'] == '2'")).toBe('pass');
    expect(told('!has(object.spec.containers[0].env)')).toBe('unknown');
    expect(told('!has(object.spec.containers[1].env)')).toBe('pass');
    expect(told('object.spec.containers.exists(c, has(c.env))')).toBe('unknown');
  });

  test('when labels that a selector asks for were not kept, then it is unknown; another label decides', () => {
    const labelled = pod({ metadata: { name: 'web', labels: { tier: 'front' } } });
    const resource = { ...labelled, unseen: ['metadata.labels.app'] };
    const selected = (matchLabels: JsonObject, unseen = resource) => {
      const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }];
      const matchConstraints = { resourceRules, objectSelector: { matchLabels } };
      return judge({ matchConstraints, validations: [isWeb] }, unseen).outcome;
    };
    expect(selected({ app: 'web' })).toBe('unknown');
    expect(selected({ tier: 'front' })).toBe('pass');
    expect(selected({ app: 'web', tier: 'back' })).toBe('none');
    expect(selected({ tier: 'front' }, { ...labelled, unseen: ['metadata.labels'] })).toBe('unknown');
  });
});

describe('given an error', () => {
  const errs = { expression: "object.spec.x == 'y'" };

  test('when the failure policy is Fail, then the verdict is an error; when Ignore, a skip with the error as reason', () => {
    expect(judge({ validations: [errs] })).toMatchObject({
      outcome: 'error',
      reason: expect.stringContaining('no such key: x'),
    });
    expect(judge({ failurePolicy: 'Ignore', validations: [errs] })).toMatchObject({
      outcome: 'skip',
      reason: expect.stringContaining('no such key: x'),
    });
  });

  test('when another validation fails, then it is a fail under either policy', () => {
    for (const failurePolicy of ['Fail', 'Ignore']) {
      expect(judge({ failurePolicy, validations: [errs, { expression: 'false' }] }).outcome).toBe('fail');
    }
  });
});

describe("given Kubernetes' cost limits", () => {
  const numbers = (count: number) => `[${Array.from({ length: count }, (_, n) => n).join(',')}]`;
  const loops = `${numbers(100)}.all(a, ${numbers(100)}.all(b, ${numbers(100)}.all(c, a + b + c >= 0)))`;

  test('when an expression exceeds its budget, then it is an error on that object and slows nothing else', () => {
    expect(judge({ validations: [{ expression: loops }] })).toMatchObject({
      outcome: 'error',
      reason: expect.stringContaining('cost'),
    });
    const spared = `object.metadata.name == 'other' || ${loops}`;
    expect(judge({ validations: [{ expression: spared }] }, pod({}, 'other')).outcome).toBe('pass');
  });

  test('when expressions together exceed the budget of a pass, then it is an error', () => {
    const half = `${numbers(100)}.all(a, ${numbers(100)}.all(b, ${numbers(10)}.all(c, a + b + c >= 0)))`;
    const validations = Array.from({ length: 40 }, () => ({ expression: half }));
    expect(judge({ validations: validations.slice(0, 1) }).outcome).toBe('pass');
    expect(judge({ validations })).toMatchObject({ outcome: 'error', reason: expect.stringContaining('cost') });
  });
});

describe('given look-ups', () => {
  const lookups = [{ name: 'policies', type: 'networking.k8s.io/networkpolicies', sameNamespace: true }];
  const validations = [{ expression: 'size(lookups.policies) > 0' }];

  test('when the type is listed, then the expression has the list', () => {
    const policy = { ...pod({}, 'p'), type: 'networking.k8s.io/networkpolicies' };
    expect(judge({ lookups, validations }, undefined, { items: [policy] }).outcome).toBe('pass');
    expect(judge({ lookups, validations }, undefined, { items: [] }).outcome).toBe('fail');
  });

  test('when it cannot be listed, then the verdict is unknown with the reason', () => {
    const forbidden = { unknown: 'networkpolicies is forbidden' };
    expect(judge({ lookups, validations }, undefined, forbidden)).toMatchObject({
      outcome: 'unknown',
      reason: expect.stringContaining('forbidden'),
    });
  });
});

describe('given a guardrail that has judged so many pods that its validations became one function', () => {
  const guardrails = guardrailOf({
    variables: [{ name: 'containers', expression: 'object.spec.containers' }],
    validations: [
      {
        expression: "variables.containers.all(c, c.image.startsWith('shop/'))",
        messageExpression: "'not of the shop'",
      },
      { expression: 'variables.containers.all(c, !c.?securityContext.?privileged.orValue(false))' },
    ],
  });
  const podWith = (...containers: JsonObject[]) => pod({ spec: { containers } });
  const good = podWith({ image: 'shop/web' }, { image: 'shop/db', securityContext: {} });
  const verdictsOn = (resource: Resource) => evaluateResource(resource, guardrails, worldOf({ items: [] }));

  test.each([
    ['pass', good],
    ['fail', podWith({ image: 'shop/web', securityContext: { privileged: true } })],
    ['fail', podWith({ image: 'web', securityContext: { privileged: true } })],
    ['error', podWith({ name: 'web' })],
    ['error', pod({ spec: {} })],
    ['unknown', { ...good, unseen: ['spec.containers[0].image'] }],
  ])('when a pod is to %s, then its verdict is what the first one was', (outcome, resource) => {
    const first = verdictsOn(resource);
    expect(first.map((verdict) => verdict.outcome)).toEqual([outcome]);
    for (let i = 0; i < 600; i += 1) verdictsOn(good);
    expect(verdictsOn(resource)).toEqual(first);
  });
});
