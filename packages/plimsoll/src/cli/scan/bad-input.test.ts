import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { folderOf, runCli } from '../run-cli.fixture.ts';
import { scanReportSchema } from './report-schema.ts';

let remove = async () => {};
afterEach(async () => await remove());

async function scan(files: Readonly<Record<string, string>>, line: readonly string[] = ['.', '--guardrails', '.']) {
  const made = await folderOf(files);
  remove = made.remove;
  const { code, stdout, stderr } = await runCli(made.folder, ['scan', ...line, '-o', 'json', '--verdicts', 'all']);
  const report = scanReportSchema.parse(JSON.parse(stdout));
  const problems = report.problems.map(
    ({ code: id, file, document, line: at, column }) =>
      `${id} ${file ?? ''}:${at ?? ''}:${column ?? ''} in ${document ?? ''}`,
  );
  return { code, stderr, problems, report, outcomes: report.verdicts.map(({ outcome }) => outcome) };
}

const guardrail = (expression: string) => `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: {name: g}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: ['*'], apiVersions: ['*'], operations: [CREATE], resources: ['*']}]
  validations:
    - expression: ${JSON.stringify(expression)}
`;
const privileged = guardrail('!object.spec.containers.exists(c, c.?securityContext.?privileged.orValue(false))');
const pod = (name: string, spec = '{containers: []}') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec: ${spec}\n`;

/** Bad input, a row each. */
describe('given bad input of a resource', () => {
  test('when a document in the middle is malformed, then it is placed in the file and its neighbours are judged', async () => {
    const { code, problems, outcomes } = await scan({
      'g.yaml': privileged,
      'p.yaml': `${pod('a')}---\nkind: [\n---\n${pod('b')}`,
    });
    expect({ code, problems, outcomes }).toEqual({
      code: 3,
      problems: ['PLM1201 p.yaml:7:1 in 2'],
      outcomes: ['pass', 'pass'],
    });
  });

  test('when a kind is unknown, then it is judged as data and counted', async () => {
    const { code, outcomes, stderr } = await scan({
      'g.yaml': privileged,
      'w.yaml': 'apiVersion: x.io/v1\nkind: Widget\nmetadata: {name: w}\nspec: {containers: []}\n',
    });
    expect({ code, outcomes }).toEqual({ code: 0, outcomes: ['pass'] });
    expect(stderr).toContain('Widget');
  });

  test('when a document has no kind, then that is said and nothing passes', async () => {
    const { code, problems, outcomes } = await scan({
      'g.yaml': privileged,
      'p.yaml': 'apiVersion: v1\nmetadata: {name: a}\n',
    });
    expect(problems).toContain('PLM1204 p.yaml:1:1 in 1');
    expect({ code, outcomes }).toEqual({ code: 3, outcomes: [] });
  });

  test('when an object has no name, then its line and column are told, in a list of JSON too', async () => {
    const list = '{"kind": "PodList", "apiVersion": "v1", "items": [{"metadata": {"name": "a"}}, {"spec": {}}]}';
    const { problems } = await scan({
      'g.yaml': privileged,
      'p.json': list,
      'p.yaml': 'apiVersion: v1\nkind: Pod\nspec: {}\n',
    });
    expect(problems).toEqual([`PLM1204 p.json:1:${list.indexOf('{"spec"') + 1} in 2`, 'PLM1204 p.yaml:1:1 in 1']);
  });

  test('when it is a list of any kind, then its items are judged, each at its line', async () => {
    const item = (name: string) =>
      `- apiVersion: v1\n  kind: Pod\n  metadata: {name: ${name}}\n  spec: {containers: []}\n`;
    const { code, report } = await scan({
      'g.yaml': privileged,
      'p.yaml': `apiVersion: v1\nkind: List\nitems:\n${item('a')}${item('b')}`,
    });
    expect(code).toBe(0);
    expect(report.verdicts.map(({ resource }) => `${resource.name}:${resource.line}`)).toEqual(['a:4', 'b:8']);
  });

  test.each([
    ['', 'empty'],
    ['# only a comment\n', 'a comment'],
  ])('when a file is %j, then that is said and is no success', async (text) => {
    const { problems, outcomes } = await scan({ 'g.yaml': privileged, 'p.yaml': text });
    expect({ problems: problems.filter((line) => line.includes('p.yaml')), outcomes }).toEqual({
      problems: ['PLM1014 p.yaml:: in '],
      outcomes: [],
    });
  });

  test('when a key is repeated, then it is reported, and what kubectl would send is judged', async () => {
    const container = (first: boolean) =>
      `{containers: [{name: c, securityContext: {privileged: ${first}, privileged: ${!first}}}]}`;
    const { code, problems, report } = await scan({
      'g.yaml': privileged,
      'p.yaml': `${pod('a', container(true))}---\n${pod('b', container(false))}`,
    });
    expect(problems).toEqual(['PLM1203 p.yaml:4:67 in 1', 'PLM1203 p.yaml:9:68 in 2']);
    expect(report.verdicts.map(({ resource, outcome }) => `${resource.name} ${outcome}`)).toEqual(['a pass', 'b fail']);
    expect(code).toBe(1);
  });

  test('when a value has the wrong type, then it is an error with the expression and the value', async () => {
    const { code, report } = await scan({
      'g.yaml': guardrail(
        'object.spec.containers.all(c, c.securityContext.privileged == false || c.securityContext.privileged > 1)',
      ),
      'p.yaml': pod('a', '{containers: [{name: c, securityContext: {privileged: "yes"}}]}'),
    });
    expect(code).toBe(3);
    expect(report.verdicts[0]).toMatchObject({ outcome: 'error' });
    expect(report.verdicts[0]?.reason).toContain('no such overload');
    expect(report.verdicts[0]?.reason).toContain('c.securityContext.privileged > 1');
    expect(report.verdicts[0]?.reason).toContain('"yes"');
  });

  test('when a list that a variable reads is an object, then the variable, its operands, their paths and types are told', async () => {
    const variables =
      "  variables:\n    - {name: all, expression: 'object.spec.containers + object.spec.?init.orValue([])'}\n";
    const { report } = await scan({
      'g.yaml': guardrail('variables.all.all(c, c.name != "x")').replace('spec:\n', `spec:\n${variables}`),
      'p.yaml': pod('a', '{containers: {name: c}}'),
    });
    expect(report.verdicts[0]?.reason).toBe(
      `validations[0] 'variables.all.all(c, c.name != "x")', in variables.all 'object.spec.containers + object.spec.?init.orValue([])' at 1:1: no such overload (object.spec.containers is map {"name":"c"}, object.spec.?init.orValue([]), object.spec.init, is list [])`,
    );
  });

  test('when a pod has no spec, then it is an error that names the key and the expression', async () => {
    const { code, report } = await scan({
      'g.yaml': privileged,
      'p.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
    });
    expect(code).toBe(3);
    expect(report.verdicts[0]?.outcome).toBe('error');
    expect(report.verdicts[0]?.reason).toContain('no such key: spec');
    expect(report.verdicts[0]?.reason).toContain('object.spec');
  });

  test('when one name is there twice, then both are judged and it is noticed', async () => {
    const { code, problems, outcomes } = await scan({ 'g.yaml': privileged, 'p.yaml': `${pod('a')}---\n${pod('a')}` });
    expect({ code, problems, outcomes }).toEqual({
      code: 0,
      problems: ['PLM1208 p.yaml:6: in 2'],
      outcomes: ['pass', 'pass'],
    });
  });

  test('when there is a generateName alone, then it is judged', async () => {
    const { code, report } = await scan({
      'g.yaml': privileged,
      'p.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: a-}\nspec: {containers: []}\n',
    });
    expect({ code, verdicts: report.verdicts.map(({ resource, outcome }) => `${resource.name} ${outcome}`) }).toEqual({
      code: 0,
      verdicts: ['a-* pass'],
    });
  });

  test('when brackets are too deep, then the bound is named', async () => {
    const { code, report } = await scan({ 'g.yaml': privileged, 'p.yaml': `${pod('a')}a: ${'['.repeat(300)}\n` });
    expect(code).toBe(3);
    expect(report.problems.map(({ code: id, message }) => `${id} ${message}`)).toEqual([
      'PLM1206 an object nests deeper than the bound of 200 levels, which no API of Kubernetes needs; nest less',
    ]);
  });

  test('when aliases multiply, then the bound is named', async () => {
    const levels = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`);
    const { code, problems, report } = await scan({
      'g.yaml': privileged,
      'p.yaml': `${pod('a')}a0: &a0 [x]\n${levels.join('\n')}\n`,
    });
    expect(code).toBe(3);
    expect(problems).toContainEqual(expect.stringMatching(/^PLM1206 p.yaml:/));
    expect(report.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^aliases such as '\*a\d' stand for more than 99 % of .*; write out what they stand for$/),
    ]);
  });
});

