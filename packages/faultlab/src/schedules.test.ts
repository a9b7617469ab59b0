import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runSchedule } from './run-schedule.ts';
import { schedules } from './script.ts';

describe('any schedule of faults', () => {
  it('ends as a full scan sees it; nothing published is lost, nothing ends without proof', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const { events } = await runSchedule(schedule);
        expect(events).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  }, 600_000);
});
