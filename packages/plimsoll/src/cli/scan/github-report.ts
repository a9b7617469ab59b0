import type { ProblemItem, VerdictItem } from '../../server/schemas.ts';
import { messagesOf, resourceTitle, type ReportWriter, type Write } from './report.ts';

/** `-o github`: workflow commands, which GitHub Actions shows beside the lines of a pull request. */
export function githubReport(write: Write): ReportWriter {
  return {
    verdict: async (verdict) => await write(verdictCommand(verdict)),
    end: async ({ problems }) => {
      for (const problem of problems) await write(problemCommand(problem));
    },
  };
}

const levels = {
  pass: 'debug',
  skip: 'debug',
  waived: 'notice',
  fail: 'error',
  unknown: 'warning',
  error: 'warning',
} as const;

function verdictCommand(verdict: VerdictItem): string {
  const { guardrail, outcome, severity, resource } = verdict;
  const minor = outcome === 'fail' && (severity === 'low' || severity === 'info');
  const level = minor ? 'notice' : outcome === 'fail' && severity === 'medium' ? 'warning' : levels[outcome];
  const message = `${resourceTitle(verdict)}: ${messagesOf(verdict).join('\n')}`;
  if (level === 'debug') return `::debug::${escapeData(`${outcome} ${guardrail} ${message}`)}\n`;
  return command(
    level,
    { file: resource.file, line: resource.line, title: `${guardrail} (${outcome}, ${severity})` },
    message,
  );
}

function problemCommand({ code, file, line, column, message, remedy }: ProblemItem): string {
  return command('error', { file, line, col: column, title: code }, `${message}\n${remedy}`);
}

function command(level: string, properties: Readonly<Record<string, string | number | null>>, message: string): string {
  const given = Object.entries(properties).filter(([, value]) => value !== null);
  const words = given.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
  return `::${level} ${words}::${escapeData(message)}\n`;
}

// The escapes of actions/toolkit packages/core/src/command.ts.
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
