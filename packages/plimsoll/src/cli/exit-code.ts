import type { Problem } from '../model/problem.ts';
import { errors, type ErrorCode, type Fault } from '../model/errors.ts';

/** Exit codes of every command. */
export const exitCodes = {
  /** Nothing at or above `--fail-on`. */
  good: 0,
  /** Findings at or above `--fail-on`. */
  findings: 1,
  /** The user's mistake: a flag, the configuration, a policy that does not compile. */
  mistake: 2,
  /** Could not tell: unreadable document, forbidden list, evaluation error, unknown verdict. */
  unseen: 3,
  bug: 70,
} as const;

/** One of the five. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const gravest: readonly ExitCode[] = [exitCodes.bug, exitCodes.mistake, exitCodes.findings, exitCodes.unseen];

/** Of several exit codes, the first of 70, 2, 1, 3; 0 where there is none of them. */
export function exitCodeOf(codes: Iterable<ExitCode>): ExitCode {
  const given = new Set(codes);
  return gravest.find((code) => given.has(code)) ?? exitCodes.good;
}

const byFault: Record<Fault, ExitCode> = {
  user: exitCodes.mistake,
  unseen: exitCodes.unseen,
  retryable: exitCodes.unseen,
  theirs: exitCodes.unseen,
  bug: exitCodes.bug,
  notice: exitCodes.good,
};

/** Who is at fault, by a problem's code. */
export function faultOf(problem: Pick<Problem, 'code'>): Fault {
  return isErrorCode(problem.code) ? errors[problem.code].fault : 'bug';
}

/** The exit code that a problem asks for by itself. */
export function exitCodeOfProblem(problem: Problem): ExitCode {
  return byFault[faultOf(problem)];
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errors, code);
}
