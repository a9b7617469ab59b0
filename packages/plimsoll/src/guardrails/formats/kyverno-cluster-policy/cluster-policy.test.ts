import { describe, expect, test } from 'vitest';
import { guardrailsIn, problemsIn, rulesOf, verdictsOf } from '../kyverno.fixture.ts';

/** A policy of one rule that everything fails, with this `match`, `exclude` and the like. */
function failing(rule: string, kind = 'ClusterPolicy', metadata = 'name: p', version = 'v1'): string {
  return `
apiVersion: kyverno.io/${version}
kind: ${kind}
metadata: {${metadata}}
spec:
  rules:
  - name: r
${rule}
    validate: {cel: {expressions: [{expression: 'false', message: nope}]}}`;
}

const pod = (metadata: string, spec = '{}') =>
  `{apiVersion: v1, kind: Pod, metadata: {name: web, ${metadata}}, spec: ${spec}}`;
const shop = pod('namespace: shop, labels: {app: web, tier: front}, annotations: {owner: team-a}');
const namespace = '{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {env: prod}}}';
const node = '{apiVersion: v1, kind: Node, metadata: {name: n1}}';

const any = (filter: string, more = '') => failing(`    match: {any: [${filter}]}\n${more}`);
const exclude = (filter: string) => any('{resources: {kinds: [Pod]}}', `    exclude: {any: [${filter}]}`);

