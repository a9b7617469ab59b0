import { describe, expect, test } from 'vitest';
import { guardrailsIn, problemsIn, verdictsOf } from '../kyverno.fixture.ts';

function policy(spec: string, kind = 'ValidatingPolicy', metadata = 'name: p'): string {
  return `
apiVersion: policies.kyverno.io/v1
kind: ${kind}
metadata: {${metadata}}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}]
${spec}`;
}

const pod = (spec: string, metadata = 'name: web') => `
{apiVersion: v1, kind: Pod, metadata: {${metadata}}, spec: ${spec}}`;

const noHostNetwork = policy(`
  validations:
  - expression: "!object.spec.?hostNetwork.orValue(false)"
    message: shares the host's network`);

describe('a ValidatingPolicy', () => {
  test('judges, with its message', () => {
    expect(verdictsOf(noHostNetwork, pod('{hostNetwork: true}'))).toEqual(["fail shares the host's network"]);
    expect(verdictsOf(noHostNetwork, pod('{}'))).toEqual(['pass']);
  });

  test.each(['v1', 'v1beta1', 'v1alpha1'])('is read in %s', (version) => {
    const text = noHostNetwork.replace('policies.kyverno.io/v1', `policies.kyverno.io/${version}`);
    expect(verdictsOf(text, pod('{hostNetwork: true}'))).toEqual(["fail shares the host's network"]);
  });

  test('without a message says which expression it was, as Kyverno does', () => {
    const text = policy("  validations: [{expression: 'true'}, {expression: 'false'}]");
    expect(verdictsOf(text, pod('{}'))).toEqual(['fail CEL expression validation failed at index 1']);
  });

  test('says why its messageExpression gave nothing', () => {
    const text = policy(`  validations: [{expression: 'false', messageExpression: 'string(object.spec.x)'}]`);
    expect(verdictsOf(text, pod('{}'))).toEqual(['fail failed to evaluate message expression: no such key: x']);
  });

  test('stops at the first validation that does not hold: a failure behind an error is an error, and the other way round', () => {
    const errs = "{expression: 'object.spec.x == 1'}";
    const fails = "{expression: 'false', message: nope}";
    expect(verdictsOf(policy(`  validations: [${errs}, ${fails}]`), pod('{}'))[0]).toMatch(/^error /);
    expect(verdictsOf(policy(`  validations: [${fails}, ${errs}]`), pod('{}'))).toEqual(['fail nope']);
  });

  test('whose validation fails to run is an error even where failurePolicy is Ignore; that is about match conditions', () => {
    const validations = "validations: [{expression: 'object.spec.x == 1'}]";
    const matchConditions = "matchConditions: [{name: c, expression: 'object.spec.x == 1'}]";
    expect(verdictsOf(policy(`  failurePolicy: Ignore\n  ${validations}`), pod('{}'))[0]).toMatch(/^error /);
    const never = "validations: [{expression: 'false'}]";
    expect(verdictsOf(policy(`  failurePolicy: Ignore\n  ${matchConditions}\n  ${never}`), pod('{}'))[0]).toMatch(
      /^skip /,
    );
    expect(verdictsOf(policy(`  ${matchConditions}\n  ${never}`), pod('{}'))[0]).toMatch(/^error /);
  });

  test('reads the namespace in its match conditions', () => {
    const text = policy(`
  matchConditions: [{name: shop, expression: "namespaceObject.metadata.name == 'shop'"}]
  validations: [{expression: 'false', message: nope}]`);
    expect(verdictsOf(text, pod('{}', 'name: web, namespace: shop'))).toEqual(['fail nope']);
    expect(verdictsOf(text, pod('{}', 'name: web, namespace: other'))[0]).toMatch(/^skip /);
  });

  test('reads the object in the request, and nothing of who sent it', () => {
    const text = (expression: string) => policy(`  validations: [{expression: "${expression}"}]`);
    expect(verdictsOf(text("request.object.metadata.name == 'web'"), pod('{}'))).toEqual(['pass']);
    expect(verdictsOf(text("request.userInfo.username == 'eve'"), pod('{}'))[0]).toMatch(/^unknown /);
  });

  test('takes the object before, which there is none of, for an empty one', () => {
    const text = (expression: string) => policy(`  validations: [{expression: "${expression}", message: nope}]`);
    expect(verdictsOf(text('oldObject == null'), pod('{}'))).toEqual(['fail nope']);
    expect(verdictsOf(text('!has(oldObject.metadata)'), pod('{}'))).toEqual(['pass']);
  });

  test("has Kyverno's libraries", () => {
    const text = policy(`
  variables: [{name: registries, expression: "object.spec.containers.map(c, image(c.image).registry())"}]
  validations: [{expression: "variables.registries.all(r, r == 'ghcr.io')", message: elsewhere}]`);
    expect(verdictsOf(text, pod('{containers: [{image: "ghcr.io/a/b:1"}]}'))).toEqual(['pass']);
    expect(verdictsOf(text, pod('{containers: [{image: "nginx"}]}'))).toEqual(['fail elsewhere']);
  });

  test.each([
    ["http.Get('https://example.com') != null", 'nothing is asked of the network at rest'],
    ["globalContext.Get('a', '') == 1", 'it is not in the inventory'],
    ["time.now() > timestamp('2020-01-01T00:00:00Z')", 'a verdict at rest does not change by itself'],
    ["image.GetMetadata('nginx').digest == ''", 'nothing is asked of the network at rest'],
  ])('is unknown where it asks %s', (expression, reason) => {
    const [verdict] = verdictsOf(policy(`  validations: [{expression: "${expression}"}]`), pod('{}'));
    expect(verdict).toMatch(/^unknown /);
    expect(verdict).toContain(reason);
  });

  test('of one namespace is about that alone', () => {
    const text = policy(
      "  validations: [{expression: 'false', message: nope}]",
      'NamespacedValidatingPolicy',
      'name: p, namespace: shop',
    );
    expect(verdictsOf(text, pod('{}', 'name: web, namespace: shop'))).toEqual(['fail nope']);
    expect(verdictsOf(text, pod('{}', 'name: web, namespace: other'))).toEqual([]);
  });

  test('of a cluster that Kyverno holds against nothing at rest judges nothing; from a file it judges', () => {
    const text = policy("  evaluation: {background: {enabled: false}}\n  validations: [{expression: 'false'}]");
    expect(verdictsOf(text, pod('{}'), 'cluster')).toEqual([]);
    expect(verdictsOf(text, pod('{}'))).toHaveLength(1);
  });
});

