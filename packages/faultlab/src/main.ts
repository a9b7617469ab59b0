import fc from 'fast-check';
import { runSchedule } from './run-schedule.ts';
import { schedules } from './script.ts';

const usage = 'usage: npm run soak -- faults [--runs N] [--seed N]\n';

/** `npm run soak -- faults`: exit 0 where all schedules hold, 1 with the seed and the shrunk schedule of one that does not. */
async function main(words: readonly string[]): Promise<number> {
  const { runs, seed, unknown } = optionsOf(words);
  if (words[0] !== 'faults' || unknown) {
    process.stderr.write(usage);
    return 2;
  }
  const began = performance.now();
  let done = 0;
  let events = 0;
  let broken = 0;
  const details = await fc.check(
    fc.asyncProperty(schedules, async (schedule) => {
      try {
        ({ events } = addTo(events, await runSchedule(schedule)));
      } catch (error) {
        broken += 1;
        if (broken === 1) process.stderr.write(`schedule ${done + 1} does not hold; a shorter one is looked for\n`);
        throw error;
      }
      done += 1;
      if (broken === 0 && done % 100 === 0) process.stderr.write(`${done} of ${runs}, ${rate(done, began)}\n`);
    }),
    { numRuns: runs, seed },
  );
  if (!details.failed) {
    process.stdout.write(`${runs} schedules hold (seed ${seed}): ${events} events, ${rate(done, began)}\n`);
    return 0;
  }
  const why = details.errorInstance instanceof Error ? details.errorInstance.stack : String(details.errorInstance);
  process.stdout.write(
    `${fc.defaultReportMessage(details) ?? ''}\n${why}\nAgain: npm run soak -- faults --seed ${seed}\n`,
  );
  return 1;
}

function addTo(events: number, result: { readonly events: number }): { readonly events: number } {
  return { events: events + result.events };
}

function rate(done: number, began: number): string {
  const seconds = (performance.now() - began) / 1000;
  return `${Math.round(seconds)} s, ${((seconds * 1000) / done).toFixed(0)} ms each`;
}

function optionsOf(words: readonly string[]): {
  readonly runs: number;
  readonly seed: number;
  readonly unknown: boolean;
} {
  const numberAfter = (name: string): number | undefined => {
    const at = words.indexOf(name);
    return at < 0 ? undefined : Number(words[at + 1]);
  };
  const runs = numberAfter('--runs') ?? 10_000;
  const seed = numberAfter('--seed') ?? Date.now() % 1_000_000_000;
  return { runs, seed, unknown: !Number.isInteger(runs) || !Number.isInteger(seed) };
}

process.exitCode = await main(process.argv.slice(2));
