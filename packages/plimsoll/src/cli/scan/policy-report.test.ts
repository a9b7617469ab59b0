import { sharedTestCluster } from '@plimsoll/testcluster';
import { loadAll } from 'js-yaml';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { ProblemItem, VerdictItem } from '../../server/schemas.ts';
import { type ReportApi, policyReport } from './policy-report.ts';
import { reportCrds } from './report-crds.fixture.ts';

const now = Date.UTC(2026, 10, 26, 12);
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
    namespace: 'default',
    name: 'web',
    uid: null,
    file: 'pods.yaml',
    line: 12,
  },
  outcome: 'fail',
  severity: 'high',
  reason: null,
  violations: [
    { index: 0, message: 'Container app is privileged', expression: 'false', paths: ['spec.containers[0]'] },
  ],
};
const passing: VerdictItem = { ...failing, outcome: 'pass', violations: [] };
const unknown: VerdictItem = { ...failing, outcome: 'unknown', reason: 'not kept', violations: [] };
const clusterWide: VerdictItem = {
  ...failing,
  outcome: 'waived',
  rule: 'humans',
  binding: 'everywhere',
  resource: { ...failing.resource, kind: 'ClusterRole', namespace: null, name: 'admin', uid: 'u-1' },
};
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
const summary = { resources: 2, guardrails: 1, pass: 1, fail: 1, waived: 1, skip: 0, unknown: 1, error: 0 };
const headings = new Map([
  ['no-privileged', { name: 'no-privileged', title: null, description: null, categories: ['pod-security'] }],
]);

async function reports(api: ReportApi, verdicts: readonly VerdictItem[], problems: readonly ProblemItem[] = []) {
  let text = '';
  const report = policyReport(async (part) => void (text += part), api, headings, now);
  for (const verdict of verdicts) await report.verdict(verdict);
  await report.end({ summary, problems });
  return loadAll(text) as JsonObject[];
}

test('given verdicts, then a report for each namespace, and one for what is in none, with the problems', async () => {
  expect(await reports('policyreport', [failing, passing, unknown, clusterWide], [unreadable])).toMatchObject([
    {
      apiVersion: 'wgpolicyk8s.io/v1alpha2',
      kind: 'PolicyReport',
      metadata: { name: 'plimsoll', namespace: 'default' },
      summary: { pass: 1, fail: 1, warn: 0, error: 1, skip: 0 },
      results: [
        {
          source: 'plimsoll',
          policy: 'no-privileged',
          category: 'pod-security',
          severity: 'high',
          result: 'fail',
          message: 'Container app is privileged',
          timestamp: { seconds: now / 1000, nanos: 0 },
          resources: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web' }],
          properties: { outcome: 'fail', file: 'pods.yaml', line: '12', paths: 'spec.containers[0]' },
        },
        { result: 'pass' },
        { result: 'error', message: 'not kept', properties: { outcome: 'unknown' } },
      ],
    },
    {
      kind: 'ClusterPolicyReport',
      metadata: { name: 'plimsoll' },
      summary: { pass: 0, fail: 0, warn: 0, error: 1, skip: 1 },
      results: [
        { rule: 'humans', result: 'skip', properties: { outcome: 'waived', binding: 'everywhere' } },
        { policy: 'PLM1201', result: 'error', message: 'no YAML\nMend it.', properties: { file: 'x.yaml' } },
      ],
    },
  ]);
});

test('given OpenReports, then the same under its names', async () => {
  expect(await reports('openreports', [failing, clusterWide])).toMatchObject([
    { apiVersion: 'openreports.io/v1alpha1', kind: 'Report', source: 'plimsoll', results: [{ result: 'fail' }] },
    { apiVersion: 'openreports.io/v1alpha1', kind: 'ClusterReport', results: [{ result: 'skip' }] },
  ]);
});

test('given more results than one object holds, then several objects', async () => {
  const many = Array.from({ length: 2500 }, () => failing);
  const made = await reports('policyreport', many);
  expect(made.map(({ metadata, summary }) => ({ metadata, summary }))).toMatchObject([
    { metadata: { name: 'plimsoll' }, summary: { fail: 1000 } },
    { metadata: { name: 'plimsoll-2' }, summary: { fail: 1000 } },
    { metadata: { name: 'plimsoll-3' }, summary: { fail: 500 } },
  ]);
});

test('given several clusters, then each has reports of its own', async () => {
  const elsewhere = { ...failing, resource: { ...failing.resource, source: 'Prod EU' } };
  expect(await reports('policyreport', [failing, elsewhere])).toMatchObject([
    { metadata: { name: 'plimsoll' } },
    { metadata: { name: 'plimsoll-prod-eu' } },
  ]);
});

const admin = (await sharedTestCluster())?.admin;

describe.skipIf(admin === undefined)('a real API server with the CRDs of both', () => {
  const collections = new Map([
    ['PolicyReport', '/apis/wgpolicyk8s.io/v1alpha2/namespaces/default/policyreports'],
    ['ClusterPolicyReport', '/apis/wgpolicyk8s.io/v1alpha2/clusterpolicyreports'],
    ['Report', '/apis/openreports.io/v1alpha1/namespaces/default/reports'],
    ['ClusterReport', '/apis/openreports.io/v1alpha1/clusterreports'],
  ]);

  beforeAll(async () => {
    for (const crd of reportCrds) await admin?.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd);
    for (const path of collections.values())
      await vi.waitUntil(async () => (await admin?.get(path).catch(() => null)) !== null, 60_000);
  }, 90_000);

  test.each(['policyreport', 'openreports'] as const)('takes what is written as %s, every field of it', async (api) => {
    for (const report of await reports(api, [failing, passing, unknown, clusterWide], [unreadable])) {
      const path = `${collections.get(String(report['kind'])) ?? ''}?dryRun=All&fieldValidation=Strict`;
      const { metadata: _, ...stored } = (await admin?.create(path, report)) ?? {};
      const { metadata: __, ...sent } = report;
      expect(stored).toEqual(sent);
    }
  });
});