describe('match', () => {
  test.each([
    ['{resources: {kinds: [Pod]}}', 'fail'],
    ['{resources: {kinds: [v1/Pod]}}', 'fail'],
    // Of three parts Kyverno takes a star before the first slash for a version.
    ['{resources: {kinds: ["*/v1/Pod"]}}', 'none'],
    ['{resources: {kinds: ["/v1/Pod"]}}', 'fail'],
    ['{resources: {kinds: ["*"]}}', 'fail'],
    ['{resources: {kinds: ["P?d"]}}', 'fail'],
    ['{resources: {kinds: [apps/v1/Pod]}}', 'none'],
    ['{resources: {kinds: [Service]}}', 'none'],
    ['{resources: {kinds: [Pod/exec]}}', 'skip'],
    ['{resources: {kinds: [Pod.status]}}', 'skip'],
    ['{resources: {kinds: ["*/*"]}}', 'fail'],
    ['{resources: {kinds: [Pod], names: ["we*"]}}', 'fail'],
    ['{resources: {kinds: [Pod], names: [api, db]}}', 'none'],
    ['{resources: {kinds: [Pod], name: web}}', 'fail'],
    ['{resources: {kinds: [Pod], namespaces: ["sh?p"]}}', 'fail'],
    ['{resources: {kinds: [Pod], namespaces: [other]}}', 'none'],
    ['{resources: {kinds: [Pod], annotations: {own*: team-?}}}', 'fail'],
    ['{resources: {kinds: [Pod], annotations: {owner: team-b}}}', 'none'],
    ['{resources: {kinds: [Pod], selector: {matchLabels: {app: web}}}}', 'fail'],
    ['{resources: {kinds: [Pod], selector: {matchLabels: {app: "w*"}}}}', 'fail'],
    ['{resources: {kinds: [Pod], selector: {matchLabels: {"*": back}}}}', 'none'],
    ['{resources: {kinds: [Pod], selector: {matchExpressions: [{key: tier, operator: In, values: [back]}]}}}', 'none'],
    ['{resources: {kinds: [Pod], namespaceSelector: {matchLabels: {env: prod}}}}', 'fail'],
    ['{resources: {kinds: [Pod], namespaceSelector: {matchLabels: {env: test}}}}', 'none'],
    ['{resources: {kinds: [Pod], operations: [CREATE, UPDATE]}}', 'fail'],
    ['{resources: {kinds: [Pod], operations: [DELETE]}}', 'skip'],
    ['{resources: {kinds: [Pod]}, subjects: [{kind: User, name: eve}]}', 'unknown'],
    ['{resources: {kinds: [Service]}, clusterRoles: [cluster-admin]}', 'none'],
    ['{resources: {kinds: [Service]}}, {resources: {namespaces: [shop]}}', 'fail'],
    ['{}', 'none'],
  ])('any %s: %s', (filter, outcome) => {
    const [verdict = 'none'] = verdictsOf(any(filter), `${shop}\n---\n${namespace}`);
    expect(verdict.split(' ')[0]).toBe(outcome);
  });

  test('all of all must hold', () => {
    const all = (filter: string) => failing(`    match: {all: [${filter}]}`);
    const isPod = '{resources: {kinds: [Pod]}}';
    expect(verdictsOf(all(`${isPod}, {resources: {namespaces: [shop]}}`), shop)).toEqual(['fail nope']);
    expect(verdictsOf(all(`${isPod}, {resources: {namespaces: [other]}}`), shop)).toEqual([]);
  });

  test('stands in the block itself in older policies', () => {
    expect(verdictsOf(failing('    match: {resources: {kinds: [Pod], namespaces: [shop]}}'), shop)).toEqual([
      'fail nope',
    ]);
  });

  test('reads a namespace that is not given as unknown', () => {
    const selects = any('{resources: {kinds: [Pod], namespaceSelector: {matchLabels: {env: prod}}}}');
    expect(verdictsOf(selects, shop)[0]).toMatch(/^unknown whether the rule matches it: namespace shop/);
  });

  test('takes a Namespace for one of its own name, and knows no labels of what has none', () => {
    expect(verdictsOf(any('{resources: {kinds: [Namespace], namespaces: [shop]}}'), namespace)).toEqual(['fail nope']);
    expect(
      verdictsOf(any('{resources: {kinds: [Namespace], namespaceSelector: {matchLabels: {env: prod}}}}'), namespace),
    ).toEqual([]);
    expect(
      verdictsOf(any('{resources: {kinds: [Node], namespaceSelector: {matchLabels: {env: prod}}}}'), node),
    ).toEqual([]);
  });

  test.each([
    ['{resources: {namespaces: [shop]}}', 'none'],
    ['{resources: {namespaces: [other]}}', 'fail'],
    ['{resources: {kinds: [Service], namespaces: [shop]}}', 'fail'],
    ['{subjects: [{kind: User, name: eve}]}', 'unknown'],
    ['{resources: {namespaces: [other]}, subjects: [{kind: User, name: eve}]}', 'fail'],
    ['{}', 'fail'],
  ])('what excludes any of %s: %s', (filter, outcome) => {
    const [verdict = 'none'] = verdictsOf(exclude(filter), shop);
    expect(verdict.split(' ')[0]).toBe(outcome);
  });

  test('a Policy is about its namespace', () => {
    const own = (where: string) =>
      failing('    match: {any: [{resources: {kinds: [Pod]}}]}', 'Policy', `name: p, namespace: ${where}`);
    expect(verdictsOf(own('shop'), shop)).toEqual(['fail nope']);
    expect(verdictsOf(own('other'), shop)).toEqual([]);
  });
});

const isPod = '    match: {any: [{resources: {kinds: [Pod]}}]}';

