import type { FindingItem, ResourceItem } from '../packages/plimsoll/src/server/schemas.ts';
import { accountFor } from './crash-ledger.ts';
import { type Bench, figure } from './figures.ts';
import type { RunningPlimsoll } from './running-plimsoll.ts';
import type { SimulatedClusters } from './simulated/clusters.ts';
import type { Write } from './simulated/calls.ts';
import { onOneCluster, type Watched } from './simulated/one-cluster.ts';
import { type Followed, StreamFollower } from './stream-follower.ts';
import { pause, until } from './waiting.ts';

const KILLS = 200;
const RATE = 500;
/**
 * Of every four kills one comes while it starts, at most so late; the others once it has told of changes again, at most
 * so much later.
 */
const [STARTING_MS, TELLING_MS] = [900, 600];
const KINDS = 'change,finding,coverage';
/** Where nothing more is told for so many milliseconds, what was not told counts as missed. */
const PATIENCE_MS = 30_000;
/** The log keeps 200,000 positions: so many of the last are read again at the end. */
const READ_AGAIN = 150_000;

/** A cluster changes all the time; the process is killed again and again; then the books are held against each other. */
export const crashBench: Bench = {
  name: 'crash',
  about: `kill -9 ${KILLS} times under ${RATE} changes/s: store, findings and a stream that resumes with Last-Event-ID`,
  async run(log) {
    const empty = async (): Promise<void> => undefined;
    return await onOneCluster(empty, async (watched) => await runOn(watched, log));
  },
};

async function runOn(
  { clusters, cluster, plimsoll }: Watched,
  log: (line: string) => void,
): Promise<ReturnType<typeof figure>[]> {
  await plimsoll.untilLive('core/pods');
  const seen: Followed[] = [];
  const follower = new StreamFollower(plimsoll.url, KINDS, 0, (event) => seen.push(event));
  try {
    return await killedUnder(clusters, cluster, plimsoll, { follower, seen }, log);
  } finally {
    follower.stop();
  }
}

async function killedUnder(
  clusters: SimulatedClusters,
  cluster: number,
  plimsoll: RunningPlimsoll,
  { follower, seen }: { readonly follower: StreamFollower; readonly seen: readonly Followed[] },
  log: (line: string) => void,
): Promise<ReturnType<typeof figure>[]> {
  await clusters.ask('begin', { cluster, rate: RATE, what: 'pods' });
  const began = performance.now();
  const starts = await killAgainAndAgain(plimsoll, () => seen.length, log);
  const seconds = (performance.now() - began) / 1000;
  const writes = await clusters.ask('end', { cluster });
  const lateMs = await settled(seen, writes);
  await pause(1_000);
  const again: Followed[] = [];
  const from = Math.max(0, follower.position - READ_AGAIN);
  const reader = new StreamFollower(plimsoll.url, KINDS, from, (event) => again.push(event));
  const after = {
    writes,
    seen,
    resources: await all<ResourceItem>(plimsoll.url, 'resources?type=core/pods&scope=bench'),
    findings: await all<FindingItem>(plimsoll.url, 'findings?type=core/pods&scope=bench'),
  };
  await until(() => reader.position >= follower.position, PATIENCE_MS);
  reader.stop();
  const account = accountFor({ ...after, log: again, from });
  for (const [kind, lines] of Object.entries(account)) {
    for (const line of (lines as readonly string[]).slice(0, 10)) log(`${kind}: ${line}`);
    if (lines.length > 10) log(`${kind}: … and ${lines.length - 10} more`);
  }
  return [
    figure('lost', 'lower', [account.lost.length], 0),
    figure('missed', 'lower', [account.missed.length], 0),
    figure('double', 'lower', [account.double.length], 0),
    figure('kills', 'higher', [KILLS], KILLS),
    figure('changes a second', 'higher', [writes.length / seconds], RATE * 0.99),
    figure('changes', 'higher', [writes.length]),
    figure('events that the stream told', 'higher', [seen.length]),
    figure('connections of the stream', 'higher', [follower.connections]),
    figure('from start to serving, p50 ms', 'lower', starts),
    figure('last change after the load, ms', 'lower', [lateMs]),
  ];
}

/** Gives how long each start took that was left alive until it served. `told`: how many events were told so far. */
async function killAgainAndAgain(
  plimsoll: RunningPlimsoll,
  told: () => number,
  log: (line: string) => void,
): Promise<readonly number[]> {
  const starts: number[] = [];
  for (let kill = 1; kill <= KILLS; kill += 1) {
    if (kill % 4 === 0) await pause(Math.random() * STARTING_MS);
    else {
      const before = told();
      starts.push(await plimsoll.untilServing());
      if ((await until(() => told() > before, PATIENCE_MS, 5)) === null)
        throw new Error('it tells of no change any more');
      await pause(Math.random() * TELLING_MS);
    }
    await plimsoll.kill();
    plimsoll.startAgain();
    if (kill % 20 === 0) log(`killed ${kill} times`);
  }
  return starts;
}

/** Waits for the change of the last write, for as long as anything is told; gives how late it came. */
async function settled(seen: readonly Followed[], writes: readonly Write[]): Promise<number> {
  const last = writes.at(-1);
  const isLast = (event: Followed | undefined): boolean =>
    event?.kind === 'change' &&
    event.item.uid === last?.uid &&
    (last?.operation === 'deleted'
      ? event.item.operation === 'deleted'
      : event.item.resource?.version === `${last?.version}`);
  const began = performance.now();
  for (let looked = 0; ;) {
    for (; looked < seen.length; looked += 1) if (isLast(seen[looked])) return performance.now() - began;
    if ((await until(() => seen.length > looked, PATIENCE_MS)) === null) return Infinity;
  }
}

async function all<Item>(url: string, list: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let token = ''; ;) {
    const answer = await fetch(`${url}/v1/${list}&limit=1000${token}`);
    // A process that starves may time out a request that it has not looked at yet.
    if (answer.status === 408) continue;
    if (!answer.ok) throw new Error(`${list}: ${answer.status} ${await answer.text()}`);
    const page = (await answer.json()) as { readonly items: readonly Item[]; readonly nextPageToken: string | null };
    items.push(...page.items);
    if (page.nextPageToken === null) return items;
    token = `&pageToken=${encodeURIComponent(page.nextPageToken)}`;
  }
}
