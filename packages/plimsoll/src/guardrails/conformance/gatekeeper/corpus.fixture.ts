import type { Json, JsonObject } from '../../../model/json.ts';

/** A template and a constraint that are held to all objects. */
export interface CorpusCase {
  readonly name: string;
  readonly template: JsonObject;
  readonly constraint: JsonObject;
}

const kind = 'Held';
const engine = 'K8sNativeValidation';
const target = 'admission.k8s.gatekeeper.sh';

function object(apiVersion: string, kind: string, metadata: JsonObject, more: JsonObject = {}): JsonObject {
  return { apiVersion, kind, metadata, ...more };
}

const container = { name: 'c', image: 'registry.example/web:1.2', resources: { limits: { memory: '64Mi' } } };

/** What is judged; the Namespaces among them are those that are known. */
export const objects: readonly JsonObject[] = [
  object('v1', 'Namespace', { name: 'shop', labels: { team: 'a', tier: 'gold' } }),
  object('v1', 'Namespace', { name: 'kube-system' }),
  object(
    'v1',
    'Pod',
    { name: 'web', namespace: 'shop', labels: { app: 'web', tier: 'front' }, annotations: { note: 'x' } },
    { spec: { containers: [container], replicas: 3 } },
  ),
  object('v1', 'Pod', { name: 'bare', namespace: 'kube-system' }),
  object('v1', 'Pod', { name: 'far', namespace: 'unheard-of', labels: { app: 'far' } }, { spec: { containers: [] } }),
  object('v1', 'Pod', { generateName: 'web-', namespace: 'shop' }, { spec: { containers: [container, container] } }),
  object(
    'apps/v1',
    'Deployment',
    { name: 'web', namespace: 'shop', labels: { app: 'web' } },
    { spec: { replicas: 2 } },
  ),
  object('v1', 'Service', { name: 'web-svc', namespace: 'shop' }, { spec: { ports: [{ port: 80 }] } }),
  object('v1', 'Node', { name: 'web', labels: { app: 'web' } }),
  object('rbac.authorization.k8s.io/v1', 'ClusterRole', { name: 'admin' }, { rules: [] }),
  object('example.com/v1', 'Widget', { name: 'w', namespace: 'shop' }, { spec: { size: 1.5, list: [1, 2] } }),
  object('other.example.com/v1beta1', 'Pod', { name: 'a-pod', namespace: 'shop' }),
];

function template(source: JsonObject, schema: JsonObject | null = freeSchema, change: JsonObject = {}): JsonObject {
  const validation = schema === null ? {} : { validation: { openAPIV3Schema: schema } };
  return {
    apiVersion: 'templates.gatekeeper.sh/v1',
    kind: 'ConstraintTemplate',
    metadata: { name: 'held' },
    spec: { crd: { spec: { names: { kind }, ...validation } }, targets: [{ target, code: [{ engine, source }] }] },
    ...change,
  };
}

const freeSchema: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function constraint(spec: JsonObject | null, change: JsonObject = {}): JsonObject {
  const body = { apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind, metadata: { name: 'c' } };
  return { ...body, ...(spec === null ? {} : { spec }), ...change };
}

const always = template({ validations: [{ expression: 'false', message: 'no' }] });