describe('a rule in CEL', () => {
  const rule = (validate: string, more = '') => `
apiVersion: kyverno.io/v2beta1
kind: ClusterPolicy
metadata: {name: p}
spec:
  rules:
  - name: r
${isPod}
${more}
    validate: ${validate}`;

  test('has preconditions, variables, and the message of the rule', () => {
    const text = rule(
      "{message: of the rule, cel: {variables: [{name: host, expression: 'object.spec.?hostNetwork.orValue(false)'}], expressions: [{expression: '!variables.host'}]}}",
      '    celPreconditions: [{name: labelled, expression: "has(object.metadata.labels)"}]',
    );
    expect(verdictsOf(text, pod('labels: {a: b}', '{hostNetwork: true}'))).toEqual(['fail of the rule']);
    expect(verdictsOf(text, pod('labels: {a: b}'))).toEqual(['pass']);
    expect(verdictsOf(text, pod('uid: a', '{hostNetwork: true}'))[0]).toMatch(/^skip /);
  });

  test('reads its params', () => {
    const text = rule(
      "{cel: {paramKind: {apiVersion: v1, kind: ConfigMap}, paramRef: {name: limits, namespace: ops, parameterNotFoundAction: Deny}, expressions: [{expression: 'object.metadata.name == params.data.name', message: other}]}}",
    );
    const limits = '{apiVersion: v1, kind: ConfigMap, metadata: {name: limits, namespace: ops}, data: {name: api}}';
    expect(verdictsOf(text, `${shop}\n---\n${limits}`)).toEqual(['fail other']);
    expect(verdictsOf(text, shop)[0]).toMatch(/^error the policy finds no ConfigMap in namespace ops/);
  });

  test('is judged by itself, beside the others of its policy', () => {
    const two = `${any('{resources: {kinds: [Pod]}}')}
  - name: second
${isPod}
    validate: {cel: {expressions: [{expression: 'true'}]}}`;
    expect(rulesOf(two, shop)).toEqual(['r fail', 'second pass']);
  });
});

describe('autogen', () => {
  const hosts = (annotations = '{}', match = isPod) => `
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: p, annotations: ${annotations}}
spec:
  rules:
  - name: hosts
${match}
    validate: {cel: {expressions: [{expression: '!object.spec.?hostNetwork.orValue(false)', message: nope}]}}`;
  const template = '{template: {spec: {hostNetwork: true}}}';
  const deployment = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}, spec: ${template}}`;
  const cronJob = `{apiVersion: batch/v1, kind: CronJob, metadata: {name: web}, spec: {jobTemplate: {spec: ${template}}}}`;
  const controller = `{apiVersion: v1, kind: ReplicationController, metadata: {name: web}, spec: ${template}}`;

  test('makes rules of names of their own for pod controllers', () => {
    expect(rulesOf(hosts(), deployment)).toEqual(['autogen-hosts fail']);
    expect(rulesOf(hosts(), controller)).toEqual(['autogen-hosts fail']);
    expect(rulesOf(hosts(), cronJob)).toEqual(['autogen-cronjob-hosts fail']);
  });

  test.each([
    ['{pod-policies.kyverno.io/autogen-controllers: none}', []],
    ['{pod-policies.kyverno.io/autogen-controllers: "CronJob,Job"}', []],
    ['{pod-policies.kyverno.io/autogen-controllers: "Deployment,Job"}', ['autogen-hosts fail']],
  ])('with annotations %s', (annotations, rules) => {
    expect(rulesOf(hosts(annotations), deployment)).toEqual(rules);
  });

  test.each([
    ['names', '    match: {any: [{resources: {kinds: [Pod], names: [web]}}]}'],
    ['labels', '    match: {any: [{resources: {kinds: [Pod], selector: {matchLabels: {a: b}}}}]}'],
    ['kinds beside Pod', '    match: {any: [{resources: {kinds: [Pod, Service]}}]}'],
    ['other kinds excluded', `${isPod}\n    exclude: {any: [{resources: {kinds: [Service]}}]}`],
  ])('is for no rule with %s', (_, match) => {
    expect(rulesOf(hosts('{}', match), deployment)).toEqual([]);
  });

  test('keeps namespaces, and leaves out what they exclude', () => {
    const match = (namespaces: string) => `${isPod}\n    exclude: {any: [{resources: {namespaces: [${namespaces}]}}]}`;
    expect(rulesOf(hosts('{}', match('shop')), deployment)).toEqual([]);
    expect(rulesOf(hosts('{}', match('other')), deployment)).toEqual(['autogen-hosts fail']);
  });
});

describe('an exception to rules', () => {
  const exception = (spec: string, rules = '[r]') => `
