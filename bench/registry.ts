import { backfillBench } from './backfill.ts';
import { celBench } from './cel.ts';
import { celFuzzBench } from './cel-fuzz.ts';
import { crashBench } from './crash.ts';
import { crdsBench } from './crds.ts';
import type { Bench } from './figures.ts';
import { fleetBench } from './fleet.ts';
import { guardrailsBench } from './guardrails.ts';
import { historyBench } from './history.ts';
import { latencyBench } from './latency.ts';
import { memoryBench } from './memory.ts';
import { peersBench } from './peers.ts';
import { restartBench } from './restart.ts';
import { scanBench } from './scan.ts';
import { syncBench } from './sync.ts';

/** Every bench, by the name on the command line. */
export const benches: readonly Bench[] = [
  backfillBench,
  celBench,
  celFuzzBench,
  crashBench,
  crdsBench,
  fleetBench,
  guardrailsBench,
  historyBench,
  latencyBench,
  memoryBench,
  peersBench,
  restartBench,
  scanBench,
  syncBench,
];
