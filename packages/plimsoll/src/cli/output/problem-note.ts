import type { ProblemItem } from '../../server/schemas.ts';
import { exitCodeOf, exitCodeOfProblem, type ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

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
