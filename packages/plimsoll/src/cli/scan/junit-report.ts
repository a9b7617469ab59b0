import type { ProblemItem, VerdictItem } from '../../server/schemas.ts';
import { messagesOf, resourcePlace, resourceTitle, type ReportWriter, type Write } from './report.ts';

/**
 * `-o junit`: one test suite a guardrail, one test case a verdict, as CI servers read it (the schema of
 * jenkins-junit-plugin). Suites need their counts first, so the verdicts shown are kept until the end.
 */
export function junitReport(write: Write): ReportWriter {
  const suites = new Map<string, VerdictItem[]>();
  return {
    verdict: async (verdict) => {
      const suite = suites.get(verdict.guardrail);
      if (suite === undefined) suites.set(verdict.guardrail, [verdict]);
      else suite.push(verdict);
    },
    end: async ({ problems }) => {
      await write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="plimsoll">\n');
      for (const [name, verdicts] of suites) await write(suiteText(name, verdicts.map(caseOf)));
      if (problems.length > 0) await write(suiteText('problems', problems.map(problemCase)));
      await write('</testsuites>\n');
    },
  };
}

interface TestCase {
  readonly name: string;
  readonly file: string | null;
  readonly ending: {
    readonly tag: 'failure' | 'error' | 'skipped';
    readonly title: string;
    readonly text: string;
  } | null;
}

function caseOf(verdict: VerdictItem): TestCase {
  const name = `${resourceTitle(verdict)} (${resourcePlace(verdict)})`;
  const text = messagesOf(verdict).join('\n');
  const { outcome, severity } = verdict;
  const tags = {
    pass: null,
    fail: 'failure',
    error: 'error',
    unknown: 'error',
    skip: 'skipped',
    waived: 'skipped',
  } as const;
  const tag = tags[outcome];
  return {
    name,
    file: verdict.resource.file,
    ending: tag === null ? null : { tag, title: `${outcome} (${severity})`, text },
  };
}

function problemCase({ code, message, remedy, file, line }: ProblemItem): TestCase {
  const name = `${code} ${file ?? ''}${line === null ? '' : `:${line}`}`;
  return { name, file, ending: { tag: 'error', title: code, text: `${message}\n${remedy}` } };
}

function suiteText(name: string, cases: readonly TestCase[]): string {
  const count = (tag: string) => cases.filter(({ ending }) => ending?.tag === tag).length;
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  const shown = cases.map(({ name: title, file, ending }) => {
    const attributes = `name="${xml(title)}" classname="${xml(name)}"${file === null ? '' : ` file="${xml(file)}"`}`;
    if (ending === null) return `    <testcase ${attributes}/>\n`;
    return `    <testcase ${attributes}><${ending.tag} message="${xml(ending.title)}">${xml(ending.text)}</${ending.tag}></testcase>\n`;
  });
  return `  <testsuite name="${xml(name)}" ${counts}>\n${shown.join('')}  </testsuite>\n`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Text for XML 1.0: markup escaped, characters that it forbids replaced by U+FFFD. */
export function xml(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex -- XML 1.0 (2.2) forbids these
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
      .replace(/[&<>"\n\t]/g, (character) => entities[character] ?? character)
  );
}
