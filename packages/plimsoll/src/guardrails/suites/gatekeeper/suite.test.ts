import { afterEach, describe, expect, test } from 'vitest';
import { folderOf, runCli } from '../../../cli/run-cli.fixture.ts';
import { constraint, template } from '../../formats/gatekeeper/gatekeeper.fixture.ts';
import type { JsonObject } from '../../../model/json.ts';
import { libraryFolder } from '../../library/read-library.ts';
import { runSuite, suitesIn } from './run-suite.ts';

let remove = async () => {};
afterEach(async () => await remove());

const two = {
  validations: [
    { expression: "object.kind == 'Pod'", message: 'no pod' },
    { expression: "object.metadata.name != 'bad'", messageExpression: "'name ' + object.metadata.name + ' of no pod'" },
  ],
};
const teamA = { namespaceSelector: { matchLabels: { team: 'a' } } };
const scoped = (name: string) => ({
  enforcementAction: 'scoped',
  scopedEnforcementActions: [{ action: 'deny', enforcementPoints: [{ name }] }],
});
const object = (kind: string, name: string, metadata: JsonObject = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...metadata },
});
const review = (operation: string, body: JsonObject) => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: { operation, object: body },
});

const documents: Readonly<Record<string, JsonObject>> = {
  'two.yaml': template(two),
  'faulty.yaml': template({
    validations: [{ expression: 'object.spec.a == 1' }, { expression: 'object.spec.b == 1' }],
  }),
  'condition.yaml': template({ ...two, matchCondition: [{ name: 'a', expression: 'object.spec.a == 1' }] }),
  'rego.yaml': {
    ...template(),
    spec: { ...(template()['spec'] as JsonObject), targets: [{ target: 'admission.k8s.gatekeeper.sh', rego: '' }] },
  },
  'all.yaml': constraint(),
  'team-a.yaml': constraint({ match: teamA }),
  'shop.yaml': constraint({ match: { namespaces: ['shop'] } }),
  'wrong.yaml': constraint({ parameters: { labels: 1 } }),
  'gator.yaml': constraint(scoped('gator.gatekeeper.sh')),
  'webhook.yaml': constraint(scoped('validation.gatekeeper.sh')),
  'pod.yaml': object('Pod', 'good'),
  'config-map.yaml': object('ConfigMap', 'bad'),
  'in-shop.yaml': object('ConfigMap', 'bad', { namespace: 'shop' }),
  'namespace.yaml': object('Namespace', 'shop', { labels: { team: 'a' } }),
  'pair.yaml': { apiVersion: 'v1', kind: 'List', items: [object('Pod', 'a'), object('Pod', 'b')] },
  'created.yaml': review('CREATE', object('ConfigMap', 'bad')),
  'deleted.yaml': review('DELETE', object('ConfigMap', 'bad')),
};

interface Case {
  readonly template?: string;
  readonly constraint?: string;
  readonly object?: string;
  readonly inventory?: string;
  readonly assertion?: string;
  readonly test?: string;
  readonly case?: string;
}

function suiteOf({ template = 'two', constraint = 'all', object = 'config-map', ...more }: Case): string {
  const { inventory, assertion = '{violations: 2}', test = '', case: one = '' } = more;
  const there = inventory === undefined ? '' : `, inventory: [${inventory}.yaml]`;
  return `apiVersion: test.gatekeeper.sh/v1alpha1
kind: Suite
metadata: {name: s}
tests:
  - name: t
    template: ${template}.yaml
    constraint: ${constraint}.yaml
    ${test}
    cases: [{name: c, object: ${object}.yaml${there}, assertions: [${assertion}] ${one}}]
`;
}

const files = Object.fromEntries(Object.entries(documents).map(([name, body]) => [name, JSON.stringify(body)]));

async function folder(suite: string): Promise<string> {
  const made = await folderOf({ ...files, 'suite.yaml': suite });
  remove = made.remove;
  return made.folder;
}

async function run(suite: string) {
  const runs = await Promise.all((await suitesIn([await folder(suite)])).map(runSuite));
  const results = runs.flatMap((one) => one.results);
  const problems = runs
    .flatMap((one) => one.problems)
    .map(({ code, line, message }) => `${code} ${line ?? ''} ${message}`);
  return {
    outcomes: results.map(({ outcome }) => outcome),
    differences: results.flatMap((one) => one.differences),
    problems,
  };
}

