import { hostileRun } from '../packages/cel/src/conformance/differential/hostile.ts';
import { Random } from '../packages/cel/src/conformance/differential/random.ts';
import { type Bench, figure, percentile } from './figures.ts';

const MINUTES = 3;
const MILLISECONDS_A_MINUTE = 60_000;
/** No run may take longer, in milliseconds. */
const SLOWEST = 2_000;

/** Broken and hostile expressions on hostile objects for minutes; a run that throws ends it with its expression. */
export const celFuzzBench: Bench = {
  name: 'cel-fuzz',
  about: `hostile CEL for ${MINUTES} minutes: nothing throws, nothing hangs`,
  run(log) {
    const seed = Date.now() % 2 ** 32;
    log(`seed ${seed}`);
    const random = new Random(seed);
    const times: number[] = [];
    let slowest = { source: '', milliseconds: 0 };
    for (const end = performance.now() + MINUTES * MILLISECONDS_A_MINUTE; performance.now() < end;) {
      const run = hostileRun(random);
      times.push(run.milliseconds);
      if (run.milliseconds > slowest.milliseconds) slowest = run;
    }
    log(`slowest: ${slowest.source}`);
    return Promise.resolve([
      figure('runs', 'higher', [times.length]),
      figure('99th percentile, ms', 'lower', [percentile(times, 0.99)]),
      figure('slowest, ms', 'lower', [slowest.milliseconds], SLOWEST),
    ]);
  },
};
