import type { Problem } from '../../model/problem.ts';

/** One thing that doctor looked at. */
export interface Check {
  /** What was looked at: `source`, `store`, … */
  readonly check: string;
  /** Which one of them; null where there is one alone. */
  readonly subject: string | null;
  /** What was found, in a few words. */
  readonly said: string;
  readonly problems: readonly Problem[];
}
