import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import type { ProblemItem, VerdictItem } from '../../server/schemas.ts';
import { painter } from '../output/paint.ts';
import { githubReport } from './github-report.ts';
import { jsonLinesReport, jsonReport } from './json-report.ts';
import { junitReport } from './junit-report.ts';
import { markdownReport } from './markdown-report.ts';
import { scanReportSchema } from './report-schema.ts';
import type { ReportSummary, ReportWriter, Write } from './report.ts';
import { sarifReport } from './sarif-report.ts';
import { tableReport } from './table-report.ts';
import { yamlReport } from './yaml-report.ts';

const failing: VerdictItem = {
  guardrail: 'no-privileged',
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
    name: 'web',
    uid: null,
    file: 'a b/pods.yaml',
    line: 12,
  },
  outcome: 'fail',
  severity: 'high',
  reason: null,
  violations: [
    {
      index: 0,
      message: 'Container "app" is privileged: set privileged to false,\nor <leave> it & out',
      expression: 'object.spec.containers.all(c, true)',
      paths: ['spec.containers[0].securityContext.privileged'],
    },
  ],
};
const waived: VerdictItem = { ...failing, outcome: 'waived', reason: 'waived by platform' };
const unknown: VerdictItem = { ...failing, outcome: 'unknown', reason: 'namespace is not given', violations: [] };
const unreadable: ProblemItem = {
  code: 'PLM1201',
  source: 'files',
  file: 'x.yaml',
  document: 2,
  line: 3,
  column: 1,
  message: 'no YAML',
  remedy: 'Mend it.',
};
const summary: ReportSummary = {
  resources: 1,
  guardrails: 1,
  pass: 0,
  fail: 1,
  waived: 1,
  skip: 0,
  unknown: 1,
  error: 0,
};

async function written(
  make: (write: Write) => ReportWriter,
  verdicts: readonly VerdictItem[] = [failing, waived, unknown],
  problems: readonly ProblemItem[] = [unreadable],
): Promise<string> {
  let text = '';
  const report = make(async (part) => void (text += part));
  for (const verdict of verdicts) await report.verdict(verdict);
  await report.end({ summary, problems });
  return text;
}

const plain = painter(false);
const headings = new Map([
  [
    'no-privileged',
    { name: 'no-privileged', title: 'Privileged containers', description: null, categories: ['pod-security'] },
  ],
]);

describe('a ScanReport', () => {
  test('given verdicts, when written as JSON, then it is the documented shape', async () => {
    const report = scanReportSchema.parse(JSON.parse(await written(jsonReport)));
    expect(report.verdicts).toEqual([failing, waived, unknown]);
    expect(report.problems).toEqual([unreadable]);
    expect(report.summary).toEqual(summary);
  });

  test('given no verdicts and no problems, when written as JSON, then both lists are empty', async () => {
    const report = scanReportSchema.parse(JSON.parse(await written(jsonReport, [], [])));
    expect([report.verdicts, report.problems]).toEqual([[], []]);
  });

  test('given verdicts, when written as YAML, then it reads as the same report', async () => {
    const text = await written(yamlReport);
    expect(scanReportSchema.parse(load(text)).verdicts).toEqual([failing, waived, unknown]);
    const empty = await written(yamlReport, [], []);
    expect(scanReportSchema.parse(load(empty)).verdicts).toEqual([]);
  });

  test('given verdicts and problems, when written as JSON lines, then each is a line', async () => {
    const lines = (await written(jsonLinesReport)).trimEnd().split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line)).includes('outcome'))).toEqual([true, true, true, false]);
  });
});

