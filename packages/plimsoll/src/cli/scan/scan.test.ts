import { afterEach, describe, expect, test } from 'vitest';
import { folderOf, runCli, type CliRun } from '../run-cli.fixture.ts';
import { scanReportSchema } from './report-schema.ts';

const guardrail = (name: string, expression: string, more = '') => `apiVersion: plimsoll.dev/v1
kind: Guardrail
metadata: {name: ${name}}
spec:
  ${more}
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations:
    - expression: ${JSON.stringify(expression)}
      message: not good
`;
const noHost = guardrail('no-host-network', '!object.spec.?hostNetwork.orValue(false)');
const pod = (name: string, spec = '{containers: []}', metadata = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop${metadata}}\nspec: ${spec}\n`;
const bad = pod('bad', '{hostNetwork: true, containers: []}');

let remove = async () => {};
afterEach(async () => await remove());

async function scan(files: Readonly<Record<string, string>>, line: readonly string[], input = ''): Promise<CliRun> {
  const made = await folderOf(files);
  remove = made.remove;
  return await runCli(made.folder, ['scan', ...line], input);
}

async function report(files: Readonly<Record<string, string>>, line: readonly string[], input = '') {
  const run = await scan(files, [...line, '-o', 'json'], input);
  return { ...run, report: scanReportSchema.parse(JSON.parse(run.stdout)) };
}

const outcomes = ({ verdicts }: Awaited<ReturnType<typeof report>>['report']) =>
  verdicts.map(({ resource, outcome }) => `${resource.name} ${outcome}`);

describe('verdicts and exit codes', () => {
  test('given a good and a bad pod, then the report has the documented shape and the exit code is 1', async () => {
    const files = { 'g.yaml': noHost, 'pods.yaml': `${pod('good')}---\n${bad}` };
    const run = await report(files, ['pods.yaml', '--guardrails', 'g.yaml', '--verdicts', 'all']);
    expect(run.code).toBe(1);
    expect(run.report.summary).toEqual({
      resources: 2,
      guardrails: 1,
      pass: 1,
      fail: 1,
      waived: 0,
      skip: 0,
      unknown: 0,
      error: 0,
    });
    expect(run.report.verdicts[1]).toEqual({
      guardrail: 'no-host-network',
      policy: { source: 'files', kind: 'Guardrail', namespace: null },
      binding: null,
      rule: null,
      param: null,
      resource: {
        source: 'files',
        type: 'core/pods',
        apiVersion: 'v1',
        kind: 'Pod',
        namespace: 'shop',
        name: 'bad',
        uid: null,
        file: 'pods.yaml',
        line: 6,
      },
      outcome: 'fail',
      severity: 'high',
      reason: null,
      violations: [
        {
          index: 0,
          message: 'not good',
          expression: '!object.spec.?hostNetwork.orValue(false)',
          paths: ['spec.hostNetwork'],
        },
      ],
    });
    expect(run.report.problems).toEqual([]);
    expect(run.stderr).toMatch(/Read 2 files[^]*Judged 2 resources by 1 guardrail: 1 pass, 1 fail/);
  });

  test.each([
    { what: 'a good pod', text: pod('good'), failOn: 'high', code: 0 },
    { what: 'a bad pod', text: bad, failOn: 'critical', code: 0 },
    { what: 'a bad pod', text: bad, failOn: 'none', code: 0 },
    { what: 'a bad pod', text: bad, failOn: 'low', code: 1 },
  ])('given $what and --fail-on $failOn, then the exit code is $code', async ({ text, failOn, code }) => {
    const files = { 'g.yaml': noHost, 'p.yaml': text };
    expect(await scan(files, ['.', '--guardrails', '.', '--fail-on', failOn])).toMatchObject({ code });
  });

  test('given an expression that errs on an object, then it is an error with its reason, exit 3, and other objects go on', async () => {
    const files = {
      'g.yaml': guardrail('label', "object.metadata.labels.team == 'x'"),
      'p.yaml': `${pod('a')}---\n${pod('b', '{}', ', labels: {team: x}')}`,
    };
    const run = await report(files, ['.', '--guardrails', '.', '--verdicts', 'all']);
    expect(outcomes(run.report)).toEqual(['a error', 'b pass']);
    expect(run.report.verdicts[0]?.reason).toContain('no such key: labels');
    expect(run.code).toBe(3);
  });

  test('given an unknown verdict, then it is exit 3, and 0 with --allow-unknown', async () => {
    const files = { 'g.yaml': guardrail('who', "request.userInfo.username == 'x'"), 'p.yaml': pod('a') };
    expect(await scan(files, ['.', '--guardrails', '.'])).toMatchObject({ code: 3 });
    await remove();
    expect(await scan(files, ['.', '--guardrails', '.', '--allow-unknown'])).toMatchObject({ code: 0 });
  });

  test('given a finding and an error, then 1 outranks 3; with a broken policy 2 outranks both', async () => {
    const both = { 'g.yaml': noHost, 'h.yaml': guardrail('label', 'object.metadata.labels.x == 1'), 'p.yaml': bad };
    expect(await scan(both, ['.', '--guardrails', '.'])).toMatchObject({ code: 1 });
    await remove();
    expect(
      await scan({ ...both, 'broken.yaml': guardrail('broken', 'object.') }, ['.', '--guardrails', '.']),
    ).toMatchObject({ code: 2 });
  });

  test('given a waiver that covers it, then the verdict is waived, counted, and exit 0', async () => {
    const waiver = `apiVersion: plimsoll.dev/v1\nkind: Waiver\nmetadata: {name: w}\nspec: {guardrails: [no-host-network], namespaces: [shop], reason: agreed}\n`;
    const run = await report({ 'g.yaml': noHost, 'w.yaml': waiver, 'p.yaml': bad }, ['.', '--guardrails', '.']);
    expect(outcomes(run.report)).toEqual(['bad waived']);
    expect(run.report.summary.waived).toBe(1);
    expect(run.code).toBe(0);
  });

  test('given no --guardrails, then the default preset judges', async () => {
    const run = await report({ 'p.yaml': bad }, ['p.yaml']);
    expect(run.report.verdicts.map((verdict) => verdict.guardrail)).toEqual(['pod-security-host-namespaces']);
  });
});

describe('bad input', () => {
  test('given a broken document between two good ones, then both are judged, the broken one is placed, exit 3', async () => {
    const text = `${pod('a')}---\nkind: [\n---\n${pod('b')}`;
    const run = await report({ 'g.yaml': noHost, 'p.yaml': text }, [
      'p.yaml',
      '--guardrails',
      'g.yaml',
      '--verdicts',
      'all',
    ]);
    expect(outcomes(run.report)).toEqual(['a pass', 'b pass']);
    expect(run.report.problems).toMatchObject([{ code: 'PLM1201', file: 'p.yaml', document: 2 }]);
    expect(run.code).toBe(3);
  });

  test.each([
    ['an unknown field', noHost.replace('validations:', 'validationz:'), 'PLM1301'],
    ['an unknown kind of policy', noHost.replace('kind: Guardrail', 'kind: Guardrial'), 'PLM1304'],
    ['an expression that does not compile', guardrail('x', 'object.spec.'), 'PLM1303'],
    ['types that exist nowhere', noHost.replace('[pods]', '[podz]'), 'PLM1307'],
  ])('given a policy with %s, then it is exit 2 with %s', async (_what, text, code) => {
    const run = await report({ 'g.yaml': text, 'p.yaml': pod('a') }, ['.', '--guardrails', '.']);
    expect(run.report.problems.map((problem) => problem.code)).toContain(code);
    expect(run.code).toBe(2);
  });

  test('given a policy that matches nothing here, then it is a problem and the exit code stays 0', async () => {
    const run = await report({ 'g.yaml': noHost.replace('[pods]', '[services]'), 'p.yaml': pod('a') }, [
      '.',
      '--guardrails',
      '.',
    ]);
    expect(run.report.problems).toMatchObject([{ code: 'PLM1308' }]);
    expect(run.code).toBe(0);
  });

  test('given no policy at all, or a preset or file that is not there, then it is exit 2', async () => {
    expect(
      await scan({ 'p.yaml': pod('a'), 'none/x.yaml': pod('b') }, ['p.yaml', '--guardrails', 'none']),
    ).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1306') });
    await remove();
    expect(await scan({ 'p.yaml': pod('a') }, ['p.yaml', '--guardrails', 'builtin:x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('PLM1311'),
    });
    await remove();
    const missing = await scan({}, ['missing.yaml']);
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('PLM1207') });
    expect(missing.stderr).not.toMatch(/PLM1212|Judged/);
    await remove();
    expect(await scan({ 'p.yaml': pod('a') }, ['p.yaml', '--guardrails', 'missing.yaml'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/PLM1207 missing\.yaml[^]*PLM1306/),
    });
  });

  test('given a repeated key beside an unreadable document, then one document could not be read', async () => {
    const run = await scan({ 'p.yaml': `${pod('a')}\n---\n{\n---\n${pod('b')}\nspec: {}` }, ['p.yaml']);
    expect(run.stderr).toContain('PLM1203');
    expect(run.stderr).toContain('3 documents, 1 of which could not be read');
  });

  test('given lists, a kind that nobody knows, and standard input, then all are judged and counted', async () => {
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'shop' }, spec: {} },
        { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w' } },
      ],
    });
    const run = await report({ 'g.yaml': noHost }, ['-', '--guardrails', 'g.yaml', '--verdicts', 'all'], list);
    expect(outcomes(run.report)).toEqual(['a pass']);
    expect(run.report.summary.resources).toBe(2);
    expect(run.report.verdicts[0]?.resource.file).toBe('-');
    expect(run.stderr).toContain('Widget');
    expect(run.code).toBe(0);
  });

  test('given names and keys such as __proto__ and emoji, then they are judged as what they are', async () => {
    const odd = pod(
      'a',
      '{containers: []}',
      ', labels: {__proto__: x, constructor: yy}, annotations: {"😀": "\\u202e"}',
    );
    const run = await report(
      {
        'g.yaml': guardrail(
          'keys',
          "object.metadata.labels.size() == 2 && object.metadata.labels['constructor'] == 'yy'",
        ),
        'p.yaml': odd,
      },
      ['.', '--guardrails', '.', '--verdicts', 'all'],
    );
    expect(outcomes(run.report)).toEqual(['a pass']);
  });

  test('given an object of 1.5 MB, then it is judged', async () => {
    const run = await report(
      { 'g.yaml': noHost, 'p.yaml': pod('a', `{containers: [], x: "${'y'.repeat(1_500_000)}"}`) },
      ['.', '--guardrails', '.', '--verdicts', 'all'],
    );
    expect(outcomes(run.report)).toEqual(['a pass']);
  });
});

describe('formats', () => {
  test.each(['table', 'jsonl', 'yaml', 'sarif', 'junit', 'github', 'markdown'])(
    'given -o %s, then standard output holds the finding and the exit code is 1',
    async (format) => {
      const run = await scan({ 'g.yaml': noHost, 'p.yaml': bad }, ['.', '--guardrails', '.', '-o', format]);
      expect(run.stdout).toContain('no-host-network');
      expect(run.stdout).toContain('p.yaml');
      expect(run.stdout).not.toContain('Judged');
      expect(run.code).toBe(1);
    },
  );
});
