import type { Bench } from './figures.ts';
import { scanBench } from './scan.ts';

/** Every bench, by the name on the command line. */
export const benches: readonly Bench[] = [scanBench];
