import type { JsonObject } from '../../model/json.ts';

/** One policy, bound once, and the objects that are sent past it. */
export interface ConformanceCase {
  readonly name: string;
  /** The policy's spec; `matchConstraints` is every ConfigMap where left out. */
  readonly policy: JsonObject;
  /** What the binding has besides its policy's name; `validationActions` is Deny where left out. */
  readonly binding?: JsonObject;
  /** Params that are there, in the namespace of the test where they name none. */
  readonly params?: readonly JsonObject[];
  /** Objects without the label that keeps cases apart. */
  readonly objects: readonly JsonObject[];
}

const configMap = (data: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'subject', ...metadata },
  // an empty map is not stored: the API server's types leave it out
  ...(Object.keys(data).length === 0 ? {} : { data }),
});
const three = [configMap({ a: '1' }), configMap({ a: '2', b: 'x' }), configMap({})];
const configMaps = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
const isOne = { expression: "object.data.a == '1'", message: 'a is not one' };
const matching = (constraints: JsonObject): JsonObject => ({ matchConstraints: constraints, validations: [isOne] });
const rules = (...resourceRules: JsonObject[]): JsonObject => matching({ resourceRules });
const validations = (...list: JsonObject[]): JsonObject => ({ validations: list });
const clusterRole = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'subject' },
  rules: [],
};
const labelled = (labels: JsonObject): JsonObject => configMap({ a: '2' }, { labels });
const param = (name: string, max: string, labels: JsonObject = {}): JsonObject => configMap({ max }, { name, labels });
const atMost = {
  paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
  validations: [
    { expression: 'int(object.data.a) <= int(params.data.max)', messageExpression: "'more than ' + params.data.max" },
  ],
};

