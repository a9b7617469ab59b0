import fc from 'fast-check';
import { describe, it } from 'vitest';
import { runSchedule } from './run-schedule.ts';
import { schedules } from './script.ts';

/** Of all schedules these are run each time, the same ones; `npm run soak -- faults` runs others. */
const SEED = 20_261_125;

describe('any schedule of faults', () => {
  it('ends as a full scan sees it; nothing published is lost, nothing ends without proof', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => void (await runSchedule(schedule))),
      // What fails is shrunk by the long command, which prints the seed's command as this does.
      { numRuns: 200, seed: SEED, endOnFailure: true },
    );
  }, 600_000);
});