describe('autogen', () => {
  const template = '{template: {metadata: {labels: {app: a}}, spec: {hostNetwork: true}}}';
  const deployment = `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: ${template}}`;
  const cronJob = `{apiVersion: batch/v1, kind: CronJob, metadata: {name: web}, spec: {jobTemplate: {spec: ${template}}}}`;

  test('judges pod controllers by their templates, with one verdict each, and blames the path in the template', () => {
    expect(verdictsOf(noHostNetwork, deployment)).toEqual(["fail shares the host's network"]);
    expect(verdictsOf(noHostNetwork, cronJob)).toEqual(["fail shares the host's network"]);
  });

  test('is for the controllers that the policy names alone', () => {
    const only = `${noHostNetwork}\n  autogen: {podControllers: {controllers: [cronjobs]}}`;
    expect(verdictsOf(only, deployment)).toEqual([]);
    expect(verdictsOf(only, cronJob)).toHaveLength(1);
    expect(verdictsOf(`${noHostNetwork}\n  autogen: {podControllers: {controllers: []}}`, cronJob)).toEqual([]);
  });

  test.each([
    ['selects pods by label', 'objectSelector: {matchLabels: {a: b}}'],
    ['excludes', 'excludeResourceRules: [{apiGroups: [""], apiVersions: [v1], operations: ["*"], resources: [pods]}]'],
  ])('is for no policy that %s', (_, field) => {
    expect(
      verdictsOf(noHostNetwork.replace('    resourceRules', `    ${field}\n    resourceRules`), deployment),
    ).toEqual([]);
  });

  test('gives guardrails of keys of their own, and says what is wrong once', () => {
    const { guardrails } = guardrailsIn(noHostNetwork);
    expect(guardrails.map(({ policy: { variant } }) => variant)).toEqual([null, 'cronjobs', 'defaults']);
    expect(new Set(guardrails.map(({ key }) => key)).size).toBe(3);
    expect(problemsIn(policy("  validations: [{expression: 'object.spec.x =='}]"))).toHaveLength(1);
    expect(problemsIn(`${noHostNetwork}\n---\n${noHostNetwork}`)).toEqual([
      'PLM1312 metadata.name: "p" is there twice',
    ]);
  });
});

