import { expect, test } from 'vitest';
import { resetText } from './watch.ts';

test.each([
  [7, 9, 'The log no longer holds that position: what happened in between is not shown.'],
  [undefined, 9, 'The log no longer holds that position: what happened in between is not shown.'],
  [12, 9, 'The log has no position 12: it stands at 9. What happens from now on is shown.'],
])('given a start after %s in a log that stands at %s, then the reset is told', (since, head, expected) => {
  expect(resetText(since, head)).toBe(expected);
});
