import fc from 'fast-check';
import type { JsonObject } from '../../../model/json.ts';

/** A policy with one binding, and the objects that are sent past it. */
export interface GeneratedCase {
  /** The policy's spec. */
  readonly policy: JsonObject;
  /** What its binding has besides the policy's name, its actions and the label that keeps cases apart. */
  readonly binding: JsonObject;
  readonly objects: readonly JsonObject[];
}

/** Stand for the two namespaces of a run: the first has the label `tier: web`, and the params. */
export const namespaces = { web: 'web', other: 'other' };

/** The params that are there, in the namespace `web`. */
export const params: readonly JsonObject[] = [
  param('p-one', { max: '1' }, { set: 'a' }),
  param('p-two', { max: '2', strict: 'yes' }, { set: 'a' }),
  param('p-odd', { max: 'x' }, { set: 'b' }),
];

function param(name: string, data: JsonObject, labels: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: namespaces.web, labels }, data };
}

/** So many cases, the same for a seed. */
export function generatedCases(seed: number, count: number): readonly GeneratedCase[] {
  return fc.sample(generatedCase, { seed, numRuns: count });
}

const labels = fc.record({ tier: fc.constantFrom('web', 'db'), x: fc.constantFrom('', '1') }, { requiredKeys: [] });
const text = fc.constantFrom('0', '1', '2', 'x', '');
const configMap = fc
  .record({
    name: fc.constantFrom('subject', 'other', 'third'),
    namespace: fc.constantFrom(...Object.values(namespaces)),
    labels,
    data: fc.record({ a: text, b: text, c: text }, { requiredKeys: [] }),
  })
  .map(({ data, ...metadata }): JsonObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }));
const clusterRole = fc.record({ name: fc.constantFrom('subject', 'other'), labels }).map((metadata): JsonObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata,
  rules: [],
}));
const objects = fc.array(fc.oneof({ weight: 6, arbitrary: configMap }, { weight: 1, arbitrary: clusterRole }), {
  minLength: 4,
  maxLength: 8,
});

/** Conditions that hold, do not, and err, each for some of the objects. */
const anywhere = [
  'true',
  "object.data.a == '1'",
  "object.data.?a.orValue('') != '2'",
  'has(object.data.b)',
  "has(object.data) && 'c' in object.data",
  'int(object.data.a) > 0',
  'size(object.data) < 2',
  "object.metadata.name.startsWith('s')",
  "object.metadata.?labels.?tier.orValue('') == 'web'",
  "request.operation == 'CREATE' && request.name != 'third'",
  'has(request.namespace)',
  'oldObject == null',
  "object.kind == 'ConfigMap'",
  '[1, 2, 3].exists(n, string(n) == object.data.b)',
  "object.data.all(key, object.data[key] != 'x')",
];
const inValidations = [
  "namespaceObject.metadata.labels.tier == 'web'",
  'namespaceObject != null',
  "namespaceObject.metadata.?labels.?tier.orValue('none') == 'none'",
];
const ofParams = [
  'params != null',
  'object.data.a == params.data.max',
  'int(object.data.a) <= int(params.data.max)',
  "params.data.?strict.orValue('no') == 'no'",
  'has(params.data.strict) && has(object.data.b)',
];

function condition(leaves: readonly string[]): fc.Arbitrary<string> {
  const leaf = fc.constantFrom(...leaves);
  return fc.oneof(
    { weight: 4, arbitrary: leaf },
    { weight: 2, arbitrary: fc.tuple(leaf, leaf).map(([one, two]) => `(${one}) && (${two})`) },
    { weight: 2, arbitrary: fc.tuple(leaf, leaf).map(([one, two]) => `(${one}) || (${two})`) },
    { weight: 1, arbitrary: leaf.map((one) => `!(${one})`) },
    { weight: 1, arbitrary: fc.tuple(leaf, leaf, leaf).map(([one, two, three]) => `(${one}) ? (${two}) : (${three})`) },
  );
}

const messageExpression = fc.constantFrom(
  "'a is ' + object.data.a",
  "object.metadata.name + ' of ' + string(size(object.?data.orValue({})))",
  'string(int(object.data.b))',
  "''",
  "'  spaced  '",
);