describe('given what is no ordinary file', () => {
  test('when a pipe is in a folder, then the scan does not wait for it, and says so', async () => {
    const made = await folderOf({ 'g.yaml': privileged, 'p.yaml': pod('a') });
    remove = made.remove;
    execFileSync('mkfifo', [join(made.folder, 'pipe.yaml')]);
    const { code, stderr } = await runCli(made.folder, ['scan', '.', '--guardrails', 'g.yaml']);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/PLM1209.*pipe.yaml/) });
  });

  test('when a pipe is named itself, then what comes through it is judged, as kubectl reads it', async () => {
    const made = await folderOf({ 'g.yaml': privileged, 'p.yaml': pod('a') });
    remove = made.remove;
    const pipe = join(made.folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [{ code, stdout }] = await Promise.all([
      runCli(made.folder, ['scan', 'pipe', 'pipe', '--guardrails', 'g.yaml', '--verdicts', 'all', '-o', 'json']),
      writeFile(pipe, pod('a')),
    ]);
    const { verdicts, problems } = scanReportSchema.parse(JSON.parse(stdout));
    expect(verdicts.map(({ resource, outcome }) => [resource.file, resource.name, outcome])).toEqual([
      ['pipe', 'a', 'pass'],
    ]);
    expect({ code, problems }).toEqual({ code: 0, problems: [] });
  });
});

