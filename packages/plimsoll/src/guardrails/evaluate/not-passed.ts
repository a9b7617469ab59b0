import type { Violation, WaivedBy } from '../../model/verdict.ts';
import type { Policy } from '../policy.ts';

/** What a policy says of one resource and param, where that is not pass. */
export interface NotPassed {
  readonly outcome: 'fail' | 'waived' | 'skip' | 'unknown' | 'error';
  /** Always there but for fail, whose violations say it. */
  readonly reason: string | null;
  readonly violations: readonly Violation[];
  /** True of a skip whose cause is a failure that failurePolicy Ignore lets be. */
  readonly ignored?: true;
  /** Of what an exception waives. */
  readonly waivedBy?: WaivedBy;
}

/** What the policy rests on cannot be seen. */
export function unknownFor(reason: string): NotPassed {
  return { outcome: 'unknown', reason, violations: [] };
}

/** The policy does not judge this. */
export function skipFor(reason: string): NotPassed {
  return { outcome: 'skip', reason, violations: [] };
}

/** The policy could not be carried out, whatever its failurePolicy says. */
export function errorFor(reason: string): NotPassed {
  return { outcome: 'error', reason, violations: [] };
}

/** The policy could not be carried out: an error, or under failurePolicy Ignore a skip with the error as its reason. */
export function failureOf({ failurePolicy }: Policy, reason: string): NotPassed {
  return failurePolicy === 'Fail' ? errorFor(reason) : { ...skipFor(`failurePolicy Ignore: ${reason}`), ignored: true };
}
