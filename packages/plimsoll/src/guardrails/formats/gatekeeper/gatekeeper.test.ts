import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../model/json.ts';
import type { Resource } from '../../../model/resource.ts';
import {
  config,
  constraint,
  guarded,
  outcomeOf,
  pod,
  problemsOf,
  resource,
  template,
  verdictsOf,
} from './gatekeeper.fixture.ts';

const labelled = pod('shop/a', { labels: { app: 'web', tier: 'front' } });

describe('a template and its constraints', () => {
  test('given two constraints, there is a verdict for each, in whatever order they stand', () => {
    const documents = [constraint({}, 'one'), template(), constraint({ parameters: { labels: ['tier'] } }, 'two')];
    expect(verdictsOf(documents, pod('shop/a', { labels: { app: 'web' } }))).toMatchObject([
      { policy: { kind: 'ConstraintTemplate', name: 'labelled' }, binding: 'one', param: null, outcome: 'pass' },
      { binding: 'two', outcome: 'fail' },
    ]);
  });

  test.each<[string, JsonObject, string]>([
    ['no parameters', constraint(), 'pass'],
    ['empty parameters', constraint({ parameters: {} }), 'pass'],
    ['parameters of its own', constraint({ parameters: { labels: ['owner'] } }), 'fail'],
    ['no spec, so that there is nothing to fill in', { ...constraint(), spec: undefined } as never, 'error'],
  ])('given %s, defaults are filled in where there is something to fill in', (_, of, outcome) => {
    expect(outcomeOf([template(), of], labelled)).toBe(outcome);
  });

  test('given a template that takes no parameters, params is null', () => {
    const documents = [template({ validations: [{ expression: 'variables.params == null' }] }, null), constraint()];
    expect(outcomeOf(documents, labelled)).toBe('pass');
  });

  test('given variables that read the constraint, they see it as Gatekeeper completes it', () => {
    const variables = [{ name: 'said', expression: "params.metadata.name + ' ' + params.spec.enforcementAction" }];
    const validations = [{ expression: 'false', messageExpression: 'variables.said' }];
    expect(verdictsOf([template({ variables, validations }), constraint()], labelled)).toMatchObject([
      { violations: [{ message: 'c deny' }] },
    ]);
  });

  test('given a validation that reads the constraint itself, it does not compile', () => {
    const documents = [template({ validations: [{ expression: 'has(params.spec)' }] }), constraint()];
    expect(problemsOf(documents)[0]).toContain("undeclared reference to 'params'");
  });

  test('given match conditions, they may read variables', () => {
    const matchCondition = [{ name: 'some', expression: "'app' in variables.params.labels" }];
    expect(outcomeOf([template({ matchCondition }), constraint()], pod())).toBe('fail');
    const others = constraint({ parameters: { labels: ['tier'] } });
    expect(outcomeOf([template({ matchCondition }), others], pod())).toBe('skip');
  });

  test('given failurePolicy Ignore, an error is a skip', () => {
    const validations = [{ expression: 'object.spec.nope == 1' }];
    expect(outcomeOf([template({ validations }), constraint()], pod())).toBe('error');
    expect(outcomeOf([template({ validations, failurePolicy: 'Ignore' }), constraint()], pod())).toBe('skip');
  });

  test('given enforcement actions, the binding keeps them, and the verdict is the same', () => {
    const scopedEnforcementActions = [
      { action: 'warn', enforcementPoints: [{ name: 'gator.gatekeeper.sh' }] },
      { action: 'deny', enforcementPoints: [{ name: '*' }] },
    ];
    const documents = [
      template(),
      constraint({ enforcementAction: 'dryrun' }, 'dry'),
      constraint({ enforcementAction: 'scoped', scopedEnforcementActions }, 'scoped'),
      constraint({}, 'plain'),
    ];
    expect(guarded(documents).guardrails[0]?.bindings.map(({ enforcement }) => enforcement)).toEqual([
      [{ action: 'dryrun', points: [] }],
      [
        { action: 'warn', points: ['gator.gatekeeper.sh'] },
        { action: 'deny', points: [] },
      ],
      [{ action: 'deny', points: [] }],
    ]);
    expect(verdictsOf(documents, pod()).map(({ outcome }) => outcome)).toEqual(['fail', 'fail', 'fail']);
  });
});

const namespace = (name: string, labels: JsonObject = {}) =>
  resource('core/namespaces', 'v1', 'Namespace', name, { labels });
const node = resource('core/nodes', 'v1', 'Node', 'n');
const deployment = resource('apps/deployments', 'apps/v1', 'Deployment', 'shop/web');
const unnamed: Resource = { ...pod(), body: { metadata: { generateName: 'web-', namespace: 'shop' } } };
const teamA = { matchLabels: { team: 'a' } };