---
apiVersion: kyverno.io/v2
kind: PolicyException
metadata: {name: e, namespace: ops}
spec:
  exceptions: [{policyName: p, ruleNames: ${rules}}]
${spec}`;
  const policy = any('{resources: {kinds: [Pod]}}');
  const ofShop = '  match: {any: [{resources: {kinds: [Pod], namespaces: [shop]}}]}';

  test('waives what it matches', () => {
    expect(verdictsOf(policy + exception(ofShop), shop)).toEqual(['waived a PolicyException (policy exception ops/e)']);
    expect(verdictsOf(policy + exception(ofShop), pod('namespace: other'))).toEqual(['fail nope']);
  });

  test('is for the rules that it names, by pattern too', () => {
    expect(verdictsOf(policy + exception(ofShop, "['r*']"), shop)[0]).toMatch(/^waived /);
    expect(problemsIn(policy + exception(ofShop, '[other]'))).toEqual([
      'PLM1321 ops/e names rules of "p", which are not there',
    ]);
  });

  test('with conditions is told, and exempts nothing', () => {
    const conditional = policy + exception(`${ofShop}\n  conditions: {any: []}`);
    expect(problemsIn(conditional)).toEqual([expect.stringMatching(/^PLM1305 spec.conditions/)]);
    expect(verdictsOf(conditional, shop)).toEqual(['fail nope']);
  });
});

describe('what is not read is told at its place', () => {
  const rule = (field: string) => `
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: p}
spec:
  rules:
  - name: other
${isPod}
    ${field}
  - name: r
${isPod}
    validate: {cel: {expressions: [{expression: 'false', message: nope}]}}`;

  test.each([
    ['mutate: {patchStrategicMerge: {}}', 'PLM1305 spec.rules[0].mutate: rule "other" is not read'],
    ['generate: {kind: NetworkPolicy}', 'PLM1305 spec.rules[0].generate: rule "other" is not read'],
    ['verifyImages: []', 'PLM1305 spec.rules[0].verifyImages: rule "other" is not read'],
    ['validate: {pattern: {spec: {}}}', 'PLM1305 spec.rules[0].validate.pattern: rule "other" is not read'],
    ['validate: {deny: {}}', 'PLM1305 spec.rules[0].validate.deny: rule "other" is not read'],
    ['validate: {foreach: []}', 'PLM1305 spec.rules[0].validate.foreach: rule "other" is not read'],
    [
      'validate: {podSecurity: {level: baseline}}',
      'PLM1305 spec.rules[0].validate.podSecurity: rule "other" is not read',
    ],
    ['validate: {cell: {}}', 'PLM1301 spec.rules[0].validate.cell: unknown field; did you mean "cel"?'],
    [
      "validate: {cel: {expressions: [{expression: 'object.'}]}}",
      'PLM1303 spec.rules[0].validate.cel.expressions[0].expression',
    ],
    ['validate: {cel: {expressions: []}}', 'PLM1302 spec.rules[0].validate.cel.expressions: needs at least one'],
    [
      "preconditions: {}\n    validate: {cel: {expressions: [{expression: 'true'}]}}",
      'PLM1305 spec.rules[0].preconditions',
    ],
  ])('%s: the other rule is judged', (field, message) => {
    expect(problemsIn(rule(field)).map((found) => found.slice(0, message.length))).toContain(message);
    expect(rulesOf(rule(field), shop)).toEqual(['r fail']);
  });

  test('a faulty expression is told once, though autogen has it twice more', () => {
    expect(problemsIn(rule("validate: {cel: {expressions: [{expression: 'object.'}]}}"))).toHaveLength(1);
  });

  test('two rules of one name are told', () => {
    const twice = rule("validate: {cel: {expressions: [{expression: 'true'}]}}").replace('name: other', 'name: r');
    expect(problemsIn(twice)).toEqual([expect.stringMatching(/^PLM1312 /)]);
    expect(guardrailsIn(twice).guardrails.filter(({ state }) => state === 'ok')).toHaveLength(3);
  });
});
