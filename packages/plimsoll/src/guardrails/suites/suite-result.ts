import type { Problem } from '../../model/problem.ts';
import type { Outcome } from '../../model/verdict.ts';

/** What became of one case of another tool's test file. */
export interface SuiteCaseResult {
  /** The test that it belongs to, after the file that it stands in. */
  readonly guardrail: string;
  readonly case: string;
  /** The kind of the object. */
  readonly kind: string;
  readonly outcome: 'violated' | 'held' | 'skipped' | Outcome | 'none';
  /** What was said of the violations. */
  readonly messages: readonly string[];
  /** What differs from what the case says; empty where it holds. */
  readonly differences: readonly string[];
}

/** What became of a file of tests. */
export interface SuiteRun {
  readonly results: readonly SuiteCaseResult[];
  /** What kept tests from being run. */
  readonly problems: readonly Problem[];
}