describe('the ValidatingAdmissionPolicy that Gatekeeper makes of a template', () => {
  const copy: JsonObject = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: {
      name: 'gatekeeper-labelled',
      ownerReferences: [
        {
          apiVersion: 'templates.gatekeeper.sh/v1beta1',
          kind: 'ConstraintTemplate',
          name: 'labelled',
          controller: true,
        },
      ],
    },
    spec: {
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['*'], operations: ['*'], resources: ['pods'] }],
      },
      validations: [{ expression: "'app' in object.metadata.?labels.orValue({})" }],
    },
  };
  const judging = (...documents: JsonObject[]) =>
    verdictsOf(documents, pod()).map(({ policy, outcome }) => `${policy.kind} ${outcome}`);

  test('judges nothing beside it', () => {
    expect(judging(template(), constraint(), copy)).toEqual(['ConstraintTemplate fail']);
  });

  test('judges where its template is not there, or judges nothing', () => {
    expect(judging(copy)).toEqual(['ValidatingAdmissionPolicy fail']);
    expect(judging(template({ validations: [{ expression: '1 +' }] }), constraint(), copy)).toEqual([
      'ValidatingAdmissionPolicy fail',
    ]);
  });
});

describe('what a constraint matches', () => {
  // gatekeeper pkg/mutation/match/match_test.go
  test.each<[string, JsonObject, Resource, string]>([
    ['nothing said', {}, node, 'fail'],
    ['its kind', { kinds: [{ apiGroups: ['apps'], kinds: ['Deployment'] }] }, deployment, 'fail'],
    ['its kind in another group', { kinds: [{ apiGroups: ['batch'], kinds: ['Deployment'] }] }, deployment, 'none'],
    ['its kind in any group', { kinds: [{ kinds: ['Deployment'] }] }, deployment, 'fail'],
    ['any kind of its group', { kinds: [{ apiGroups: ['apps'], kinds: ['*'] }] }, deployment, 'fail'],
    ['the second of two', { kinds: [{ kinds: ['Pod'] }, { apiGroups: ['*'] }] }, deployment, 'fail'],
    ['other kinds', { kinds: [{ apiGroups: [''], kinds: ['Pod', 'Service'] }] }, deployment, 'none'],
    ['scope Namespaced', { scope: 'Namespaced' }, pod(), 'fail'],
    ['scope Namespaced of a Node', { scope: 'Namespaced' }, node, 'none'],
    ['scope Namespaced of a Namespace', { scope: 'Namespaced' }, namespace('shop'), 'none'],
    ['scope Cluster of a Namespace', { scope: 'Cluster' }, namespace('shop'), 'fail'],
    ['scope Cluster of a Pod', { scope: 'Cluster' }, pod(), 'none'],
    ['its namespace', { namespaces: ['shop'] }, pod(), 'fail'],
    ['a glob in front', { namespaces: ['*op'] }, pod(), 'fail'],
    ['a glob at the end', { namespaces: ['sh*'] }, pod(), 'fail'],
    ['a glob on both sides', { namespaces: ['*ho*'] }, pod(), 'fail'],
    ['another glob', { namespaces: ['*-system', 'kube-*'] }, pod(), 'none'],
    ['namespaces of a Node', { namespaces: ['shop'] }, node, 'fail'],
    ['namespaces of a Namespace', { namespaces: ['kube-*'] }, namespace('shop'), 'none'],
    ['an excluded namespace', { excludedNamespaces: ['sh*'] }, pod(), 'none'],
    ['an excluded Namespace', { excludedNamespaces: ['shop'] }, namespace('shop'), 'none'],
    ['excluded namespaces of a Node', { excludedNamespaces: ['*'] }, node, 'fail'],
    [
      'its labels',
      { labelSelector: { matchLabels: { tier: 'back' } } },
      pod('shop/a', { labels: { tier: 'back' } }),
      'fail',
    ],
    ['other labels', { labelSelector: { matchLabels: { tier: 'back' } } }, pod(), 'none'],
    ["its namespace's labels", { namespaceSelector: teamA }, pod(), 'fail'],
    ['other labels of its namespace', { namespaceSelector: { matchLabels: { team: 'b' } } }, pod(), 'none'],
    ['labels of a namespace that is not known', { namespaceSelector: teamA }, pod('lost/a'), 'unknown'],
    ['a namespaceSelector of a Node', { namespaceSelector: teamA }, node, 'fail'],
    ['a namespaceSelector of a Namespace', { namespaceSelector: teamA }, namespace('x', { team: 'a' }), 'fail'],
    ['a namespaceSelector of another Namespace', { namespaceSelector: teamA }, namespace('shop'), 'none'],
    ['its name', { name: 'a' }, pod(), 'fail'],
    ['a glob of its name', { name: '*a*' }, pod('shop/bar'), 'fail'],
    ['another name', { name: 'b' }, pod(), 'none'],
    ['the beginning of a generated name', { name: 'web-*' }, unnamed, 'fail'],
    ['the end of a generated name', { name: '*-x' }, unnamed, 'none'],
    ['source Original', { source: 'Original' }, pod(), 'fail'],
    ['source Generated', { source: 'Generated' }, pod(), 'none'],
  ])('given %s', (_, match, of, outcome) => {
    expect(outcomeOf([template(), constraint({ match })], of)).toBe(outcome);
  });

  // gatekeeper pkg/controller/config/process/excluder_test.go
  test.each<[string, JsonObject, Resource, string]>([
    ['from audit', { processes: ['audit'], excludedNamespaces: ['shop'] }, pod(), 'none'],
    ['from everything, by a glob', { processes: ['*'], excludedNamespaces: ['sh*'] }, pod(), 'none'],
    ['from the webhook alone', { processes: ['webhook'], excludedNamespaces: ['shop'] }, pod(), 'fail'],
    ['another', { processes: ['*'], excludedNamespaces: ['kube-*'] }, pod(), 'fail'],
    ['which is the Namespace itself', { processes: ['*'], excludedNamespaces: ['shop'] }, namespace('shop'), 'none'],
    ['and it is cluster-scoped', { processes: ['*'], excludedNamespaces: ['shop'] }, node, 'fail'],
    ['all, so that what is in none is meant too', { processes: ['*'], excludedNamespaces: ['*'] }, node, 'none'],
  ])("given that Gatekeeper's Config excludes a namespace %s", (_, entry, of, outcome) => {
    expect(outcomeOf([config(entry), template(), constraint()], of)).toBe(outcome);
  });
});

