import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteStore } from '../packages/plimsoll/src/inventory/sqlite/sqlite-store.ts';
import type { Store } from '../packages/plimsoll/src/inventory/store.ts';
import { tendStore } from '../packages/plimsoll/src/inventory/upkeep.ts';
import { systemClock } from '../packages/plimsoll/src/model/clock.ts';
import { type Bench, type Figure, figure, percentile } from './figures.ts';
import { inFolder } from './in-folder.ts';
import { StoredHistory, currentBytes, podOf } from './stored-history.ts';

const PODS = 100_000;
const VERSIONS = 1_000_000;
const RUNS = 5;
/** Pairs of seconds with and without compaction. */
const WINDOWS = 11;
/** Changes in a transaction while the store is filled, and while the rate is measured. */
const FILL = 500;
const BATCH = 10;
const limits = { keep: Infinity, size: Infinity };

/** What history costs, and how fast it is asked. */
export const historyBench: Bench = {
  name: 'history',
  about: '100,000 pods in 1,000,000 versions: the size of the store, --at, diff, and the changes beside compaction',
  run: async (log) => await inFolder(async (folder) => await measure(folder, log)),
};

async function measure(folder: string, log: (line: string) => void): Promise<Figure[]> {
  const file = join(folder, 'plimsoll.db');
  const store = openSqliteStore(file, { limits });
  const history = new StoredHistory(store, PODS);
  const steps: number[] = [];
  for (let from = 0; from < VERSIONS; from += FILL) {
    await history.commit(from, FILL);
    if ((from + FILL) % PODS !== 0) continue;
    await tendAll(store, steps);
    log(`${from + FILL} versions, ${Math.round(sizeOf(folder) / 1e6)} MB`);
  }
  const rss = process.memoryUsage().rss / 1e6;
  const rates = await changeRates(history, log);
  await tendAll(store, []);
  const json = await currentBytes(store);
  const now = history.now;
  const [open, size] = [sizeOf(folder), json];
  await store.close();
  const asked = await askings(file, now, log);
  return [
    figure('file with log and free pages / JSON of the current bodies', 'lower', [open / size], 1.6),
    figure('the same after closing', 'lower', [sizeOf(folder) / size], 1.6),
    figure('first 100 of one type at a time, ms', 'lower', asked.first, 500),
    figure('all 100,000 of one type at a time, ms', 'lower', asked.all),
    figure('two versions of one resource to compare, ms', 'lower', asked.diff, 20),
    figure(
      'changes/s beside compaction / without',
      'higher',
      rates.map(({ beside, alone }) => beside / alone),
    ),
    figure(
      'changes/s without compaction',
      'higher',
      rates.map(({ alone }) => alone),
    ),
    figure('a step of compaction, p99 ms', 'lower', [percentile(steps, 0.99)], 10),
    figure('a step of compaction, median ms', 'lower', [percentile(steps, 0.5)], 5),
    figure('resident MB after filling and compacting', 'lower', [rss]),
  ];
}

async function tendAll(store: Store, steps: number[]): Promise<void> {
  for (let more = true; more;) {
    const began = performance.now();
    more = await store.tend();
    steps.push(performance.now() - began);
    // The store's other threads tell what they did.
    await new Promise(setImmediate);
  }
}

/** Bytes of the store, its log and its lock. */
function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** How many changes a second are taken in, in windows with and without compaction by turns. */
async function changeRates(
  history: StoredHistory,
  log: (line: string) => void,
): Promise<readonly { readonly beside: number; readonly alone: number }[]> {
  const rates: { beside: number; alone: number }[] = [];
  let from = VERSIONS;
  const window = async (): Promise<number> => {
    const began = performance.now();
    const start = from;
    while (performance.now() - began < 1000) {
      await history.commit(from, BATCH);
      from += BATCH;
    }
    return ((from - start) * 1000) / (performance.now() - began);
  };
  for (let run = 0; run < WINDOWS; run += 1) {
    // Each is first by turns: what one leaves in the write-ahead log is the other's to move.
    const first = run % 2 === 0 ? await window() : null;
    const ending = new AbortController();
    const tending = tendStore(history.store, () => true, ending.signal, systemClock);
    const beside = await window();
    ending.abort();
    await tending;
    const alone = first ?? (await window());
    log(`changes/s: ${Math.round(alone)} alone, ${Math.round(beside)} beside compaction`);
    rates.push({ beside, alone });
  }
  return rates;
}

/** What is asked of a store that was just opened. */
async function askings(
  file: string,
  now: number,
  log: (line: string) => void,
): Promise<{ readonly first: number[]; readonly all: number[]; readonly diff: number[] }> {
  const [first, all, diff]: [number[], number[], number[]] = [[], [], []];
  for (let run = 0; run < RUNS; run += 1) {
    const store = openSqliteStore(file, { limits, readOnly: true });
    const oldest = (await store.times())?.oldest ?? 0;
    const at = Math.round(oldest + ((now - oldest) * (run + 1)) / (RUNS + 1));
    first.push(await timed(() => store.resourcesAt({ type: 'core/pods' }, at, 100)));
    diff.push(await timed(() => compared(store, run, oldest, now)));
    // All of them take a minute: once is enough.
    if (run === 0) all.push(await timed(async () => await countAll(store, at)));
    await store.close();
    log(`at ${new Date(at).toISOString()}: ${first.at(-1)} ms, all ${all[0]} ms; two versions ${diff.at(-1)} ms`);
  }
  return { first, all, diff };
}

async function countAll(store: Store, at: number): Promise<number> {
  let count = 0;
  for await (const page of store.scanAt({ type: 'core/pods' }, at)) count += page.length;
  return count;
}

/** The newest and the oldest version of a pod. */
async function compared(store: Store, run: number, oldest: number, now: number): Promise<void> {
  const key = podOf((run * 7919) % PODS, 0);
  const [then, last] = [await store.resourceAt(key, oldest + (now - oldest) / 5), await store.resourceAt(key, now)];
  if (then === null || last === null || then.seq === last.seq) throw new Error('there are not two versions');
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
