import type { JsonObject } from '../../model/json.ts';
import type { Outcome } from '../../model/verdict.ts';
import type { ProblemItem, VerdictItem } from '../../server/schemas.ts';
import { yamlText } from '../output/print.ts';
import { messagesOf, type GuardrailHeading, type ReportWriter, type Write } from './report.ts';

/** The two APIs that hold policy results in a cluster: one shape under two names. */
export type ReportApi = 'policyreport' | 'openreports';

const apis = {
  // sigs.k8s.io/wg-policy-prototypes policy-report/crd
  policyreport: { apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport', clusterKind: 'ClusterPolicyReport' },
  // github.com/openreports/reports-api config/crd
  openreports: { apiVersion: 'openreports.io/v1alpha1', kind: 'Report', clusterKind: 'ClusterReport' },
} as const;

/** A report is one object of a cluster, of which etcd takes 1.5 MB. */
const mostResults = 1000;

type Result = 'pass' | 'fail' | 'error' | 'skip';

/** What the APIs have for an outcome; which one it was stands in the result's properties. */
const results: Readonly<Record<Outcome, Result>> = {
  pass: 'pass',
  fail: 'fail',
  waived: 'skip',
  skip: 'skip',
  unknown: 'error',
  error: 'error',
};

interface OpenReport {
  readonly source: string;
  /** null: of what is in no namespace. */
  readonly namespace: string | null;
  /** How many of its name were written before. */
  readonly before: number;
  readonly results: readonly JsonObject[];
}

/**
 * `-o policyreport` and `-o openreports`: YAML documents for kubectl apply, a report for each namespace and one for what
 * is in none, and further ones where one would hold more than 1,000 results. Problems of the run are results of the
 * latter. `now`: milliseconds since 1970.
 */
export function policyReport(
  write: Write,
  api: ReportApi,
  headings: ReadonlyMap<string, GuardrailHeading>,
  now: number,
): ReportWriter {
  const open = new Map<string, OpenReport>();
  const timestamp = { seconds: Math.floor(now / 1000), nanos: 0 };
  const add = async (source: string, namespace: string | null, result: JsonObject): Promise<void> => {
    const key = JSON.stringify([source, namespace]);
    const found = open.get(key) ?? { source, namespace, before: 0, results: [] };
    const next = { ...found, results: [...found.results, { ...result, timestamp }] };
    if (next.results.length < mostResults) return void open.set(key, next);
    open.set(key, { ...next, before: next.before + 1, results: [] });
    await write(await reportText(api, next));
  };
  return {
    verdict: async (verdict) => {
      const { source, namespace } = verdict.resource;
      await add(source, namespace, resultOf(verdict, headings.get(verdict.guardrail)));
    },
    end: async ({ problems }) => {
      for (const problem of problems) await add(problem.source ?? 'files', null, problemResult(problem));
      for (const report of open.values()) if (report.results.length > 0) await write(await reportText(api, report));
    },
  };
}

async function reportText(api: ReportApi, report: OpenReport): Promise<string> {
  const { apiVersion, kind, clusterKind } = apis[api];
  const { source, namespace, before, results: all } = report;
  const count = (result: Result) => all.filter((one) => one['result'] === result).length;
  const manifest = {
    apiVersion,
    kind: namespace === null ? clusterKind : kind,
    metadata: {
      name: reportName(source, before),
      ...(namespace === null ? {} : { namespace }),
      labels: { 'app.kubernetes.io/managed-by': 'plimsoll' },
    },
    ...(api === 'openreports' ? { source: 'plimsoll' } : {}),
    summary: { pass: count('pass'), fail: count('fail'), warn: 0, error: count('error'), skip: count('skip') },
    results: all,
  };
  return `---\n${await yamlText(manifest)}`;
}

/** `plimsoll`, `plimsoll-prod-eu`, `plimsoll-2`: as a name that the API server takes. */
function reportName(source: string, before: number): string {
  const of = source
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  const words = ['plimsoll', ...(source === 'files' || of === '' ? [] : [of]), ...(before === 0 ? [] : [before + 1])];
  return words.join('-').slice(0, 253);
}

function resultOf(verdict: VerdictItem, heading: GuardrailHeading | undefined): JsonObject {
  const { guardrail, policy, rule, binding, param, resource, outcome, severity, violations } = verdict;
  const { apiVersion, kind, namespace, name, uid, file, line } = resource;
  const category = heading?.categories[0];
  const paths = violations.flatMap((violation) => violation.paths).join(', ');
  return {
    source: 'plimsoll',
    policy: guardrail,
    ...(rule === null ? {} : { rule }),
    ...(category === undefined ? {} : { category }),
    severity,
    result: results[outcome],
    scored: true,
    message: outcome === 'pass' ? '' : messagesOf(verdict).join('\n'),
    resources: [
      { apiVersion, kind, name, ...(namespace === null ? {} : { namespace }), ...(uid === null ? {} : { uid }) },
    ],
    properties: texts({ outcome, policyKind: policy.kind, binding, param, file, line, paths }),
  };
}

function problemResult({ code, message, remedy, file, line }: ProblemItem): JsonObject {
  return {
    source: 'plimsoll',
    policy: code,
    result: 'error',
    scored: false,
    message: `${message}\n${remedy}`,
    properties: texts({ outcome: 'problem', file, line }),
  };
}

/** Properties are texts. */
function texts(given: Readonly<Record<string, string | number | null>>): JsonObject {
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) => (value === null || value === '' ? [] : [[key, String(value)]])),
  );
}
