import { describe, expect, it } from 'vitest';
import { ApiFailure } from './failure.ts';
import { retryWait } from './retry.ts';

const tuning = { backoffBase: 500, backoffMax: 30_000, slowRetry: 120_000 };
const down = new ApiFailure('unavailable', '503');

describe('the wait before a request is made again', () => {
  it.each([
    ['what the server asks for', new ApiFailure('throttled', '429', { retryAfter: 7000 }), 3, 7000, 7000],
    ['long for what only a person mends', new ApiFailure('forbidden', '403'), 1, 120_000, 120_000],
    ['half to all of the base at first', down, 1, 250, 500],
    ['doubled by each failure', down, 3, 1000, 2000],
    ['never beyond the longest', down, 60, 15_000, 30_000],
  ])('is %s', (_, failure, failures, least, most) => {
    expect(retryWait(failure, failures, tuning, 0)).toBe(least);
    expect(retryWait(failure, failures, tuning, 1)).toBe(most);
  });
});
