import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { resourceWith } from '../../inventory/store-contract.ts';
import type { Store } from '../../inventory/store.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { Verdict } from '../../model/verdict.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { namespaceByName } from '../namespace-view.ts';
import { type Guardrail, guardrailsOf } from '../policy-set.ts';
import type { World } from '../world.ts';
import { newestDialect } from './dialect.ts';
import { Evaluator, evaluateResource } from './evaluator.ts';
import { glanceAt } from './glance-at.fixture.ts';

let store: Store;
let seq = 0;
beforeAll(() => {
  store = openSqliteStore(':memory:');
});
afterAll(async () => await store.close());

const world: World = {
  namespace: (_, name) => namespaceByName(name, 'it is not in the inventory'),
  list: () => ({ items: [] }),
  has: ({ name }) => name === 'known',
  typeOfKind: () => null,
  served: () => null,
};

const scalar = fc.constantFrom<Json>(null, 1, 2, 'x', true);
const tree = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('node'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('node'), { maxKeys: 3 }),
  ),
})).node;
const labels = fc.dictionary(fc.constantFrom('a', 'app'), fc.constantFrom('x', 'y'), { maxKeys: 2 });
const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'known', controller: true };
const metadata = fc.record(
  { name: fc.constant('web'), labels, ownerReferences: fc.constantFrom<Json>([], [owner]) },
  { requiredKeys: [] },
);
const pod = fc.record({ metadata, spec: tree, a: tree }, { requiredKeys: ['metadata'] });
const podResource = pod.map((body) => resourceWith({ body }));
const setResource = fc
  .record({ metadata, spec: fc.oneof(fc.record({ template: pod }), tree) })
  .map((body) => resourceWith({ type: 'apps/replicasets', apiVersion: 'apps/v1', kind: 'ReplicaSet', body }));
const unseen = fc.subarray(['spec', 'metadata.labels', 'metadata.labels.app', 'a.b', 'spec.template.spec.a', 'status']);
const resource: fc.Arbitrary<Resource> = fc
  .tuple(fc.oneof(podResource, setResource), unseen)
  .map(([one, hidden]) => ({ ...one, unseen: hidden }));

const chain = fc
  .tuple(
    fc.constantFrom('object', 'v', 'variables.first', 'variables.second', 'request', 'namespaceObject'),
    fc.array(fc.constantFrom('.spec', '.metadata', '.a', '.?b', '[0]', "['a']", '.labels'), { maxLength: 3 }),
  )
  .map(([root, steps]) => `dyn(dyn(${root})${steps.join('')})`);
/** A member that may be missing without an error: what was not read looks the same. */
const optional = fc
  .tuple(
    fc.constantFrom('', '!'),
    fc.constantFrom('object', 'variables.first', 'variables.second'),
    fc.constantFrom('.?spec', '.?metadata', '.?a', '[?0]'),
    fc.constantFrom('.?a', '.?labels', '.?b', '.?name', ''),
  )
  .map(([not, root, ...steps]) => `${not}optional.of(dyn(${root}))${steps.join('')}.hasValue()`);
const condition = fc.letrec<{ value: string; test: string; list: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    chain,
    fc.tuple(tie('test'), tie('value'), tie('value')).map(([t, a, b]) => `(${t} ? dyn(${a}) : dyn(${b}))`),
    tie('value').map((a) => `dyn({'a': ${a}}).a`),
  ),
  test: fc.oneof(
    { maxDepth: 3 },
    fc.tuple(chain, fc.constantFrom('1', "'x'")).map(([a, b]) => `${a} == dyn(${b})`),
    fc.tuple(tie('value'), tie('value')).map(([a, b]) => `dyn(${a}) != dyn(${b})`),
    fc
      .tuple(fc.constantFrom('', '!'), chain, fc.constantFrom('a', 'spec'))
      .map(([not, a, b]) => `${not}has(${a}.${b})`),
    optional,
    fc.tuple(tie('list'), fc.constantFrom('all', 'exists'), tie('test')).map(([l, m, t]) => `${l}.${m}(v, ${t})`),
    fc.tuple(tie('test'), fc.constantFrom('||', '&&'), tie('test')).map((parts) => `(${parts.join(' ')})`),
    fc.constantFrom('true', 'false', "request.name == 'web'", "dyn(request).userInfo.username == 'x'"),
  ),
  list: fc.oneof(
    { maxDepth: 2 },
    chain,
    fc.tuple(tie('list'), tie('test')).map(([l, t]) => `${l}.filter(v, ${t})`),
    tie('value').map((a) => `dyn([dyn(${a})])`),
  ),
})).test;
const expression = fc.oneof(
  fc.constantFrom('true', 'false'),
  optional,
  fc
    .tuple(fc.constantFrom('1', 'object.?spec.orValue(1)', 'object'), condition)
    .map(([v, text]) => `[dyn(${v})].exists(v, ${text})`),
);

const withoutVariables = (text: string): string => text.replaceAll(/variables\.\w+/g, 'object');

