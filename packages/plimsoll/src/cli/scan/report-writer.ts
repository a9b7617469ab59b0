import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';
import { plimsollVersion } from '../version.ts';
import type { GuardrailHeading, ReportWriter } from './report.ts';

/** A format that `scan` prints. */
export type ReportFormat =
  Options['output'] | 'sarif' | 'junit' | 'github' | 'markdown' | 'policyreport' | 'openreports';

type Make = (terminal: Terminal, headings: ReadonlyMap<string, GuardrailHeading>) => Promise<ReportWriter>;

/** Every format; each is imported only when it is asked for. */
const formats: Readonly<Record<ReportFormat, Make>> = {
  table: async ({ write, paint }, headings) => (await import('./table-report.ts')).tableReport(write, paint, headings),
  json: async ({ write }) => (await import('./json-report.ts')).jsonReport(write),
  jsonl: async ({ write }) => (await import('./json-report.ts')).jsonLinesReport(write),
  yaml: async ({ write }) => (await import('./yaml-report.ts')).yamlReport(write),
  sarif: async ({ write }, headings) =>
    (await import('./sarif-report.ts')).sarifReport(write, plimsollVersion(), headings),
  junit: async ({ write }) => (await import('./junit-report.ts')).junitReport(write),
  github: async ({ write }) => (await import('./github-report.ts')).githubReport(write),
  markdown: async ({ write }) => (await import('./markdown-report.ts')).markdownReport(write),
  policyreport: async ({ write }, headings) =>
    (await import('./policy-report.ts')).policyReport(write, 'policyreport', headings, Date.now()),
  openreports: async ({ write }, headings) =>
    (await import('./policy-report.ts')).policyReport(write, 'openreports', headings, Date.now()),
};

/** The writer of a format, onto standard output. */
export async function reportWriter(
  format: ReportFormat,
  terminal: Terminal,
  headings: ReadonlyMap<string, GuardrailHeading>,
): Promise<ReportWriter> {
  return await formats[format](terminal, headings);
}
