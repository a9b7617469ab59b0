import type { VerdictItem } from '../../server/schemas.ts';
import { messagesOf, resourcePlace, resourceTitle, type ReportEnd, type ReportWriter, type Write } from './report.ts';

/** A comment on a pull request holds 65,536 characters: the counts beyond this many verdicts are said instead. */
const mostRows = 200;

/** `-o markdown`: the counts, then a table of verdicts, for a comment or a job summary. */
export function markdownReport(write: Write): ReportWriter {
  const rows: string[] = [];
  let more = 0;
  return {
    verdict: async (verdict) => {
      if (rows.length < mostRows) rows.push(row(verdict));
      else more += 1;
    },
    end: async (end) => {
      await write(heading(end));
      if (rows.length > 0)
        await write(
          `| severity | guardrail | resource | where | what to mend |\n|---|---|---|---|---|\n${rows.join('')}`,
        );
      if (more > 0) await write(`\n… and ${more} more.\n`);
      if (end.problems.length > 0) await write(`\n### Problems\n${end.problems.map(problemLine).join('')}`);
    },
  };
}

function heading({ summary }: ReportEnd): string {
  const { resources, guardrails, ...counts } = summary;
  const shown = Object.entries(counts)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ');
  return `## Plimsoll: ${summary.fail === 0 ? 'nothing below the line' : `${summary.fail} below the line`}\n\n${resources} resources, ${guardrails} guardrails: ${shown}.\n\n`;
}

function row(verdict: VerdictItem): string {
  const { outcome, severity, guardrail } = verdict;
  const grade = outcome === 'fail' ? severity : `${severity}, ${outcome}`;
  const paths = verdict.violations.flatMap((violation) => violation.paths).map((path) => ` \`${path}\``);
  const what = `${messagesOf(verdict).join(' ')}${paths.join('')}`;
  return `| ${[grade, guardrail, resourceTitle(verdict), resourcePlace(verdict), what].map(cell).join(' | ')} |\n`;
}

function problemLine({ code, file, line, message, remedy }: ReportEnd['problems'][number]): string {
  return `- ${code} ${cell([file, line].filter((part) => part !== null).join(':'))} ${cell(message)} ${cell(remedy)}\n`;
}

/** Text in a table's cell (GitHub Flavored Markdown): no line breaks, no markup of its own. */
function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|<>[\]*_]/g, (character) => `\\${character}`);
}
