import type { Violation } from '../../model/verdict.ts';
import type { Policy } from '../policy.ts';

/** What a policy says of one resource and param, where that is not pass. */
export interface NotPassed {
  readonly outcome: 'fail' | 'skip' | 'unknown' | 'error';
  /** Always there but for fail, whose violations say it. */
  readonly reason: string | null;
  readonly violations: readonly Violation[];
  /** True of a skip whose cause is a failure that failurePolicy Ignore lets be. */
  readonly ignored?: true;
}

/** What the policy rests on cannot be seen. */
export function unknownFor(reason: string): NotPassed {
  return { outcome: 'unknown', reason, violations: [] };
}

/** The policy does not judge this. */
export function skipFor(reason: string): NotPassed {
  return { outcome: 'skip', reason, violations: [] };
}

/** The policy could not be carried out: an error, or under failurePolicy Ignore a skip with the error as its reason. */
export function failureOf({ failurePolicy }: Policy, reason: string): NotPassed {
  return failurePolicy === 'Fail'
    ? { outcome: 'error', reason, violations: [] }
    : { ...skipFor(`failurePolicy Ignore: ${reason}`), ignored: true };
}
