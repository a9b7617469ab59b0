import { jsonText } from '../../model/json-text.ts';
import type { ReportWriter, Write } from './report.ts';

/** `-o json`: a ScanReport whose verdicts are written as they come, the summary at its end. */
export function jsonReport(write: Write): ReportWriter {
  let separator = '{"apiVersion": "plimsoll.dev/v1", "kind": "ScanReport",\n "verdicts": [';
  return {
    verdict: async (verdict) => {
      await write(`${separator}\n  ${jsonText(verdict)}`);
      separator = ',';
    },
    end: async ({ summary, problems }) => {
      const opening = separator === ',' ? '' : separator;
      const shown = problems.map((problem) => `\n  ${jsonText(problem)}`).join(',');
      await write(`${opening}],\n "problems": [${shown}],\n "summary": ${jsonText(summary)}}\n`);
    },
  };
}

/** `-o jsonl`: one verdict a line (it has `outcome`), then one problem a line (it has `code`). */
export function jsonLinesReport(write: Write): ReportWriter {
  return {
    verdict: async (verdict) => await write(`${jsonText(verdict)}\n`),
    end: async ({ problems }) => {
      for (const problem of problems) await write(`${jsonText(problem)}\n`);
    },
  };
}