const matches: readonly JsonObject[] = [
  {},
  { kinds: [] },
  { kinds: [{ apiGroups: [''], kinds: ['Pod'] }] },
  { kinds: [{ apiGroups: ['*'], kinds: ['Pod'] }] },
  { kinds: [{ kinds: ['Pod'] }] },
  { kinds: [{ apiGroups: [], kinds: [] }] },
  { kinds: [{ apiGroups: ['apps'] }] },
  { kinds: [{ apiGroups: ['apps', ''], kinds: ['Deployment', 'Service'] }] },
  { kinds: [{ kinds: ['*'] }] },
  {
    kinds: [
      { apiGroups: ['batch'], kinds: ['*'] },
      { apiGroups: ['example.com'], kinds: ['Widget'] },
    ],
  },
  { kinds: [{ kinds: ['pod'] }] },
  { kinds: [{ apiGroups: [''], kinds: ['Namespace'] }] },
  { scope: '*' },
  { scope: 'Cluster' },
  { scope: 'Namespaced' },
  { namespaces: ['shop'] },
  { namespaces: ['sh*'] },
  { namespaces: ['*-system'] },
  { namespaces: ['*ho*'] },
  { namespaces: ['*'] },
  { namespaces: ['**'] },
  { namespaces: ['nope', 'unheard-of'] },
  { namespaces: [''] },
  { excludedNamespaces: ['shop'] },
  { excludedNamespaces: ['*-system', 'un*'] },
  { excludedNamespaces: ['*'] },
  { namespaces: ['*'], excludedNamespaces: ['shop'] },
  { labelSelector: {} },
  { labelSelector: { matchLabels: { app: 'web' } } },
  { labelSelector: { matchLabels: { app: 'web', tier: 'front' } } },
  { labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'far'] }] } },
  { labelSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] } },
  { labelSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } },
  { labelSelector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] } },
  { namespaceSelector: {} },
  { namespaceSelector: { matchLabels: { team: 'a' } } },
  { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] } },
  { namespaceSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['gold'] }] } },
  { name: '' },
  { name: 'web' },
  { name: 'web*' },
  { name: '*web' },
  { name: '*e*' },
  { name: 'web-*' },
  { name: '*-' },
  { name: '*-pod' },
  { source: 'All' },
  { source: 'Original' },
  { source: 'Generated' },
  { kinds: [{ apiGroups: [''], kinds: ['Pod'] }], namespaceSelector: { matchLabels: { team: 'a' } }, name: 'w*' },
  { scope: 'Namespaced', excludedNamespaces: ['kube-*'], labelSelector: { matchLabels: { app: 'web' } } },
];