describe('reports for other programs', () => {
  test('given verdicts, when written as SARIF, then rules, places and suppressions are there', async () => {
    const text = await written((write) => sarifReport(write, '1.2.3', headings));
    const { version, runs } = JSON.parse(text);
    const [run] = runs;
    expect(version).toBe('2.1.0');
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['no-privileged']);
    expect(run.results[0]).toMatchObject({ ruleId: 'no-privileged', level: 'error', kind: 'fail' });
    expect(run.results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'a%20b/pods.yaml' },
      region: { startLine: 12 },
    });
    expect(run.results[1].suppressions).toEqual([
      { kind: 'external', status: 'accepted', justification: 'waived by platform' },
    ]);
    expect(run.results[2]).toMatchObject({ kind: 'fail', level: 'warning' });
    expect(run.invocations[0].executionSuccessful).toBe(false);
  });

  test('given a namespace, when written as SARIF, then the resource is named with it, and the finding by its id', async () => {
    const [result] = JSON.parse(await written((write) => sarifReport(write, '1', headings))).runs[0].results;
    expect(result.locations[0].logicalLocations[0].fullyQualifiedName).toBe('files/core/pods/shop/web');
    // printf 'files\0Guardrail\0\0no-privileged\0\0\0\0files\0core/pods\0shop\0web' | sha256sum | head -c 16
    expect(result.partialFingerprints).toEqual({ 'plimsollFindingId/v1': '2bed01b4dbd2e925' });
  });

  test.each([
    [0, [], true],
    [1, [], false],
    [0, [{ ...unreadable, code: 'PLM1014' }], true],
    [0, [unreadable], false],
  ])(
    'given %i errors and problems %j, then SARIF says whether all was looked at',
    async (error, problems, expected) => {
      let text = '';
      await sarifReport(async (part) => void (text += part), '1', headings).end({
        summary: { ...summary, error },
        problems,
      });
      expect(JSON.parse(text).runs[0].invocations[0].executionSuccessful).toBe(expected);
    },
  );

  test('given markup in messages, when written as JUnit, then it is escaped and counted', async () => {
    const text = await written(junitReport);
    expect(text).toContain('tests="3" failures="1" errors="1" skipped="1"');
    expect(text).toContain('or &lt;leave&gt; it &amp; out');
    expect(text).toContain('<testsuite name="problems" tests="1"');
    expect(text.replaceAll(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
  });

  test('given line breaks and colons, when written for GitHub, then they are escaped', async () => {
    const [first] = (await written(githubReport)).split('\n');
    expect(first).toBe(
      '::error file=a b/pods.yaml,line=12,title=no-privileged (fail%2C high)::Pod shop/web: Container "app" is privileged: set privileged to false,%0Aor <leave> it & out',
    );
  });

  test('given markup in messages, when written as Markdown, then a verdict stays one row', async () => {
    const text = await written(markdownReport);
    expect(text).toContain('| high | no-privileged | Pod shop/web | a b/pods.yaml:12 | Container "app" is privileged');
    expect(text).toContain('\\<leave\\>');
  });
});

describe('the table', () => {
  test('given a failing verdict, then policy, object, place, message and field path stand together', async () => {
    const text = await written((write) => tableReport(write, plain, headings), [failing]);
    expect(text).toBe(
      [
        'no-privileged  high  Privileged containers',
        '  ✗ Pod shop/web  a b/pods.yaml:12',
        '      Container "app" is privileged: set privileged to false,',
        '      or <leave> it & out',
        '        at spec.containers[0].securityContext.privileged',
        '',
        '',
      ].join('\n'),
    );
  });

  test('given a name that holds escape sequences, then none reaches the terminal', async () => {
    const evil = { ...failing, resource: { ...failing.resource, name: '\u001B[2Jx' } };
    const text = await written((write) => tableReport(write, plain, headings), [evil]);
    expect(text).toContain('\\u001b[2Jx');
  });

  test('given more verdicts than are shown, then the rest is counted', async () => {
    const text = await written(
      (write) => tableReport(write, plain, headings),
      Array.from({ length: 25 }, () => failing),
    );
    expect(text).toContain('… and 5 more');
  });
});
