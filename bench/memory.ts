import { type Bench, type Figure, figure } from './figures.ts';
import { onPods, type Watched } from './simulated/one-cluster.ts';
import { pause } from './waiting.ts';

const PODS = 100_000;
/** Changes a second of the steady part. */
const RATE = 50;
/** `PLIMSOLL_BENCH_MINUTES=60` for the whole hour; the first minute settles and does not count. */
const MINUTES = Number(process.env['PLIMSOLL_BENCH_MINUTES'] ?? 3);
const SAMPLE_MS = 1_000;
/** What an hour may add, MB: less than the noise of a process that does not grow. */
const FLAT = 16;

/** How much memory a large cluster takes: while it is read, when it is live, and whether steady changes add to it. */
export const memoryBench: Bench = {
  name: 'memory',
  about: `${PODS} pods of 5 KB, 20 guardrails, then ${RATE} changes/s for ${MINUTES} minutes`,
  run: async (log) => await onPods(PODS, log, async (watched) => await runOn(watched, log)),
};

async function runOn(
  { clusters, cluster, plimsoll }: Watched,
  log: (line: string) => void,
): Promise<readonly Figure[]> {
  const peak = plimsoll.peakMb;
  await pause(10_000);
  const live = plimsoll.residentMb;
  log(`live with ${Math.round(live)} MB, at peak ${Math.round(peak)} MB`);
  await clusters.ask('begin', { cluster, rate: RATE, what: 'updates' });
  await pause(60_000);
  const samples: { readonly minute: number; readonly mb: number }[] = [];
  const began = performance.now();
  while (performance.now() - began < (MINUTES - 1) * 60_000) {
    await pause(SAMPLE_MS);
    samples.push({ minute: (performance.now() - began) / 60_000, mb: plimsoll.residentMb });
  }
  const writes = await clusters.ask('end', { cluster });
  return [
    figure('MB resident when live', 'lower', [live], 512),
    figure('MB at peak', 'lower', [plimsoll.peakMb], 768),
    figure('MB that an hour of changes adds, by the slope', 'lower', [slope(samples) * 60], FLAT),
    figure('MB resident at the end', 'lower', [samples.at(-1)?.mb ?? live], 512),
    figure('changes of the steady part', 'higher', [writes.length]),
  ];
}

/** MB a minute by Theil and Sen: the median of the slopes between samples, which a collection of garbage does not tilt. */
function slope(samples: readonly { readonly minute: number; readonly mb: number }[]): number {
  const half = Math.floor(samples.length / 2);
  const slopes = samples.slice(half).map((later, i) => {
    const earlier = samples[i] ?? later;
    return later.minute === earlier.minute ? 0 : (later.mb - earlier.mb) / (later.minute - earlier.minute);
  });
  return slopes.length === 0 ? 0 : (slopes.toSorted((a, b) => a - b)[slopes.length >> 1] ?? 0);
}
