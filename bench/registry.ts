import { celBench } from './cel.ts';
import { celFuzzBench } from './cel-fuzz.ts';
import type { Bench } from './figures.ts';
import { historyBench } from './history.ts';
import { latencyBench } from './latency.ts';
import { scanBench } from './scan.ts';
import { syncBench } from './sync.ts';

/** Every bench, by the name on the command line. */
export const benches: readonly Bench[] = [celBench, celFuzzBench, historyBench, latencyBench, scanBench, syncBench];
