import { type Bench, type Figure, figure, percentile } from './figures.ts';
import type { Write } from './simulated/calls.ts';
import { now } from './simulated/load.ts';
import { onPods, type Watched } from './simulated/one-cluster.ts';
import { type Followed, StreamFollower } from './stream-follower.ts';
import { pause, until } from './waiting.ts';

const PODS = 100_000;
/** Changes a second, before the guardrail comes and while it is held against all that is stored. */
const RATE = 50;
const PATIENCE_MS = 120_000;
/** The pods of {@link realisticPod} whose address ends in 4, as the guardrail forbids. */
const FINDINGS = Array.from({ length: PODS }, (_, i) => (i + 1) & 255).filter((octet) => octet % 10 === 4).length;

/** A guardrail that is new in the cluster, held against everything in the store while changes go on. */
export const backfillBench: Bench = {
  name: 'backfill',
  about: `a new guardrail over ${PODS} pods in the store, ${RATE} changes/s meanwhile`,
  run: async (log) => await onPods(PODS, log, async (watched) => await runOn(watched, log)),
};

async function runOn(
  { clusters, cluster, plimsoll }: Watched,
  log: (line: string) => void,
): Promise<readonly Figure[]> {
  const events: Followed[] = [];
  const from = await StreamFollower.head(plimsoll.url);
  const follower = new StreamFollower(plimsoll.url, 'change,finding', from, (event) => events.push(event));
  try {
    await clusters.ask('begin', { cluster, rate: RATE, what: 'updates' });
    await pause(5_000);
    log('the guardrail comes');
    const cpu = plimsoll.cpuMs;
    const began = await clusters.ask('policy', { cluster });
    const found = (): Followed[] =>
      events.filter((event) => event.kind === 'finding' && event.item.guardrail === 'added');
    await until(() => found().length >= FINDINGS, PATIENCE_MS, 200);
    const spent = plimsoll.cpuMs - cpu;
    const arrived = found().map(({ at }) => at);
    const done = arrived[FINDINGS - 1] ?? now();
    const writes = await clusters.ask('end', { cluster });
    await pause(1_000);
    const before = lateness(writes, events, began - 5_000, began);
    const meanwhile = lateness(writes, events, began, done);
    return [
      figure('findings', 'higher', [arrived.length], FINDINGS),
      figure('first finding, ms', 'lower', [(arrived[0] ?? Infinity) - began], 100),
      figure('all findings, ms', 'lower', [arrived.length < FINDINGS ? Infinity : done - began], 4_000),
      figure('live changes late meanwhile, p99 ms', 'lower', [percentile(meanwhile, 0.99)], 50),
      figure('live changes late meanwhile, p50 ms', 'lower', [percentile(meanwhile, 0.5)]),
      figure('live changes late before, p50 ms', 'lower', [percentile(before, 0.5)]),
      figure('live changes late before, p99 ms', 'lower', [percentile(before, 0.99)]),
      figure('CPU ms until all are found', 'lower', [spent]),
    ];
  } finally {
    follower.stop();
  }
}

/** How late the changes of a time were in the stream, milliseconds after the cluster had them. */
function lateness(writes: readonly Write[], events: readonly Followed[], from: number, to: number): readonly number[] {
  const seen = new Map<string, number>();
  for (const event of events) if (event.kind === 'change') seen.set(`${event.item.resource?.version}`, event.at);
  return writes.flatMap(({ version, at }) => {
    if (at < from || at > to) return [];
    return [(seen.get(`${version}`) ?? Infinity) - at];
  });
}
