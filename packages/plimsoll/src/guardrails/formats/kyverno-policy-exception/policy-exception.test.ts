import { describe, expect, test } from 'vitest';
import { problemsIn, verdictsOf } from '../kyverno.fixture.ts';

const policy = `
apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: {name: hosts}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations:
  - expression: "!object.spec.?hostNetwork.orValue(false)"
    message: shares the host's network`;

function exception(spec: string, metadata = 'name: e, namespace: ops'): string {
  return `
---
apiVersion: policies.kyverno.io/v1beta1
kind: PolicyException
metadata: {${metadata}}
spec:
  policyRefs: [{name: hosts, kind: ValidatingPolicy}]
${spec}`;
}

const pod = (spec: string, name = 'web') => `{apiVersion: v1, kind: Pod, metadata: {name: ${name}}, spec: ${spec}}`;
const bad = pod('{hostNetwork: true}');
const ofWeb = exception(`  matchConditions: [{name: web, expression: "object.metadata.name == 'web'"}]`);

describe('a PolicyException', () => {
  test('waives what fails, and skips what would pass, as Kyverno skips both', () => {
    expect(verdictsOf(policy + ofWeb, bad)).toEqual(['waived a PolicyException (policy exception ops/e)']);
    expect(verdictsOf(policy + ofWeb, pod('{}'))).toEqual(['skip a PolicyException (policy exception ops/e)']);
  });

  test('gives the reason of its description', () => {
    const described = ofWeb.replace(
      'namespace: ops',
      'namespace: ops, annotations: {policies.kyverno.io/description: the old one}',
    );
    expect(verdictsOf(policy + described, bad)).toEqual(['waived the old one (policy exception ops/e)']);
  });

  test('is for what its conditions match alone', () => {
    expect(verdictsOf(policy + ofWeb, pod('{hostNetwork: true}', 'other'))).toEqual(["fail shares the host's network"]);
  });

  test('is for the controllers that autogen judges as well', () => {
    const deployment =
      '{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {template: {spec: {hostNetwork: true}}}}';
    expect(verdictsOf(policy + ofWeb, deployment)[0]).toMatch(/^waived /);
  });

  test('without conditions is for everything', () => {
    expect(verdictsOf(policy + exception(''), bad)[0]).toMatch(/^waived /);
  });

  test('whose condition cannot be told leaves what passes, and makes what fails unknown', () => {
    const asks = exception(`  matchConditions: [{name: who, expression: "request.userInfo.username == 'eve'"}]`);
    expect(verdictsOf(policy + asks, bad)[0]).toMatch(/^unknown policy exception ops\/e, matchCondition who/);
    expect(verdictsOf(policy + asks, pod('{}'))).toEqual(['pass']);
  });

  test('whose condition fails to run is an error, but not behind one that exempts', () => {
    const errs = exception(
      `  matchConditions: [{name: c, expression: "object.spec.x == 1"}]`,
      'name: f, namespace: ops',
    );
    expect(verdictsOf(policy + errs, bad)[0]).toMatch(/^error policy exception ops\/f/);
    expect(verdictsOf(policy + ofWeb + errs, bad)[0]).toMatch(/^waived /);
  });

  test('allows images and values that the policy reads', () => {
    const reading = policy.replace(
      /"!object.*"/,
      `"object.spec.containers.all(c, string(c.image) in exceptions.allowedImages || c.name in exceptions.allowedValues)"`,
    );
    const images = exception('  images: [nginx]\n  allowedValues: [app]');
    const containers = (name: string, image: string) => pod(`{containers: [{name: ${name}, image: ${image}}]}`);
    expect(verdictsOf(reading + images, containers('a', 'nginx'))).toEqual(['pass']);
    expect(verdictsOf(reading + images, containers('app', 'redis'))).toEqual(['pass']);
    expect(verdictsOf(reading + images, containers('a', 'redis'))[0]).toMatch(/^fail /);
    expect(verdictsOf(reading, containers('a', 'nginx'))[0]).toMatch(/^fail /);
  });

  test('that is over exempts nothing, and that is said', () => {
    const over = ofWeb + "\n  expiresAt: '2020-01-01T00:00:00Z'";
    const now = Date.parse('2020-01-01T00:00:00Z');
    expect(problemsIn(policy + over, 'files', now - 1)).toEqual([]);
    expect(problemsIn(policy + over, 'files', now)).toEqual(['PLM1320 ops/e is over since 2020-01-01T00:00:00.000Z']);
  });

  test.each([
    ['of a policy that is not there', ofWeb, 'PLM1321 ops/e names ValidatingPolicy "hosts", which is not there'],
    [
      'with a condition that is no bool',
      policy + exception("  matchConditions: [{name: c, expression: '1'}]"),
      /^PLM1303 spec.matchConditions\[0\].expression/,
    ],
    [
      'with an unknown field',
      policy + exception('  imagez: []'),
      /^PLM1301 spec.imagez: unknown field; did you mean "images"/,
    ],
    ['of payloads', policy + exception('  evaluationMode: JSON'), /^PLM1305 spec.evaluationMode/],
  ])('%s is told', (_, text, message) => {
    expect(problemsIn(text)).toEqual([expect.stringMatching(message)]);
  });

  test('that is broken exempts nothing', () => {
    expect(verdictsOf(policy + exception("  matchConditions: [{name: c, expression: '1'}]"), bad)).toEqual([
      "fail shares the host's network",
    ]);
  });
});
