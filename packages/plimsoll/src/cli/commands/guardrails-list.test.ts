import { afterEach, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const guardrail = (name: string, severity: string, title: string) => `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: {name: ${name}}
spec:
  title: ${title}
  severity: ${severity}
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations: [{expression: 'true'}]
`;

test('given a severity that there is none of, then its guardrail is listed with its title, its severity as unknown', async () => {
  const { folder, remove } = await folderOf({
    'g/a.yaml': guardrail('a', 'hgih', 'Ay'),
    'g/b.yaml': guardrail('b', 'low', 'Bee'),
  });
  ends.push(remove);
  const line = ['--guardrails', 'g'];
  const { code, stdout } = await runCli(folder, ['guardrails', 'list', ...line, '-o', 'json']);
  expect({ code, items: JSON.parse(stdout).items }).toMatchObject({
    code: 2,
    items: [
      { name: 'a', severity: null, title: 'Ay', state: 'broken' },
      { name: 'b', severity: 'low', title: 'Bee', state: 'ok' },
    ],
  });
  expect((await runCli(folder, ['guardrails', 'list', ...line])).stdout).toMatch(/^a +unknown +broken .*Ay$/m);
  expect((await runCli(folder, ['guardrails', 'show', 'a', ...line])).stdout).toMatch(/^a {2}unknown {2}broken\nAy$/m);
});

test('given a ladder, and the actions of a binding, then both are shown, as data and as text', async () => {
  const ladder = '  enforcement: [{action: warn}, {action: deny, from: 2027-03-01, points: [ci, admission]}]\n';
  const { folder, remove } = await folderOf({
    'g/a.yaml': guardrail('a', 'low', 'Ay') + ladder,
    'g/b.yaml': `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: strictly}
spec: {policyName: a, validationActions: [Audit]}
`,
  });
  ends.push(remove);
  const { code, stdout } = await runCli(folder, ['guardrails', 'show', 'a', '--guardrails', 'g', '-o', 'json']);
  expect({ code, item: JSON.parse(stdout) }).toMatchObject({
    code: 0,
    item: {
      enforcement: [
        { action: 'warn', from: null, points: [], binding: null },
        { action: 'deny', from: '2027-03-01', points: ['ci', 'admission'], binding: null },
        { action: 'Audit', from: null, points: [], binding: 'strictly' },
      ],
    },
  });
  expect((await runCli(folder, ['guardrails', 'show', 'a', '--guardrails', 'g'])).stdout).toContain(
    'enforced: warn, deny from 2027-03-01 (ci, admission), Audit by strictly\n',
  );
});

test('given a policy whose rules are judged one by one, then its name shows them all', async () => {
  const rule = (name: string) =>
    `    - {name: ${name}, match: {any: [{resources: {kinds: [Pod]}}]}, validate: {cel: {expressions: [{expression: 'true'}]}}}\n`;
  const { folder, remove } = await folderOf({
    'g/p.yaml': `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p}\nspec:\n  rules:\n${rule('one')}${rule('two')}`,
  });
  ends.push(remove);
  const { stdout } = await runCli(folder, ['guardrails', 'show', 'p', '--guardrails', 'g', '-o', 'json']);
  expect(JSON.parse(stdout).items.map(({ name }: { name: string }) => name)).toEqual(['p/one', 'p/two']);
});