const selector = fc.constantFrom<JsonObject>({}, { matchLabels: { app: 'x' } });
const resourceRules = [
  { apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['pods', 'replicasets'] },
];
const matching = {
  templates: (selectors: JsonObject) => ({ appliesTo: 'podTemplates', matchConstraints: selectors }),
  resources: (selectors: JsonObject) => ({ matchConstraints: { resourceRules, ...selectors } }),
};
const spec: fc.Arbitrary<JsonObject> = fc
  .record({
    first: expression.map(withoutVariables),
    second: expression.map((text) => text.replaceAll('variables.second', 'variables.first')),
    conditions: fc.array(expression.map(withoutVariables), { maxLength: 2 }),
    validations: fc.array(expression, { minLength: 1, maxLength: 2 }),
    audits: fc.array(
      fc.constantFrom('spec', 'metadata', 'a').map((name) => `has(object.${name}) ? string(object.${name}.b) : ''`),
      { maxLength: 1 },
    ),
    failurePolicy: fc.constantFrom('Fail', 'Ignore'),
    selectors: fc.record({ objectSelector: selector, namespaceSelector: selector }, { requiredKeys: [] }),
    about: fc.constantFrom<keyof typeof matching>('templates', 'resources'),
  })
  .map(({ first, second, conditions, validations, audits, failurePolicy, selectors, about }) => ({
    failurePolicy,
    ...matching[about](selectors),
    matchConditions: conditions.map((text, at) => ({ name: `c${at}`, expression: text })),
    variables: [
      { name: 'first', expression: first },
      { name: 'second', expression: second },
    ],
    validations: validations.map((text) => ({ expression: text })),
    auditAnnotations: audits.map((text) => ({ key: 'k', valueExpression: text })),
  }));

function guardrailOf(of: JsonObject): Guardrail {
  const body = { apiVersion: 'plimsoll.dev/v1', kind: 'Guardrail', metadata: { name: 'g' }, spec: of };
  const parts = readPolicyDocument({ source: 'files', origin: 'files', body, place: null });
  const [guardrail] = guardrailsOf(parts, () => newestDialect).guardrails;
  if (guardrail === undefined || guardrail.problems.length > 0)
    throw new Error(`it does not load: ${JSON.stringify(guardrail?.problems)}`);
  return guardrail;
}

const says = ({ outcome, reason }: Verdict): boolean =>
  outcome !== 'pass' && (outcome !== 'skip' || reason?.startsWith('failurePolicy Ignore') === true);

describe('a glance at what a guardrail reads of a resource', () => {
  test('given any guardrail and any resource, it never overlooks what an evaluation of the whole has to say', async () => {
    await fc.assert(
      fc.asyncProperty(spec, resource, async (of, one) => {
        const guardrail = guardrailOf(of);
        seq += 1;
        const seen = await glanceAt(store, one, new Evaluator([guardrail], world), seq);
        const verdicts = evaluateResource(one, [guardrail], world);
        expect({ verdicts, seen }).toEqual({ verdicts, seen: seen || verdicts.some(says) });
      }),
      { numRuns: 800 },
    );
  });

  test.each<[string, JsonObject]>([
    ['its name', { validations: [{ expression: "request.name == 'web'" }] }],
    [
      'a variable',
      { variables: [{ name: 'x', expression: 'object.a' }], validations: [{ expression: 'variables.x == 1' }] },
    ],
    [
      'a condition that is unknown',
      {
        matchConditions: [{ name: 'c', expression: "dyn(request).userInfo.username == 'x'" }],
        validations: [{ expression: 'object.a == 1' }],
      },
    ],
    [
      'a condition that does not hold, after one that fails',
      {
        matchConditions: [
          { name: 'fails', expression: 'object.missing == 1' },
          { name: 'excludes', expression: 'object.a == 2' },
        ],
        validations: [{ expression: 'false' }],
      },
    ],
    ['nothing', { validations: [{ expression: 'true' }] }],
    ['what is desired', { desired: { metadata: { labels: null }, a: 1 } }],
  ])('given what reads %s and says nothing, it sees nothing', async (_, of) => {
    const one = resourceWith({ body: { metadata: { name: 'web' }, a: 1, b: 2 } });
    seq += 1;
    const guardrail = guardrailOf({ matchConstraints: { resourceRules }, ...of });
    expect(await glanceAt(store, one, new Evaluator([guardrail], world), seq)).toBe(false);
  });

  test('given what is not as it is desired, it sees that', async () => {
    const guardrail = guardrailOf({ matchConstraints: { resourceRules }, desired: { spec: { hostNetwork: null } } });
    seq += 1;
    const one = resourceWith({ body: { spec: { hostNetwork: true } } });
    expect(await glanceAt(store, one, new Evaluator([guardrail], world), seq)).toBe(true);
  });

  test('given what is no object where one is asked for, it leaves the answer to an evaluation', async () => {
    const guardrail = guardrailOf({
      matchConstraints: { resourceRules },
      validations: [{ expression: 'object.a.b == 1' }],
    });
    seq += 1;
    const one = resourceWith({ body: { a: 'text' } });
    expect(await glanceAt(store, one, new Evaluator([guardrail], world), seq)).toBe(true);
  });

  test('given what reads nothing of a template, it sees that there is one', async () => {
    const guardrail = guardrailOf({ appliesTo: 'podTemplates', validations: [{ expression: 'false' }] });
    seq += 1;
    const kind = { type: 'apps/replicasets', apiVersion: 'apps/v1', kind: 'ReplicaSet' };
    const one = resourceWith({ ...kind, body: { spec: { template: { spec: {} } } } });
    expect(await glanceAt(store, one, new Evaluator([guardrail], world), seq)).toBe(true);
  });
});