const typed: JsonObject = {
  type: 'object',
  properties: {
    word: { type: 'string', default: 'w', enum: ['w', 'v'] },
    count: { type: 'integer', minimum: 1, maximum: 3 },
    list: { type: 'array', items: { type: 'object', properties: { on: { type: 'boolean', default: true } } } },
    inner: { type: 'object', default: {}, properties: { deep: { type: 'string', default: 'd' } } },
    later: { type: 'object', properties: { deep: { type: 'string', default: 'd' } } },
    map: { type: 'object', additionalProperties: { type: 'string', pattern: '^[a-z]+$' } },
    either: { 'x-kubernetes-int-or-string': true },
    none: { type: 'string', nullable: true, default: 'n' },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
};
const shown = '"%s".format([variables.params])';
const showing = { validations: [{ expression: 'false', messageExpression: shown }] };

/** What params come to, as the message shows them; refused where they do not fit. */
const params: readonly (JsonObject | null)[] = [
  {},
  { parameters: {} },
  { parameters: { word: 'v', count: 2 } },
  { parameters: { word: 'x' } },
  { parameters: { count: 0 } },
  { parameters: { count: 4 } },
  { parameters: { count: '2' } },
  { parameters: { count: 1.5 } },
  { parameters: { count: 2.0 } },
  { parameters: { list: [{}, { on: false }] } },
  { parameters: { list: [{ off: true }] } },
  { parameters: { list: {} } },
  { parameters: { inner: {} } },
  { parameters: { inner: { deep: 'e' } } },
  { parameters: { later: {} } },
  { parameters: { map: { a: 'b' } } },
  { parameters: { map: { a: 'B' } } },
  { parameters: { either: 1 } },
  { parameters: { either: '1' } },
  { parameters: { either: true } },
  { parameters: { none: null } },
  { parameters: { word: null } },
  { parameters: { free: { a: [1, 'x', null] } } },
  { parameters: { unknown: 1 } },
  { parameters: [] },
  { parameters: 'text' },
  null,
];

const schemas: readonly (readonly [string, JsonObject | null, JsonObject | null])[] = [
  ['none', null, {}],
  ['none, and parameters', null, { parameters: {} }],
  [
    'required and there',
    { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
    { parameters: { a: '' } },
  ],
  [
    'required and not there',
    { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
    { parameters: {} },
  ],
  [
    'a default for what is required',
    { type: 'object', properties: { a: { type: 'string', default: 'x' } }, required: ['a'] },
    { parameters: {} },
  ],
  [
    'a default of the whole',
    { type: 'object', default: { a: 'x' }, properties: { a: { type: 'string' }, b: { type: 'string', default: 'y' } } },
    {},
  ],
  ['a default of the whole, without a spec', { type: 'object', default: {}, properties: {} }, null],
  [
    'lengths',
    { type: 'object', properties: { a: { type: 'string', minLength: 2, maxLength: 3 } } },
    { parameters: { a: 'abcd' } },
  ],
  [
    'numbers of items',
    { type: 'object', properties: { a: { type: 'array', maxItems: 1, items: { type: 'integer' } } } },
    { parameters: { a: [1, 2] } },
  ],
  [
    'numbers of fields',
    { type: 'object', minProperties: 1, properties: { a: { type: 'string' } } },
    { parameters: {} },
  ],
  ['multiples', { type: 'object', properties: { a: { type: 'integer', multipleOf: 2 } } }, { parameters: { a: 3 } }],
  [
    'bounds that are out',
    { type: 'object', properties: { a: { type: 'integer', minimum: 1, exclusiveMinimum: true } } },
    { parameters: { a: 1 } },
  ],
  [
    'any of',
    { type: 'object', properties: { a: { type: 'string', anyOf: [{ minLength: 3 }, { enum: ['b'] }] } } },
    { parameters: { a: 'a' } },
  ],
  [
    'one of',
    { type: 'object', properties: { a: { type: 'string', oneOf: [{ minLength: 1 }, { enum: ['a'] }] } } },
    { parameters: { a: 'a' } },
  ],
  [
    'all of',
    { type: 'object', properties: { a: { type: 'string', allOf: [{ minLength: 1 }, { maxLength: 1 }] } } },
    { parameters: { a: 'a' } },
  ],
  ['not', { type: 'object', properties: { a: { type: 'string', not: { enum: ['a'] } } } }, { parameters: { a: 'a' } }],
  ['no type', { properties: { a: { type: 'string' } } }, {}],
  ['no type of a field', { type: 'object', properties: { a: {} } }, {}],
  ['a list of what', { type: 'object', properties: { a: { type: 'array' } } }, {}],
  ['a type that is none', { type: 'object', properties: { a: { type: 'text' } } }, {}],
  ['a default that does not fit', { type: 'object', properties: { a: { type: 'string', default: 1 } } }, {}],
  [
    'both kinds of properties',
    { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } },
    {},
  ],
  ['a pattern that is none', { type: 'object', properties: { a: { type: 'string', pattern: '(' } } }, {}],
];

const old = (version: string, legacySchema?: boolean): JsonObject => ({
  apiVersion: `templates.gatekeeper.sh/${version}`,
  spec: {
    crd: { spec: { names: { kind }, ...(legacySchema === undefined ? {} : { validation: { legacySchema } }) } },
    targets: [{ target, code: [{ engine, source: showing }] }],
  },
});

const fail = { expression: 'false', message: 'no' };
const broken = { expression: 'object.spec.missing.deep == 1', message: 'broken' };
const pass = { expression: 'true' };

/** Sources of the engine, and the parameters that they are judged with. */
const sources: readonly (readonly [string, JsonObject, Json?])[] = [
  ['one that holds', { validations: [pass] }],
  ['two that do not hold', { validations: [fail, { expression: '1 == 2', message: 'never' }] }],
  ['no message', { validations: [{ expression: ' 1 == 2 ' }] }],
  ['an empty message', { validations: [{ expression: '1 == 2', message: '  ' }] }],
  ['a message of lines', { validations: [{ expression: 'false', message: 'one\ntwo' }] }],
  ['a message expression', { validations: [{ ...fail, messageExpression: '"is " + object.kind' }] }],
  ['a message expression that may be no string', { validations: [{ ...fail, messageExpression: 'object.kind' }] }],
  [
    'a message expression of a sum',
    { validations: [{ ...fail, messageExpression: 'object.kind + object.metadata.name' }] },
  ],
  [
    'a message expression of what is made a string',
    { validations: [{ ...fail, messageExpression: 'string(object.kind)' }] },
  ],
  ['a choice of truths', { validations: [{ expression: 'has(object.spec) ? object.spec.on : true' }] }],
  [
    'a condition that may be no truth',
    { matchCondition: [{ name: 'a', expression: 'object.on' }], validations: [fail] },
  ],
  ['params of truth', { validations: [{ expression: 'variables.params.on' }] }, { on: true }],
  [
    'a variable of truth',
    { variables: [{ name: 'a', expression: 'object.on' }], validations: [{ expression: 'variables.a' }] },
  ],
  ['a message expression that fails', { validations: [{ ...fail, messageExpression: 'object.spec.missing' }] }],
  ['a message expression that is empty', { validations: [{ ...fail, messageExpression: '"  "' }] }],
  ['a message expression with a line break', { validations: [{ ...fail, messageExpression: '"a\\nb"' }] }],
  [
    'a message expression that is too long',
    {
      validations: [
        {
          ...fail,
          messageExpression:
            '"0123456789".replace("", "0123456789012345678901234567890123456789").replace("", "0123456789")',
        },
      ],
    },
  ],
  ['an error', { validations: [broken] }],
  ['an error, ignored', { validations: [broken], failurePolicy: 'Ignore' }],
  ['an error beside a violation', { validations: [broken, fail] }],
  ['an error beside a violation, ignored', { validations: [broken, fail], failurePolicy: 'Ignore' }],
  ['two errors', { validations: [broken, { expression: 'object.status.x == 1' }] }],
  ['anyObject', { validations: [{ expression: "variables.anyObject.kind != 'Pod'" }] }],
  ['oldObject', { validations: [{ expression: 'oldObject == null' }] }],
  [
    'the namespace',
    { validations: [{ expression: "namespaceObject == null || namespaceObject.metadata.name != 'shop'" }] },
  ],
  ["the namespace's labels", { validations: [{ expression: "namespaceObject.metadata.labels.team == 'a'" }] }],
  ['the operation', { validations: [{ expression: "request.operation == 'CREATE'" }] }],
  [
    'the kind of the request',
    { validations: [{ expression: "request.kind.kind != 'Pod' || request.kind.group != ''" }] },
  ],
  ['the name of the request', { validations: [{ expression: "request.name != 'web'" }] }],
  [
    'variables',
    {
      variables: [
        { name: 'a', expression: 'has(object.metadata.labels)' },
        { name: 'b', expression: '!variables.a' },
      ],
      validations: [{ expression: 'variables.b' }],
    },
  ],
  [
    'a variable that fails and is not read',
    { variables: [{ name: 'a', expression: 'object.spec.missing.deep == 1' }], validations: [pass] },
  ],
  [
    'a variable that fails',
    {
      variables: [{ name: 'a', expression: 'object.spec.missing.deep == 1' }],
      validations: [{ expression: 'variables.a' }],
    },
  ],
  [
    'a variable that reads the constraint',
    {
      variables: [{ name: 'a', expression: 'params.metadata.name' }],
      validations: [{ expression: "variables.a != 'c'" }],
    },
  ],
  [
    'a variable that reads the action',
    {
      variables: [{ name: 'a', expression: 'params.spec.enforcementAction' }],
      validations: [{ expression: "variables.a == 'deny'" }],
    },
  ],
  ['params that are not given', { validations: [{ expression: 'variables.params == null' }] }],
  [
    'params',
    { validations: [{ expression: 'object.metadata.name in variables.params.names' }] },
    { names: ['web', 'c'] },
  ],
  [
    'params in a message',
    { validations: [{ ...fail, messageExpression: 'variables.params.names.join("+")' }] },
    { names: ['web', 'c'] },
  ],
  ['a condition that holds', { matchCondition: [{ name: 'a', expression: 'true' }], validations: [fail] }],
  [
    'a condition that does not',
    { matchCondition: [{ name: 'a', expression: "object.kind == 'Pod'" }], validations: [fail] },
  ],
  [
    'a condition that fails',
    { matchCondition: [{ name: 'a', expression: 'object.spec.missing.deep == 1' }], validations: [fail, fail] },
  ],
  [
    'a condition that fails, ignored',
    {
      matchCondition: [{ name: 'a', expression: 'object.spec.missing.deep == 1' }],
      validations: [fail],
      failurePolicy: 'Ignore',
    },
  ],
  [
    'a condition that fails beside one that does not hold',
    {
      matchCondition: [
        { name: 'a', expression: 'object.spec.missing.deep == 1' },
        { name: 'b', expression: 'false' },
      ],
      validations: [fail],
    },
  ],
  [
    'a condition that reads variables',
    {
      variables: [{ name: 'a', expression: "object.kind == 'Pod'" }],
      matchCondition: [{ name: 'a', expression: 'variables.a' }],
      validations: [fail],
    },
  ],
  [
    'a condition that reads params',
    {
      matchCondition: [{ name: 'a', expression: 'object.metadata.name in variables.params.names' }],
      validations: [fail],
    },
    { names: ['web'] },
  ],
  [
    'a condition that reads the namespace',
    { matchCondition: [{ name: 'a', expression: 'namespaceObject == null' }], validations: [fail] },
  ],
  [
    'a variable of the namespace in a condition and a validation',
    {
      variables: [{ name: 'n', expression: 'namespaceObject == null' }],
      matchCondition: [{ name: 'a', expression: 'variables.n' }],
      validations: [{ expression: 'variables.n' }],
    },
  ],
  ['optionals', { validations: [{ expression: "object.metadata.?labels[?'app'].orValue('') != 'web'" }] }],
  [
    'quantities',
    {
      validations: [
        {
          expression:
            "!has(object.spec) || object.spec.?containers.orValue([]).all(c, quantity(c.?resources.?limits.?memory.orValue('1Gi')).isLessThan(quantity('65Mi')))",
        },
      ],
    },
  ],
  [
    'regular expressions',
    {
      validations: [
        { expression: "object.spec.containers.all(c, c.image.matches('^registry\\\\.example/[a-z]+:[0-9.]+$'))" },
      ],
    },
  ],
  ['find and split', { validations: [{ expression: "object.metadata.name.find('[a-z]+').split('e').size() == 1" }] }],
  [
    'two-variable comprehensions',
    { validations: [{ expression: "object.metadata.?labels.orValue({}).all(k, v, v != 'web')" }] },
  ],
  [
    'sets and lists',
    { validations: [{ expression: "sets.contains(['Pod', 'Node'], [object.kind]) && lists.range(3).sum() == 3" }] },
  ],
  [
    'formats',
    {
      validations: [{ expression: "!format.dns1123Label().validate(object.metadata.?name.orValue('x_')).hasValue()" }],
    },
  ],
  ['semver', { validations: [{ expression: "isSemver(object.metadata.?name.orValue('1.0.0'))" }] }],
  ['numbers', { validations: [{ expression: 'object.spec.size > 1.0 && object.spec.list[0] == 1' }] }],
  ['an expression that is no boolean', { validations: [{ expression: 'object.kind' }] }],
  [
    'an expression that costs too much',
    {
      validations: [
        {
          expression:
            'variables.params.l.all(a, variables.params.l.all(b, variables.params.l.all(c, variables.params.l.all(d, a + b + c + d >= 0))))',
        },
      ],
    },
    { l: Array.from({ length: 60 }, (_, index) => index) },
  ],
  ['a validation that reads the constraint', { validations: [{ expression: 'has(params.spec)' }] }],
  ['an expression that does not compile', { validations: [{ expression: 'object.' }] }],
  ['a function that there is not', { validations: [{ expression: 'nope(object)' }] }],
  ['a reserved variable', { variables: [{ name: 'anyObject', expression: '1' }], validations: [pass] }],
  ['a reserved prefix', { variables: [{ name: 'gatekeeper_internal_a', expression: '1' }], validations: [pass] }],
  ['a failure policy that is none', { validations: [pass], failurePolicy: 'Maybe' }],
];

const documents: readonly (readonly [string, JsonObject, JsonObject])[] = [
  ['a name that is not the kind', template(showing, null, { metadata: { name: 'other' } }), constraint({})],
  [
    'another target',
    {
      ...always,
      spec: { ...(always['spec'] as JsonObject), targets: [{ target: 'x', code: [{ engine, source: showing }] }] },
    },
    constraint({}),
  ],
  ['no target', { ...always, spec: { ...(always['spec'] as JsonObject), targets: [] } }, constraint({})],
  ['another kind', always, constraint({}, { kind: 'Other' })],
  ['another spelling of the kind', always, constraint({}, { kind: 'HELD' })],
  ['another version of the constraint', always, constraint({}, { apiVersion: 'constraints.gatekeeper.sh/v1alpha1' })],
  [
    'a version of the constraint that there is not',
    always,
    constraint({}, { apiVersion: 'constraints.gatekeeper.sh/v1' }),
  ],
  ['a long name', always, constraint({}, { metadata: { name: 'a'.repeat(64) } })],
  ['an unknown field of the spec', always, constraint({ extra: 1 })],
  ['an unknown field of match', always, constraint({ match: { kind: [] } })],
  ['a match of another type', always, constraint({ match: { kinds: {} } })],
  ['a glob in the middle', always, constraint({ match: { namespaces: ['a*b'] } })],
  ['a glob in capitals', always, constraint({ match: { name: 'Web' } })],
  ['a source that is none', always, constraint({ match: { source: 'Copied' } })],
  [
    'a selector without values',
    always,
    constraint({ match: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } } }),
  ],
  [
    'an operator that is none',
    always,
    constraint({ match: { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Is', values: ['b'] }] } } }),
  ],
  ['dryrun', always, constraint({ enforcementAction: 'dryrun' })],
  ['warn', always, constraint({ enforcementAction: 'warn' })],
  [
    'scoped to gator',
    always,
    constraint({
      enforcementAction: 'scoped',
      scopedEnforcementActions: [{ action: 'deny', enforcementPoints: [{ name: 'gator.gatekeeper.sh' }] }],
    }),
  ],
  [
    'scoped to all',
    always,
    constraint({
      enforcementAction: 'scoped',
      scopedEnforcementActions: [{ action: 'warn', enforcementPoints: [{ name: '*' }] }],
    }),
  ],
  ['scoped without actions', always, constraint({ enforcementAction: 'scoped' })],
  [
    'v1beta1, with what it does not name',
    template(showing, null, old('v1beta1')),
    constraint({ parameters: { a: [1] } }),
  ],
  [
    'v1alpha1, with what it does not name',
    template(showing, null, old('v1alpha1')),
    constraint({ parameters: { a: [1] } }),
  ],
  [
    'v1beta1 without legacy schema',
    template(showing, null, old('v1beta1', false)),
    constraint({ parameters: { a: [1] } }),
  ],
  ['v1 with legacy schema', template(showing, null, old('v1', true)), constraint({ parameters: { a: [1] } })],
];

/** Every case, each with a name of its own. */
export const corpus: readonly CorpusCase[] = [
  ...matches.map((match) => ({
    name: `match ${JSON.stringify(match)}`,
    template: always,
    constraint: constraint({ match }),
  })),
  ...params.map((spec) => ({
    name: `params ${JSON.stringify(spec)}`,
    template: template(showing, typed),
    constraint: constraint(spec),
  })),
  ...schemas.map(([name, schema, spec]) => ({
    name: `schema: ${name}`,
    template: template(showing, schema),
    constraint: constraint(spec),
  })),
  ...sources.map(([name, source, parameters]) => ({
    name: `source: ${name}`,
    template: template(source),
    constraint: constraint(parameters === undefined ? {} : { parameters }),
  })),
  ...documents.map(([name, template, constraint]) => ({ name: `document: ${name}`, template, constraint })),
];