describe('resource.get and resource.list', () => {
  const text = (expression: string) => policy(`  validations: [{expression: "${expression}", message: nope}]`);
  const configMap =
    '{apiVersion: v1, kind: ConfigMap, metadata: {name: cm, namespace: shop, labels: {a: b}}, data: {name: web}}';
  const inShop = pod('{}', 'name: web, namespace: shop');
  const named = "resource.get('v1', 'configmaps', object.metadata.namespace, 'cm').data.name == object.metadata.name";

  test('read the inventory', () => {
    expect(verdictsOf(text(named), `${inShop}\n---\n${configMap}`)).toEqual(['pass']);
    expect(verdictsOf(text(named), `${inShop.replace('web', 'other')}\n---\n${configMap}`)).toEqual(['fail nope']);
    const listed =
      "resource.List('v1', 'configmaps', 'shop', {'a': 'b'}).items.orValue([]).exists(c, c.metadata.name == 'cm')";
    expect(verdictsOf(text(listed), `${inShop}\n---\n${configMap}`)).toEqual(['pass']);
    expect(verdictsOf(text(listed.replace("'b'", "'c'")), `${inShop}\n---\n${configMap}`)).toEqual(['fail nope']);
  });

  test('by what resource.toGVR gives', () => {
    const gvr = policy(`
  variables: [{name: gvr, expression: "resource.ToGVR('v1', 'ConfigMap')"}]
  validations: [{expression: "resource.get(variables.gvr, 'shop', 'cm').data.name == 'web'"}]`);
    expect(verdictsOf(gvr, `${inShop}\n---\n${configMap}`)).toEqual(['pass']);
  });

  test('give null in a cluster for what is not there, and are unknown among files', () => {
    const missing = text("dyn(resource.get('v1', 'configmaps', 'shop', 'none')) == null");
    expect(verdictsOf(missing, inShop, 'cluster')).toEqual(['pass']);
    expect(verdictsOf(missing, inShop)[0]).toMatch(/^unknown .*configmaps shop\/none is not among the files/);
  });

  test('are unknown where the type is computed: it was not kept', () => {
    const computed = text("resource.get('v1', object.metadata.name + 's', 'shop', 'cm').data.name == 'web'");
    expect(verdictsOf(computed, inShop, 'cluster')[0]).toMatch(/^unknown .*is not written out in the policy/);
  });

  test('are about the namespace of a policy of one', () => {
    const own = (expression: string) =>
      policy(
        `  validations: [{expression: "${expression}", message: nope}]`,
        'NamespacedValidatingPolicy',
        'name: p, namespace: shop',
      );
    expect(
      verdictsOf(own("resource.get('v1', 'configmaps', 'cm').data.name == 'web'"), `${inShop}\n---\n${configMap}`),
    ).toEqual(['pass']);
    expect(verdictsOf(own(named), `${inShop}\n---\n${configMap}`)[0]).toMatch(
      /^error .*no matching overload of resource.get/,
    );
  });
});

describe('what is wrong is said at its place', () => {
  test.each([
    [
      'a validation that is no bool',
      policy("  validations: [{expression: 'object.spec.hostNetwork'}]"),
      /^PLM1303 .*of type bool, and is dyn/s,
    ],
    [
      'a message that is no text',
      policy("  validations: [{expression: 'true', messageExpression: '1'}]"),
      /^PLM1303 .*of type string, and is int/s,
    ],
    [
      'a mode without resources',
      policy("  evaluation: {mode: JSON}\n  validations: [{expression: 'true'}]"),
      /^PLM1305 spec.evaluation.mode: "JSON"/,
    ],
    [
      'a misspelt controller',
      policy('  autogen: {podControllers: {controllers: [deploymints]}}'),
      /^PLM1302 .*did you mean "deployments"/,
    ],
    [
      'a custom controller',
      policy('  autogen: {podControllers: {controllers: [jobsets.v1.x.io]}}'),
      /^PLM1305 spec.autogen/,
    ],
    [
      'an unknown field',
      policy('  validationz: []'),
      /^PLM1301 spec.validationz: unknown field; did you mean "validations"/,
    ],
    [
      'no constraints',
      noHostNetwork.replace(/matchConstraints:\n.*\n/, '\n'),
      /^PLM1302 spec.matchConstraints: resourceRules are required/,
    ],
    ['the authorizer', policy('  validations: [{expression: authorizer == null}]'), /^PLM1303/],
  ])('%s', (_, text, message) => {
    expect(problemsIn(text)).toEqual([expect.stringMatching(message)]);
  });
});