function validation(leaves: readonly string[]): fc.Arbitrary<JsonObject> {
  return fc
    .record(
      {
        expression: condition(leaves),
        message: fc.constantFrom('first', 'second', ' third '),
        messageExpression,
        reason: fc.constantFrom('Forbidden', 'Invalid'),
      },
      { requiredKeys: ['expression'] },
    )
    .map((made): JsonObject => made);
}

/** One time in four: more of what narrows a policy would leave little to judge. */
function sometimes<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: one });
}

const operations = fc.constantFrom(['CREATE'], ['*'], ['UPDATE', 'CREATE'], ['DELETE']);
const rule = fc.record(
  {
    apiGroups: fc.constantFrom([''], ['*'], ['', 'rbac.authorization.k8s.io'], ['apps']),
    apiVersions: fc.constantFrom(['v1'], ['*'], ['v2']),
    resources: fc.constantFrom(['configmaps'], ['configmaps', 'clusterroles'], ['*'], ['*/*'], ['secrets']),
    operations,
    scope: fc.constantFrom('*', 'Namespaced', 'Cluster'),
    resourceNames: fc.constantFrom(['subject'], ['other', 'third']),
  },
  { requiredKeys: ['apiGroups', 'apiVersions', 'resources', 'operations'] },
);
const everything = {
  apiGroups: ['', 'rbac.authorization.k8s.io'],
  apiVersions: ['v1'],
  operations: ['CREATE'],
  resources: ['configmaps', 'clusterroles'],
};
const rules = fc.oneof(
  { weight: 5, arbitrary: fc.constant([everything]) },
  { weight: 2, arbitrary: fc.array(rule, { minLength: 1, maxLength: 2 }) },
);
const selector = fc.oneof(
  labels.map((matchLabels) => ({ matchLabels })),
  fc.constantFrom(
    { matchExpressions: [{ key: 'tier', operator: 'In', values: ['web', 'db'] }] },
    { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['web'] }] },
    { matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
    { matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] },
    {},
  ),
);
const matchConstraints = fc.record({
  resourceRules: rules,
  excludeResourceRules: sometimes(fc.array(rule, { minLength: 1, maxLength: 1 })),
  namespaceSelector: sometimes(selector),
  objectSelector: sometimes(selector),
  matchPolicy: fc.constantFrom('Exact', 'Equivalent'),
});

const paramRef = fc
  .record(
    {
      chosen: fc.oneof(
        fc.constantFrom('p-one', 'p-two', 'p-odd', 'nowhere').map((name) => ({ name })),
        fc.constantFrom('a', 'b', 'none').map((set) => ({ selector: { matchLabels: { set } } })),
      ),
      namespace: fc.constantFrom(...Object.values(namespaces)),
      parameterNotFoundAction: fc.constantFrom('Allow', 'Deny'),
    },
    { requiredKeys: ['chosen', 'parameterNotFoundAction'] },
  )
  .map(({ chosen, ...rest }) => ({ ...chosen, ...rest }));

const failurePolicy = fc.constantFrom('Fail', 'Ignore');

function policyAnd(withParams: boolean): fc.Arbitrary<GeneratedCase> {
  const own = [...anywhere, ...(withParams ? ofParams : [])];
  const leaves = [...own, ...inValidations, 'variables.first', 'variables.second'];
  const variables = fc
    .tuple(condition([...own, ...inValidations]), condition([...own, 'variables.first']))
    .map(([first, second]) => [
      { name: 'first', expression: first },
      { name: 'second', expression: second },
    ]);
  const conditions = fc.array(condition([...own, 'namespaceObject == null']), { maxLength: 2 });
  return fc
    .record({
      failurePolicy,
      matchConstraints,
      conditions,
      variables,
      validations: fc.array(validation(leaves), { minLength: 1, maxLength: 4 }),
      paramRef,
      bound: fc.record({ namespaceSelector: sometimes(selector), resourceRules: sometimes(rules) }),
      objects,
    })
    .map(({ conditions: all, paramRef: ref, bound, objects: sent, ...spec }) => ({
      policy: written({
        ...spec,
        matchConditions: all.map((expression, index) => ({ name: `c${index}`, expression })),
        ...(withParams ? { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } } : {}),
      }),
      binding: written({ ...(withParams ? { paramRef: ref } : {}), matchResources: bound }),
      objects: sent,
    }));
}

/** Without the fields that are undefined. */
function written(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

const generatedCase = fc.oneof(policyAnd(false), policyAnd(true));
