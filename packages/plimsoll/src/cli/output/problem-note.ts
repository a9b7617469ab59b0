import type { ProblemItem } from '../../server/schemas.ts';
import { exitCodeOf, exitCodeOfProblem, type ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

/** Problems told beside an answer that is about something else. */
const mostBeside = 5;

/** The first problems of the sources that an answer rests on, and how many more there are; gives the exit code. */
export function noteSourceProblems(
  sources: readonly { readonly problems: readonly ProblemItem[] }[],
  { complain, say }: Pick<Terminal, 'complain' | 'say'>,
): ExitCode {
  const problems = sources.flatMap((source) => source.problems).map((found) => ({ ...found, subject: null }));
  for (const found of problems.slice(0, mostBeside)) complain(found);
  const more = problems.length - mostBeside;
  if (more > 0) say(`${more} more ${more === 1 ? 'problem' : 'problems'} of sources; \`plimsoll sources\` lists them.`);
  return exitCodeOf(problems.map(exitCodeOfProblem));
}

/**
 * Says on standard error what is wrong with the items of a list; gives the exit code that it asks for. `subject`: what
 * an item's problems are about, null where they say it themselves.
 */
export function noteProblems<T extends { readonly problems: readonly ProblemItem[] }>(
  items: readonly T[],
  subject: (item: T) => string | null,
  { complain }: Terminal,
): ExitCode {
  const problems = items.flatMap((item) => item.problems.map((problem) => ({ ...problem, subject: subject(item) })));
  for (const problem of problems) complain(problem);
  return exitCodeOf(problems.map(exitCodeOfProblem));
}