describe('given standard input', () => {
  test.each([
    ['', ['-'], 3, ['PLM1212']],
    [pod('a'), ['-', '-'], 0, []],
  ])('when it is %j and the targets are %j, then the exit code is %i', async (input, targets, exit, ids) => {
    const made = await folderOf({ 'g.yaml': privileged });
    remove = made.remove;
    const { code, stdout } = await runCli(
      made.folder,
      ['scan', ...targets, '--guardrails', 'g.yaml', '-o', 'json'],
      input,
    );
    const { problems } = scanReportSchema.parse(JSON.parse(stdout));
    expect({ code, ids: problems.map(({ code: id }) => id) }).toEqual({ code: exit, ids });
  });
});

describe('given bad input of a policy', () => {
  test('when several policies have several faults, then all are reported at once, each with line, column and caret', async () => {
    const text = `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: {name: one}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validationz: []
  validations:
    - expression: object.spec ==== 1
    - expression: |-
        object.spec.
          nosuch(1)
---
${guardrail('true &&').replace('name: g', 'name: two')}`;
    const { code, problems, report } = await scan({ 'g.yaml': text, 'h.yaml': privileged, 'p.yaml': pod('a') });
    expect(problems).toEqual([
      'PLM1301 g.yaml:7:16 in 1',
      'PLM1303 g.yaml:9:33 in 1',
      'PLM1303 g.yaml:12:17 in 1',
      'PLM1303 g.yaml:21:27 in 2',
    ]);
    expect(report.problems[0]?.message).toContain('did you mean "validations"?');
    expect(report.problems[1]?.message).toContain(' | object.spec ==== 1\n | ..............^');
    expect(report.verdicts.map(({ guardrail: name, outcome }) => `${name} ${outcome}`)).toEqual(['g pass']);
    expect(code).toBe(2);
  });

  test('when it names a type that exists nowhere, then it is exit 2', async () => {
    const { code, problems } = await scan({
      'g.yaml': privileged.replace("resources: ['*']", 'resources: [podz]'),
      'p.yaml': pod('a'),
    });
    expect({ code, problems }).toMatchObject({ code: 2, problems: [expect.stringMatching(/^PLM1307 g.yaml/)] });
  });

  test('when it matches nothing here, then that is a problem and the exit code stays', async () => {
    const { code, problems } = await scan({
      'g.yaml': privileged.replace("resources: ['*']", 'resources: [services]'),
      'p.yaml': pod('a'),
    });
    expect({ code, problems }).toMatchObject({ code: 0, problems: [expect.stringMatching(/^PLM1308 g.yaml/)] });
  });

  test('when something could not be read, then nothing is said of what was not found', async () => {
    const { code, problems } = await scan({
      'g.yaml': privileged.replace("resources: ['*']", 'resources: [services]'),
      'h.yaml': privileged.replace("resources: ['*']", 'resources: [podz]').replace('name: g', 'name: h'),
      'w.yaml':
        'apiVersion: plimsoll.dev/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {guardrails: [g], reason: because}\n',
      'p.yaml': `${pod('a')}---\n{`,
    });
    expect({ code, problems }).toMatchObject({ code: 3, problems: [expect.stringMatching(/^PLM1201 p.yaml/)] });
  });

  test('when a pod fails, then policy, object, container, field path, file and line are there together', async () => {
    const { report } = await scan({
      'g.yaml': privileged,
      'p.yaml': `# shop\n${pod('a', '{containers: [{name: c}, {name: d, securityContext: {privileged: true}}]}')}`,
    });
    expect(report.verdicts[0]).toMatchObject({
      guardrail: 'g',
      resource: { name: 'a', namespace: 'shop', file: 'p.yaml', line: 2 },
      violations: [{ paths: ['spec.containers[1].securityContext.privileged'] }],
    });
  });
});