describe('a Suite of Gatekeeper, run as gator verify runs it', () => {
  test.each<[string, Case]>([
    ['a violation for each validation', {}],
    ['none', { object: 'pod', assertion: '{violations: no}' }],
    ['at least one', { assertion: '{violations: yes}, {}, {violations: "yes"}' }],
    [
      'those that a message matches',
      { assertion: '{violations: 1, message: "^name bad"}, {violations: 2, message: "no po[d]"}' },
    ],
    ['a violation for each error', { template: 'faulty' }],
    ['one for an error of a match condition', { template: 'condition', assertion: '{violations: 1}' }],
    ['one where the namespace is not there', { constraint: 'team-a', object: 'in-shop', assertion: '{violations: 1}' }],
    ['a namespace of the inventory', { constraint: 'team-a', object: 'in-shop', inventory: 'namespace' }],
    ['an object without a namespace, which every list of namespaces lets through', { constraint: 'shop' }],
    ['a constraint for gator', { constraint: 'gator' }],
    ['a constraint for the webhook alone', { constraint: 'webhook', assertion: '{violations: no}' }],
    ['a request that creates', { object: 'created' }],
  ])('given %s, the case holds', async (_, of) => {
    expect(await run(suiteOf(of))).toMatchObject({ outcomes: [expect.any(String)], differences: [], problems: [] });
  });

  test.each<[string, Case, string]>([
    ['fewer', { assertion: '{violations: 3}' }, '2 violations, expected 3: no pod; name bad of no pod'],
    ['some where there must be none', { assertion: '{violations: no}' }, '2 violations, expected none'],
    ['none where there must be some', { object: 'pod', assertion: '{}' }, '0 violations, expected at least 1'],
    ['none of a message', { assertion: '{message: x}' }, "0 violations like 'x', expected at least 1"],
    ['a message that is no expression', { assertion: '{message: "("}' }, "message '(' is no regular expression"],
    ['a constraint that is valid after all', { test: 'invalid: true' }, 'the constraint fits its template'],
  ])('given %s, it says so', async (_, of, difference) => {
    expect((await run(suiteOf(of))).differences).toEqual([expect.stringContaining(difference)]);
  });

  test('given a constraint that has to be invalid and is, the test holds', async () => {
    const { outcomes, differences } = await run(suiteOf({ constraint: 'wrong', test: 'invalid: true' }));
    expect([outcomes, differences]).toEqual([['violated'], []]);
  });

  test.each<[string, string]>([
    ['suite', `${suiteOf({})}skip: true\n`],
    ['test', suiteOf({ test: 'skip: true' })],
    ['case', suiteOf({ case: ', skip: true' })],
  ])('given a %s to skip, it is skipped', async (_, suite) => {
    expect(await run(suite)).toEqual({ outcomes: ['skipped'], differences: [], problems: [] });
  });

  test.each<[string, Case, string]>([
    ['an expansion', { test: 'expansion: e.yaml' }, 'PLM1305 8 tests[0].expansion: expansion e.yaml is not supported'],
    [
      'a misspelt field',
      { test: 'invalids: true' },
      'PLM1317 8 tests[0].invalids: unknown field; did you mean "invalid"?',
    ],
    ['no assertion', { assertion: '' }, 'PLM1317 9 tests[0].cases[0].assertions: Too small'],
    [
      'a constraint that does not fit',
      { constraint: 'wrong' },
      'PLM1316 1 spec.parameters.labels: must be of type array',
    ],
    ['Rego alone', { template: 'rego' }, 'PLM1315 1 spec.targets[0].rego'],
    ['a file that is not there', { object: 'lost' }, 'lost.yaml'],
    [
      'a template in place of a constraint',
      { constraint: 'two' },
      'PLM1317 7 tests[0].constraint: two.yaml is not one constraint',
    ],
    [
      'a constraint in place of a template',
      { template: 'all' },
      'PLM1317 6 tests[0].template: all.yaml is not one ConstraintTemplate',
    ],
    [
      'two objects',
      { object: 'pair' },
      'PLM1317 9 tests[0].cases[0].object: pair.yaml holds 2 objects; it must be one',
    ],
    ['a request that deletes', { object: 'deleted' }, 'PLM1305 9 tests[0].cases[0].object'],
  ])('given %s, it is told at its place', async (_, of, said) => {
    expect((await run(suiteOf(of))).problems[0]).toContain(said);
  });
});

describe('plimsoll guardrails test', () => {
  test.each<[string, string, number, string]>([
    ['holds', suiteOf({}), 0, '1 of 1 cases of 1 suite hold.'],
    ['does not hold', suiteOf({ assertion: '{violations: no}' }), 1, '0 of 1 cases of 1 suite hold.'],
    ['is skipped', suiteOf({ case: ', skip: true' }), 0, 'Skipped as their suites say: 1.'],
    ['cannot be read', suiteOf({ assertion: '' }), 2, 'PLM1317 suite.yaml:9:60 Suite s'],
    ['is of another engine', suiteOf({ template: 'rego' }), 3, 'PLM1315 rego.yaml:1'],
  ])('given a Suite whose case %s, it ends with the exit code for it', async (_, suite, exit, said) => {
    const { code, stderr } = await runCli(await folder(suite), ['guardrails', 'test', '.']);
    expect([code, stderr]).toEqual([exit, expect.stringContaining(said)]);
  });

  test('given a Suite by name beside a folder of guardrails, both are run', async () => {
    const suite = `${await folder(suiteOf({}))}/suite.yaml`;
    const { code, stdout } = await runCli(libraryFolder, ['guardrails', 'test', suite, 'hygiene', '-o', 'json']);
    const { items } = JSON.parse(stdout) as { items: { guardrail: string }[] };
    expect([code, items.length > 10, items.at(-1)?.guardrail]).toEqual([0, true, `${suite}: t`]);
  });
});
