import { type ApiFailure, failureMeanings } from './failure.ts';
import { backoff, type Tuning } from './pace.ts';

/**
 * Milliseconds to wait before a request is made again after its `failures`-th failure in a row (1, 2, …): what the
 * server asks for, long for what only a person mends, else the jittered backoff. `random`: 0 to 1.
 */
export function retryWait(
  failure: ApiFailure,
  failures: number,
  tuning: Pick<Tuning, 'backoffBase' | 'backoffMax' | 'slowRetry'>,
  random: number,
): number {
  if (failure.retryAfter !== null) return failure.retryAfter;
  return failureMeanings[failure.kind].retry === 'slow' ? tuning.slowRetry : backoff(failures, tuning, random);
}
