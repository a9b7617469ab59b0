import { loadAll } from 'js-yaml';
import { afterEach, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function exported(files: Readonly<Record<string, string>>, ...line: readonly string[]) {
  const { folder, remove } = await folderOf(files);
  ends.push(remove);
  return await runCli(folder, ['guardrails', 'export', ...line]);
}

const guardrail = (spec: string) => `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: { name: careful }
spec:
${spec}`;
const onConfigMaps = `  matchConstraints:
    resourceRules: [{ apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [configmaps] }]
`;
const plain = `${onConfigMaps}  validations: [{ expression: has(object.data), message: no data }]\n`;

test('given a guardrail, then a policy and its binding, which denies, as YAML', async () => {
  const { code, stdout, stderr } = await exported({ 'g.yaml': guardrail(plain) }, 'g.yaml');
  expect({ code, documents: loadAll(stdout) }).toEqual({
    code: 0,
    documents: [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: {
          name: 'careful',
          labels: { 'app.kubernetes.io/managed-by': 'plimsoll' },
          annotations: { 'plimsoll.dev/guardrail': 'careful', 'plimsoll.dev/severity': 'high' },
        },
        spec: {
          failurePolicy: 'Fail',
          matchConstraints: {
            resourceRules: [
              { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] },
            ],
          },
          validations: [{ expression: 'has(object.data)', message: 'no data' }],
        },
      },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'careful', labels: { 'app.kubernetes.io/managed-by': 'plimsoll' } },
        spec: { policyName: 'careful', validationActions: ['Deny'] },
      },
    ],
  });
  expect(stderr).toBe('1 guardrail: 1 policy and 1 binding.\n');
});

test('given -o json, then a List, and given -o jsonl, a document a line', async () => {
  const list = await exported({ 'g.yaml': guardrail(plain) }, 'g.yaml', '-o', 'json');
  const lines = await exported({ 'g.yaml': guardrail(plain) }, 'g.yaml', '-o', 'jsonl');
  expect(JSON.parse(list.stdout)).toMatchObject({ kind: 'List', items: [{ metadata: { name: 'careful' } }, {}] });
  expect(lines.stdout.trim().split('\n')).toHaveLength(2);
});

test('given a ladder, then the action that is due today, and what comes later is told', async () => {
  const ladder =
    '  enforcement: [{ action: audit }, { action: warn, from: 2020-01-15 }, { action: deny, from: 2999-03-01 }]\n';
  const { code, stdout, stderr } = await exported({ 'g.yaml': guardrail(plain + ladder) }, 'g.yaml');
  expect({ code, binding: loadAll(stdout)[1] }).toMatchObject({
    code: 0,
    binding: {
      metadata: { annotations: { 'plimsoll.dev/enforcement': 'deny from 2999-03-01' } },
      spec: { validationActions: ['Warn'] },
    },
  });
  expect(stderr).toContain(
    'PLM1342 g.yaml:8:16 Guardrail careful: spec.enforcement: is Warn; later deny from 2999-03-01',
  );
});

test('given a ladder that is about CI alone, then the policy without a binding', async () => {
  const ladder = '  enforcement: [{ action: deny, points: [ci] }]\n';
  const { code, stdout, stderr } = await exported({ 'g.yaml': guardrail(plain + ladder) }, 'g.yaml');
  expect({ code, kinds: loadAll(stdout) }).toMatchObject({ code: 0, kinds: [{ kind: 'ValidatingAdmissionPolicy' }] });
  expect(stderr).toContain('is not bound: nothing is due at admission today');
});

test('given a look-up in one validation of two, then the other is exported, and the one is named with 2', async () => {
  const lookups = `${onConfigMaps}  lookups: [{ name: others, type: core/configmaps }]
  variables: [{ name: number, expression: size(lookups.others) }]
  validations:
    - { expression: has(object.data), message: no data }
    - { expression: variables.number < 10, message: too many }
`;
  const { code, stdout, stderr } = await exported({ 'g.yaml': guardrail(lookups) }, 'g.yaml');
  expect({ code, policy: loadAll(stdout)[0] }).toMatchObject({
    code: 2,
    policy: { spec: { validations: [{ expression: 'has(object.data)' }] } },
  });
  expect(stderr).toContain(
    'PLM1341 g.yaml:11:7 Guardrail careful: spec.validations[1]: is left out: it reads variables.number: it reads lookups',
  );
});

test.each([
  [
    'a look-up in its only validation',
    `${onConfigMaps}  lookups: [{ name: a, type: core/pods }]\n  validations: [{ expression: size(lookups.a) > 1 }]\n`,
    'spec.validations[0]: it reads lookups',
  ],
  [
    'a look-up in a match condition',
    `${plain}  lookups: [{ name: a, type: core/pods }]\n  matchConditions: [{ name: a, expression: size(lookups.a) > 1 }]\n`,
    'spec.matchConditions[0].expression: it reads lookups',
  ],
  [
    'a paramKind without a binding',
    `${plain}  paramKind: { apiVersion: v1, kind: ConfigMap }\n`,
    'spec.paramKind: no binding says which params',
  ],
  [
    'rules about admission itself',
    plain.replace("['']", '[admissionregistration.k8s.io]').replace('[configmaps]', '[validatingadmissionpolicies]'),
    'is exempt from admission policies',
  ],
])('given %s, then nothing is exported, and the reason is told with 2', async (_, spec, reason) => {
  const { code, stdout, stderr } = await exported({ 'g.yaml': guardrail(spec) }, 'g.yaml');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^PLM1340 g\.yaml:\d+/m);
  expect(stderr).toContain(reason);
});

test('given a template read as a whole, then pods alone are held to it, and the validation is named', async () => {
  const spec = '  appliesTo: podTemplates\n  validations: [{ expression: object.metadata == object.metadata }]\n';
  const { code, stdout, stderr } = await exported({ 'g.yaml': guardrail(spec) }, 'g.yaml');
  expect({ code, names: loadAll(stdout) }).toMatchObject({ code: 2, names: [{ metadata: { name: 'careful' } }, {}] });
  expect(stderr).toContain('PLM1341 g.yaml:6:31 Guardrail careful: spec.validations[0].expression: is not exported');
});

test('given bindings and params, then these as they are', async () => {
  const files = {
    'g.yaml': guardrail(`${plain}  paramKind: { apiVersion: v1, kind: ConfigMap }\n`),
    'b.yaml': `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: strictly }
spec:
  policyName: careful
  validationActions: [Warn, Audit]
  paramRef: { name: limits, namespace: shop, parameterNotFoundAction: Deny }
  matchResources: { namespaceSelector: { matchLabels: { tier: web } } }
`,
  };
  const { code, stdout } = await exported(files, '.');
  expect({ code, binding: loadAll(stdout)[1] }).toMatchObject({
    code: 0,
    binding: {
      metadata: { name: 'strictly' },
      spec: {
        policyName: 'careful',
        validationActions: ['Warn', 'Audit'],
        paramRef: { name: 'limits', namespace: 'shop', parameterNotFoundAction: 'Deny' },
        matchResources: {
          namespaceSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['web'] }] },
        },
      },
    },
  });
});

test('given --out, then a file that is not there yet, and given nothing to export, exit 2', async () => {
  expect(await exported({ 'g.yaml': guardrail(plain) }, 'g.yaml', '--out', 'g.yaml')).toMatchObject({
    code: 2,
    stdout: '',
  });
  expect(await exported({})).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1306') });
});