const spec = (change: JsonObject) => ({ ...template(), spec: { ...(template()['spec'] as JsonObject), ...change } });
const targets = (change: JsonObject) => spec({ targets: [{ target: 'admission.k8s.gatekeeper.sh', ...change }] });
const source = (change: JsonObject) => [template(change), constraint()];
const code = 'spec.targets[0].code[0]';

describe('what is wrong with a template or a constraint is told', () => {
  test.each<[string, readonly JsonObject[], string]>([
    ['Rego alone', [targets({ rego: 'package a' }), constraint()], 'PLM1315 spec.targets[0].rego: Rego alone is given'],
    [
      'another engine',
      [targets({ code: [{ engine: 'Cedar', source: {} }] }), constraint()],
      `PLM1315 ${code}.engine: Cedar alone is given`,
    ],
    ['no engine', [targets({}), constraint()], 'PLM1315 spec.targets[0]: no engine is given'],
    ['another target', [targets({ target: 'x', rego: '' }), constraint()], 'PLM1302 spec.targets[0].target: "x"'],
    ['a name that is not its kind', [{ ...template(), metadata: { name: 'other' } }], 'PLM1302 metadata.name: "other"'],
    ['no constraint', [template()], 'PLM1310 policy labelled has no constraint, so it judges nothing'],
    ['no template', [constraint()], 'PLM1309 kind: there is no ConstraintTemplate of kind Labelled'],
    [
      'a misspelt field',
      source({ validation: [] }),
      'PLM1301 spec.targets[0].code[0].source.validation: unknown field; did you mean "validations"?',
    ],
    [
      'matchConditions',
      source({ matchConditions: [] }),
      `${code}.source.matchConditions: unknown field; did you mean "matchCondition"?`,
    ],
    ['no validation', source({ validations: [] }), `PLM1302 ${code}.source.validations: needs at least one validation`],
    [
      'a reserved variable',
      source({ variables: [{ name: 'params', expression: '1' }] }),
      `${code}.source.variables[0].name: "params" is reserved`,
    ],
    [
      'a faulty expression',
      source({ validations: [{ expression: 'object.' }] }),
      `PLM1303 ${code}.source.validations[0].expression: does not compile`,
    ],
    [
      'a schema that is not structural',
      [template({}, { properties: {} }), constraint()],
      'openAPIV3Schema.type: is required',
    ],
    [
      'a misspelt keyword',
      [template({}, { type: 'object', propertys: {} }), constraint()],
      'PLM1301 spec.crd.spec.validation.openAPIV3Schema.propertys: unknown field',
    ],
    [
      'a default that does not fit',
      [template({}, { type: 'object', default: 'x' }), constraint()],
      'openAPIV3Schema.default: must be of type object, is "x"',
    ],
    [
      'an unknown parameter',
      [template(), constraint({ parameters: { label: ['a'] } })],
      'PLM1301 spec.parameters.label: is no parameter of Labelled; did you mean "labels"?',
    ],
    [
      'a parameter of another type',
      [template(), constraint({ parameters: { labels: 'app' } })],
      'PLM1316 spec.parameters.labels: must be of type array, is "app"',
    ],
    [
      'an item that does not fit',
      [template(), constraint({ parameters: { labels: ['app', 'x'] } })],
      'PLM1316 spec.parameters.labels[1]: must have at least 2 characters',
    ],
    [
      'parameters of a template without',
      [template({}, null), constraint({ parameters: {} })],
      'PLM1301 spec.parameters: Labelled takes no parameters',
    ],
    [
      'an action that is none',
      [template(), constraint({ enforcementAction: 'block' })],
      'PLM1302 spec.enforcementAction: "block" is no action',
    ],
    [
      'scoped without actions',
      [template(), constraint({ enforcementAction: 'scoped' })],
      'PLM1302 spec.scopedEnforcementActions: is required',
    ],
    [
      'a scope that is none',
      [template(), constraint({ match: { scope: 'cluster' } })],
      'PLM1302 spec.match.scope: "cluster" is no scope',
    ],
    [
      'a glob in the middle',
      [template(), constraint({ match: { namespaces: ['a*b'] } })],
      'PLM1302 spec.match.namespaces[0]: may hold',
    ],
    [
      'a faulty selector',
      [template(), constraint({ match: { labelSelector: { matchLabels: { 'a b': '' } } } })],
      'PLM1302 spec.match.labelSelector.matchLabels["a b"]',
    ],
    [
      'an unknown field of match',
      [template(), constraint({ match: { kind: [] } })],
      'PLM1301 spec.match.kind: unknown field; did you mean "kinds"?',
    ],
    ['another spelling of the kind', [template(), { ...constraint(), kind: 'LABELLED' }], 'PLM1302 kind: "LABELLED"'],
    ['an old version', [{ ...template(), apiVersion: 'templates.gatekeeper.sh/v0' }], 'PLM1304 apiVersion'],
    ['a misspelt kind', [{ ...template(), kind: 'ConstrainTemplate' }], 'PLM1304 kind: "ConstrainTemplate" is no kind'],
    [
      'an expansion',
      [{ apiVersion: 'expansion.gatekeeper.sh/v1beta1', kind: 'ExpansionTemplate', metadata: { name: 'e' } }],
      'PLM1305 kind: ExpansionTemplate',
    ],
    [
      'a Config of another name',
      [{ ...config(), metadata: { name: 'other' } }],
      'PLM1302 metadata.name: Gatekeeper reads the Config named config alone',
    ],
  ])('given %s', (_, documents, message) => {
    expect(problemsOf(documents).join('\n')).toContain(message);
  });

  test('given a constraint that does not fit beside one that does, that one alone judges nothing', () => {
    const documents = [template(), constraint({ parameters: { labels: 1 } }, 'wrong'), constraint({}, 'right')];
    expect(verdictsOf(documents, pod())).toMatchObject([{ binding: 'right', outcome: 'fail' }]);
  });

  test('given two constraints of one name, the first judges, and the other is told', () => {
    const documents = [template(), constraint({ match: { name: 'b' } }), constraint()];
    expect(problemsOf(documents)).toEqual(['PLM1312 metadata.name: "c" is there twice']);
    expect(verdictsOf(documents, pod())).toEqual([]);
  });

  test('given v1beta1, whose schema is legacy where it does not say, parameters are whatever they are', () => {
    const old = { ...template({}, null), apiVersion: 'templates.gatekeeper.sh/v1beta1' };
    const documents = [old, constraint({ parameters: { labels: ['app'], more: 1 } })];
    expect(problemsOf(documents)).toEqual([]);
    expect(outcomeOf(documents, pod())).toBe('fail');
  });

  test('given a cluster, a template without constraints is unbound, and what nobody knows there is let be', () => {
    expect(guarded([template()], 'cluster').guardrails).toMatchObject([{ state: 'unbound' }]);
    const later = constraint({ fromTheFuture: 1, enforcementAction: 'other' });
    expect(problemsOf([template(), later], 'cluster')).toEqual([]);
    expect(problemsOf([constraint()], 'cluster')).toEqual([]);
  });
});