/** Families of cases, one per corner of the API; each object's answer is asked of the real server. */
export const conformanceCases: readonly ConformanceCase[] = [
  // rules
  { name: 'plain', policy: validations(isOne), objects: three },
  { name: 'group-wildcard', policy: rules({ ...configMaps, apiGroups: ['*'] }), objects: three },
  {
    name: 'all-wildcards',
    policy: rules({ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }),
    objects: [...three, clusterRole],
  },
  { name: 'other-group', policy: rules({ ...configMaps, apiGroups: ['apps'] }), objects: three },
  { name: 'other-version', policy: rules({ ...configMaps, apiVersions: ['v2'] }), objects: three },
  { name: 'other-resource', policy: rules({ ...configMaps, resources: ['secrets'] }), objects: three },
  { name: 'all-with-subresources', policy: rules({ ...configMaps, resources: ['*/*'] }), objects: three },
  { name: 'subresource-alone', policy: rules({ ...configMaps, resources: ['*/scale'] }), objects: three },
  { name: 'own-subresources', policy: rules({ ...configMaps, resources: ['configmaps/*'] }), objects: three },
  { name: 'two-rules', policy: rules({ ...configMaps, resources: ['secrets'] }, configMaps), objects: three },
  {
    name: 'resource-name',
    policy: rules({ ...configMaps, resourceNames: ['subject'] }),
    objects: [...three, configMap({ a: '2' }, { name: 'other' })],
  },
  {
    name: 'resource-name-generated',
    policy: rules({ ...configMaps, resourceNames: ['subject'] }),
    objects: [{ ...configMap({ a: '2' }), metadata: { generateName: 'subject' } }],
  },
  {
    name: 'scope-namespaced',
    policy: rules({ ...configMaps, resources: ['*'], apiGroups: ['*'], apiVersions: ['*'], scope: 'Namespaced' }),
    objects: [...three, clusterRole],
  },
  {
    name: 'scope-cluster',
    policy: rules({ ...configMaps, resources: ['*'], apiGroups: ['*'], apiVersions: ['*'], scope: 'Cluster' }),
    objects: [...three, clusterRole],
  },
  {
    name: 'excluded',
    policy: matching({
      resourceRules: [configMaps],
      excludeResourceRules: [{ ...configMaps, resourceNames: ['other'] }],
    }),
    objects: [...three, configMap({ a: '2' }, { name: 'other' })],
  },
  {
    name: 'excluded-all',
    policy: matching({
      resourceRules: [configMaps],
      excludeResourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }],
    }),
    objects: three,
  },
  {
    name: 'binding-rules',
    policy: validations(isOne),
    binding: { matchResources: { resourceRules: [{ ...configMaps, resourceNames: ['other'] }] } },
    objects: [...three, configMap({ a: '2' }, { name: 'other' })],
  },
  {
    name: 'match-exact',
    policy: matching({
      matchPolicy: 'Exact',
      resourceRules: [
        { apiGroups: ['apps'], apiVersions: ['v1beta1'], operations: ['CREATE'], resources: ['deployments'] },
      ],
    }),
    objects: three,
  },
  // selectors
  ...(
    [
      ['in', { matchExpressions: [{ key: 'tier', operator: 'In', values: ['web', 'db'] }] }],
      ['not-in', { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['web'] }] }],
      ['exists', { matchExpressions: [{ key: 'tier', operator: 'Exists' }] }],
      ['missing', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }],
      ['both', { matchLabels: { tier: 'web' }, matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }],
      ['empty', {}],
    ] as const
  ).flatMap(([name, selector]): readonly ConformanceCase[] => [
    {
      name: `objects-${name}`,
      policy: matching({ resourceRules: [configMaps], objectSelector: selector }),
      objects: [labelled({ tier: 'web' }), labelled({ tier: 'db', x: '' }), labelled({ tier: '' }), labelled({})],
    },
    {
      name: `namespaces-${name}`,
      policy: matching({ resourceRules: [configMaps], namespaceSelector: selector }),
      objects: three,
    },
  ]),
  {
    name: 'namespace-name',
    policy: matching({
      resourceRules: [configMaps],
      namespaceSelector: {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] }],
      },
    }),
    objects: three,
  },
  {
    name: 'namespace-selector-cluster-scoped',
    policy: {
      matchConstraints: {
        resourceRules: [{ ...configMaps, apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'] }],
        namespaceSelector: { matchLabels: { no: 'such' } },
      },
      validations: [{ expression: 'size(object.rules) > 0' }],
    },
    objects: [clusterRole],
  },
  {
    name: 'namespaces-themselves',
    policy: {
      matchConstraints: {
        resourceRules: [{ ...configMaps, resources: ['namespaces'] }],
        namespaceSelector: { matchLabels: { own: 'yes' } },
      },
      validations: [{ expression: 'false', message: 'no' }],
    },
    objects: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'conformance-own', labels: { own: 'yes' } } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'conformance-other' } },
    ],
  },
  // conditions
  {
    name: 'condition',
    policy: { matchConditions: [{ name: 'has-b', expression: 'has(object.data.b)' }], ...validations(isOne) },
    objects: three,
  },
  {
    name: 'condition-error',
    policy: { matchConditions: [{ name: 'b-is-x', expression: "object.data.b == 'x'" }], ...validations(isOne) },
    objects: three,
  },
  {
    name: 'condition-error-ignored',
    policy: {
      failurePolicy: 'Ignore',
      matchConditions: [{ name: 'b-is-x', expression: "object.data.b == 'x'" }],
      ...validations(isOne),
    },
    objects: three,
  },
  {
    name: 'condition-false-beside-error',
    policy: {
      matchConditions: [
        { name: 'b-is-x', expression: "object.data.b == 'x'" },
        { name: 'never', expression: "object.metadata.name == 'nobody'" },
      ],
      ...validations(isOne),
    },
    objects: three,
  },
  {
    name: 'condition-namespace-object',
    policy: { matchConditions: [{ name: 'null', expression: 'namespaceObject == null' }], ...validations(isOne) },
    objects: three,
  },
  // variables
  {
    name: 'variables',
    policy: {
      variables: [
        { name: 'a', expression: "object.data[?'a'].orValue('none')" },
        { name: 'twice', expression: 'variables.a + variables.a' },
      ],
      validations: [{ expression: "variables.twice == '11'", messageExpression: "'twice is ' + variables.twice" }],
    },
    objects: three,
  },
  {
    name: 'variable-error-unused',
    policy: {
      variables: [{ name: 'broken', expression: 'object.data.b' }],
      validations: [{ expression: "object.metadata.name == 'subject' || variables.broken == 'x'" }],
    },
    objects: three,
  },
  {
    name: 'variable-error-used',
    policy: {
      variables: [{ name: 'broken', expression: 'object.data.b' }],
      validations: [{ expression: "variables.broken == 'x'", message: 'b is not x' }],
    },
    objects: three,
  },
  {
    name: 'variable-error-absorbed',
    policy: {
      variables: [{ name: 'broken', expression: 'object.data.b == "x"' }],
      validations: [{ expression: "variables.broken || object.data.a == '1'", message: 'neither' }],
    },
    objects: three,
  },
  {
    name: 'variable-error-twice',
    policy: {
      variables: [{ name: 'a', expression: 'int(object.data.a)' }],
      validations: [{ expression: 'variables.a > 0' }, { expression: 'variables.a < 2', message: 'too many' }],
    },
    objects: three,
  },
  // validations and messages
  {
    name: 'several',
    policy: validations(isOne, { expression: '!has(object.data.b)', message: 'b is there' }),
    objects: three,
  },
  {
    name: 'no-message',
    policy: validations({ expression: "has(object.data.a) && object.data.a == '1'" }),
    objects: three,
  },
  {
    name: 'message-lines',
    policy: validations({ expression: 'has(object.data.b)', message: '  spaced  ' }),
    objects: three,
  },
  {
    name: 'expression-lines',
    policy: validations({ expression: '\n  has(object.data.b) ||\n  false\n', message: 'no b' }),
    objects: three,
  },
  {
    name: 'message-expression',
    policy: validations({
      expression: 'has(object.data.b)',
      messageExpression: "object.metadata.name + ' of ' + namespaceObject.metadata.name + ' has no b'",
    }),
    objects: three,
  },
  {
    name: 'message-expression-empty',
    policy: validations({ expression: 'has(object.data.b)', message: 'fallback', messageExpression: "''" }),
    objects: three,
  },
  {
    name: 'message-expression-blank',
    policy: validations({ expression: 'has(object.data.b)', message: 'fallback', messageExpression: "'   '" }),
    objects: three,
  },
  {
    name: 'message-expression-lines',
    policy: validations({ expression: 'has(object.data.b)', message: 'fallback', messageExpression: "'a\\nb'" }),
    objects: three,
  },
  {
    name: 'message-expression-trimmed',
    policy: validations({ expression: 'has(object.data.b)', message: 'fallback', messageExpression: "'  a  '" }),
    objects: three,
  },
  {
    name: 'message-expression-error',
    policy: validations({
      expression: 'has(object.data.b)',
      message: 'fallback',
      messageExpression: 'string(object.data.c)',
    }),
    objects: three,
  },
  {
    name: 'message-expression-error-bare',
    policy: validations({ expression: 'has(object.data.b)', messageExpression: 'string(object.data.c)' }),
    objects: three,
  },
  {
    name: 'message-expression-long',
    policy: validations({
      expression: 'has(object.data.b)',
      message: 'fallback',
      messageExpression: `'${'x'.repeat(5121)}'`,
    }),
    objects: three,
  },
  { name: 'error', policy: validations({ expression: "object.data.b == 'x'", message: 'b is not x' }), objects: three },
  {
    name: 'error-ignored',
    policy: { failurePolicy: 'Ignore', ...validations({ expression: "object.data.b == 'x'", message: 'b is not x' }) },
    objects: three,
  },
  {
    name: 'error-ignored-beside-failure',
    policy: {
      failurePolicy: 'Ignore',
      ...validations({ expression: "object.data.b == 'x'" }, { expression: 'false', message: 'never' }),
    },
    objects: three,
  },
  {
    // a validation that fails decides beside one that errs; the server names whichever stands first
    name: 'error-beside-failure',
    policy: validations({ expression: 'false', message: 'never' }, { expression: "object.data.b == 'x'" }),
    objects: three,
  },
  { name: 'failure-ignored', policy: { failurePolicy: 'Ignore', ...validations(isOne) }, objects: three },
  { name: 'reason', policy: validations({ ...isOne, reason: 'Forbidden' }), objects: three },
  {
    name: 'audit-annotation-error',
    policy: { auditAnnotations: [{ key: 'x', valueExpression: 'string(object.data.c)' }], ...validations(isOne) },
    objects: three,
  },
  { name: 'warn-alone', policy: validations(isOne), binding: { validationActions: ['Warn'] }, objects: three },
  // what is at hand
  {
    name: 'request-absent',
    policy: {
      matchConstraints: { resourceRules: [{ ...configMaps, apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }] },
      validations: [
        { expression: 'has(request.name)', message: 'no name' },
        { expression: 'has(request.namespace)', message: 'no namespace' },
        { expression: '!has(request.subResource) && !has(request.requestSubResource)', message: 'a subresource' },
      ],
    },
    objects: [
      ...three,
      clusterRole,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'conformance-request' } },
    ],
  },
  {
    name: 'request',
    policy: validations({
      expression:
        "request.operation == 'CREATE' && request.kind.kind == 'ConfigMap' && request.kind.group == '' && request.kind.version == 'v1' && request.resource.resource == 'configmaps' && request.name == 'subject' && request.namespace == object.metadata.namespace && request.requestKind.kind == 'ConfigMap' && request.requestResource.resource == 'configmaps'",
      message: 'another request',
    }),
    objects: three,
  },
  {
    name: 'old-object',
    policy: validations({ expression: 'oldObject == null', message: 'it is there' }),
    objects: three,
  },
  {
    name: 'namespace-object',
    policy: validations({
      expression:
        "namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == object.metadata.namespace && namespaceObject.metadata.labels.tier == 'web'",
      message: 'another namespace',
    }),
    objects: three,
  },
  {
    name: 'namespace-object-cluster-scoped',
    policy: {
      matchConstraints: {
        resourceRules: [{ ...configMaps, apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'] }],
      },
      validations: [{ expression: 'namespaceObject == null', message: 'a namespace' }],
    },
    objects: [clusterRole],
  },
  // params
  {
    name: 'param',
    policy: atMost,
    binding: { paramRef: { name: 'max-one', parameterNotFoundAction: 'Deny' } },
    params: [param('max-one', '1')],
    objects: three,
  },
  {
    name: 'param-missing-deny',
    policy: atMost,
    binding: { paramRef: { name: 'nowhere', parameterNotFoundAction: 'Deny' } },
    objects: three,
  },
  {
    name: 'param-missing-allow',
    policy: atMost,
    binding: { paramRef: { name: 'nowhere', parameterNotFoundAction: 'Allow' } },
    objects: three,
  },
  {
    name: 'param-missing-deny-ignored',
    policy: { ...atMost, failurePolicy: 'Ignore' },
    binding: { paramRef: { name: 'nowhere', parameterNotFoundAction: 'Deny' } },
    objects: three,
  },
  {
    name: 'param-selector',
    policy: atMost,
    binding: { paramRef: { selector: { matchLabels: { set: 'two' } }, parameterNotFoundAction: 'Deny' } },
    params: [param('set-one', '1', { set: 'two' }), param('set-two', '2', { set: 'two' })],
    objects: three,
  },
  {
    name: 'param-selector-none',
    policy: atMost,
    binding: { paramRef: { selector: { matchLabels: { set: 'nothing' } }, parameterNotFoundAction: 'Deny' } },
    objects: three,
  },
  {
    name: 'param-selector-none-allowed',
    policy: atMost,
    binding: { paramRef: { selector: { matchLabels: { set: 'nothing' } }, parameterNotFoundAction: 'Allow' } },
    objects: three,
  },
  {
    name: 'param-other-namespace',
    policy: atMost,
    binding: { paramRef: { name: 'elsewhere', namespace: 'default', parameterNotFoundAction: 'Deny' } },
    params: [{ ...param('elsewhere', '1'), metadata: { name: 'elsewhere', namespace: 'default' } }],
    objects: three,
  },
  {
    name: 'param-none-in-binding',
    policy: { ...atMost, validations: [{ expression: 'params == null', message: 'params' }] },
    objects: three,
  },
  {
    name: 'param-cluster-scoped',
    policy: {
      paramKind: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' },
      validations: [{ expression: 'size(params.rules) == int(object.data.a)', message: 'another number' }],
    },
    binding: { paramRef: { name: 'system:discovery', parameterNotFoundAction: 'Deny' } },
    objects: three,
  },
  {
    name: 'param-of-cluster-scoped',
    policy: {
      ...atMost,
      matchConstraints: {
        resourceRules: [{ ...configMaps, apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'] }],
      },
    },
    binding: { paramRef: { name: 'max-one', parameterNotFoundAction: 'Deny' } },
    objects: [clusterRole],
  },
  {
    name: 'condition-of-params',
    policy: { ...atMost, matchConditions: [{ name: 'strict', expression: "params.data.max == '1'" }] },
    binding: { paramRef: { name: 'max-lax', parameterNotFoundAction: 'Deny' } },
    params: [param('max-lax', '3')],
    objects: three,
  },
];
