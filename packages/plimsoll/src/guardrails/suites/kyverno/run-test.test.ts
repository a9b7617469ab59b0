import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { SuiteRun } from '../suite-result.ts';
import { kyvernoTestsIn, runKyvernoTest } from './run-test.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const taken = readdirSync(fixtures).filter((name) => name !== 'README.md');

async function runsIn(folder: string): Promise<readonly SuiteRun[]> {
  return await Promise.all((await kyvernoTestsIn([folder])).map(runKyvernoTest));
}

describe("Kyverno's own tests of policies in CEL", () => {
  test.each(taken)('%s gives what kyverno test gives', async (name) => {
    const runs = await runsIn(join(fixtures, name));
    expect(runs.flatMap(({ problems }) => problems)).toEqual([]);
    expect(runs.flatMap(({ results }) => results).length).toBeGreaterThan(0);
    expect(runs.flatMap(({ results }) => results.flatMap(({ differences }) => differences))).toEqual([]);
  });
});

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-kyverno-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

const rules = '[{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}]';
const policy = `
apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: {name: hosts}
spec:
  matchConstraints: {resourceRules: ${rules}}
  validations: [{expression: "!object.spec.?hostNetwork.orValue(false)", message: shares the network}]
`;
const pods = `
{apiVersion: v1, kind: Pod, metadata: {name: good}, spec: {}}
---
{apiVersion: v1, kind: Pod, metadata: {name: bad, namespace: shop}, spec: {hostNetwork: true}}
`;

/** What came of a test with these results and fields, on {@link policy} and {@link pods}. */
async function run(results: string, more = '') {
  write(
    'kyverno-test.yaml',
    `
apiVersion: cli.kyverno.io/v1alpha1
kind: Test
metadata: {name: t}
policies: [policy.yaml]
resources: [pods.yaml]
${more}
results: [${results}]
`,
  );
  const [found] = await runsIn(folder);
  return {
    results: found?.results.map(({ case: name, outcome, differences }) => [name, outcome, ...differences]),
    problems: found?.problems.map(({ code, message }) => `${code} ${message}`),
  };
}

describe('a test', () => {
  beforeEach(() => {
    write('policy.yaml', policy);
    write('pods.yaml', pods);
  });

  test('says what is other than expected, and why', async () => {
    expect(await run('{policy: hosts, kind: Pod, resources: [good, shop/bad], result: pass}')).toEqual({
      results: [
        ['hosts on default/good: pass', 'pass'],
        ['hosts on shop/bad: pass', 'fail', 'is fail (shares the network), expected pass'],
      ],
      problems: [],
    });
  });

  test('on resources that are not there is about all, as in Kyverno', async () => {
    const { results } = await run('{policy: hosts, resources: [none], result: fail}');
    expect(results?.map(([name]) => name)).toEqual(['hosts on default/good: fail', 'hosts on shop/bad: fail']);
  });

  test('takes what the policy does not match for excluded, as Kyverno does', async () => {
    write('policy.yaml', policy.replace('resources: [pods]', 'resources: [services]'));
    expect((await run('{policy: hosts, resources: [good], result: skip}')).results).toEqual([
      ['hosts on default/good: skip', 'none'],
    ]);
  });

  test('of a policy, or a rule, that is not there does not hold', async () => {
    write('policy.yaml', policy + otherRules);
    const { results } = await run(
      '{policy: none, result: pass}, {policy: rules, rule: none, result: pass}, {policy: rules, rule: old, result: pass}',
    );
    expect(results?.map(([, , difference]) => difference)).toEqual([
      'there is no policy none',
      'policy rules is broken',
      'policy rules is broken',
    ]);
  });

  test('cannot be told where the verdict is unknown', async () => {
    write('policy.yaml', policy.replace(/"!.*?"/, `"request.userInfo.username == 'eve'"`));
    const { results } = await run('{policy: hosts, resources: [good], result: pass}');
    expect(results?.[0]?.[2]).toMatch(/^cannot be told \(.*userInfo/);
  });

  test('of a policy that is not scored warns', async () => {
    write(
      'policy.yaml',
      policy.replace('{name: hosts}', '{name: hosts, annotations: {policies.kyverno.io/scored: "false"}}'),
    );
    expect((await run('{policy: hosts, resources: [bad], result: warn}')).results).toEqual([
      ['hosts on shop/bad: warn', 'fail'],
    ]);
  });

  test('reports what an exception exempts as that says', async () => {
    const exception = (reportResult: string) =>
      `{apiVersion: policies.kyverno.io/v1, kind: PolicyException, metadata: {name: e}, spec: {policyRefs: [{name: hosts, kind: ValidatingPolicy}], reportResult: ${reportResult}}}`;
    write('exception.yaml', exception('pass'));
    const held = await run('{policy: hosts, resources: [good, bad], result: pass}', 'exceptions: [exception.yaml]');
    expect(held.results).toEqual([
      ['hosts on default/good: pass', 'skip'],
      ['hosts on shop/bad: pass', 'waived'],
    ]);
    write('exception.yaml', exception('skip'));
    const skipped = await run('{policy: hosts, resources: [good, bad], result: skip}', 'exceptions: [exception.yaml]');
    expect(skipped.results?.map(([, , ...differences]) => differences)).toEqual([[], []]);
    rmSync(join(folder, 'exception.yaml'));
  });

  test.each([
    ['{policy: hosts, operation: DELETE, result: fail}', '', /^PLM1305 results\[0\].operation: DELETE/],
    ['{policy: hosts, isMutatingPolicy: true, result: pass}', '', /^PLM1305 results\[0\].isMutatingPolicy/],
    ['', 'jsonPayloads: [a.json]', /^PLM1305 jsonPayloads/],
    ['{policy: hosts, result: maybe}', '', /^PLM1317 results\[0\].result/],
    ['', 'resourcez: []', /^PLM1317 resourcez: unknown field; did you mean "resources"/],
  ])('with %s %s is told', async (results, more, message) => {
    expect((await run(results, more)).problems).toEqual([expect.stringMatching(message)]);
  });
});

const otherRules = `
---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: rules}
spec:
  rules:
  - name: old
    match: {any: [{resources: {kinds: [Pod]}}]}
    validate: {pattern: {spec: {}}}
`;
