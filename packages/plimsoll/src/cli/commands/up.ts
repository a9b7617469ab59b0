import { Server as TlsServer } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { createApp } from '../../server/app.ts';
import { noConfiguration } from '../../server/backend.ts';
import { isLoopback, listen } from '../../server/listen.ts';
import { findingItem } from '../../server/items.ts';
import { PlimsollError, problem } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { LogEvent } from '../../inventory/store.ts';
import { Metrics } from '../../server/metrics.ts';
import { presence } from '../api/http.ts';
import type { Invoked } from '../command-table.ts';
import { readAccess, type Access } from '../compose/access.ts';
import { problemsOf } from '../compose/guardrail-set.ts';
import { openPlimsoll, type Plimsoll } from '../compose/open-plimsoll.ts';
import { placeIn, Reload, stampBefore, type Reloading } from '../compose/reload.ts';
import { announcedServer, announceServer } from '../compose/server-file.ts';
import { SourceFleet, type OpenedEntries } from '../compose/source-fleet.ts';
import { storePath } from '../compose/store-path.ts';
import { sayUnwatched } from '../compose/unwatched.ts';
import { whatToWatch, type ToWatch } from '../compose/what-to-watch.ts';
import type { Settings } from '../configuration/settings.ts';
import { exitCodeOf, exitCodeOfProblem, exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { changesText, storeWords, whereToLook } from '../output/up-text.ts';
import { openJournal, type Journal } from '../output/journal.ts';
import { gapTeller } from '../output/gap-teller.ts';
import { findingLine } from '../output/live-lines.ts';
import { retentionOf } from '../quantity-words.ts';
import type { Terminal } from '../terminal.ts';
import { plimsollVersion } from '../version.ts';

/** A cluster's types are listed one after another: what cannot be seen of them is told together. */
const gapsTogetherMilliseconds = 2000;

/** `plimsoll up`: until it is interrupted, or every source has failed for good. */
export async function run(
  words: readonly string[],
  options: Options,
  terminal: Terminal,
  invoked: Invoked,
): Promise<ExitCode> {
  keepHeapSmall();
  const journal = await openJournal(options, terminal);
  try {
    return await serve(words, options, terminal, journal, invoked);
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    journal.complain(error.problem);
    return exitCodeOfProblem(error.problem);
  }
}

async function serve(
  words: readonly string[],
  options: Options,
  terminal: Terminal,
  journal: Journal,
  { configuration, asOf, reread }: Invoked,
): Promise<ExitCode> {
  const { signal } = terminal;
  const settings: Settings = { options, configuration };
  if (configuration !== null && options.config === undefined) journal.say(`Configuration ${configuration.file}.`);
  const before = await stampBefore(settings, asOf);
  let access = await readAccess(options);
  const choose = async (next: Settings) =>
    await whatToWatch(words, next.options, next.configuration, { ...terminal, progress: journal.progress });
  const toWatch = await choose(settings);
  for (const line of toWatch.said) journal.say(line);
  journal.progress('Opening the store');
  let reload: Reload | null = null;
  const state = () => reload?.state ?? noConfiguration();
  const metrics = new Metrics(plimsollVersion(), async () => ({
    ...(await plimsoll.sample()),
    streamClients: app.readers(),
  }));
  const complain = (found: Problem) => {
    metrics.problem(found.code);
    journal.complain(found);
  };
  const plimsoll = await openPlimsoll({
    file: toWatch.store,
    guardrails: options.guardrails,
    complain,
    configuration: state,
    retention: retentionOf(options),
  });
  const app = createApp(plimsoll.backend, {
    version: plimsollVersion(),
    names: () => access.names,
    holders: () => access.holders,
    ...(access.tls === null ? {} : { tls: access.tls }),
    metrics,
    onAnswer: ({ method, route, status, milliseconds }, holder) =>
      journal.note('debug', 'request', { method, route, status, ms: Math.round(milliseconds), holder }),
    onBug: (error) => complain(problem('PLM1901', error instanceof Error ? (error.stack ?? '') : String(error))),
  });
  const codes: ExitCode[] = [];
  const fleet = new SourceFleet(plimsoll.log, {
    failed: (failed) => {
      complain(failed);
      codes.push(exitCodeOfProblem(failed));
    },
    came: ({ name }) => journal.say(`Watching ${name} too.`),
    restarted: (source, reason) => {
      metrics.watchRestarted(source, reason);
      journal.note('debug', 'watch begun anew', { source, reason });
    },
  });
  const watch = async (opened: OpenedEntries) =>
    await fleet.run(opened, async (sources) => {
      plimsoll.tellNeeds(sources);
      const names = sources.map(({ name }) => name);
      await sayUnwatched(plimsoll.backend.store, plimsoll.log, names, Date.now());
    });
  const reloading: Reloading = {
    asOf: before,
    settings,
    toWatch,
    reread,
    fleet,
    choose,
    access,
    takeOver: async ({ opened, guardrails, access: admitted, settings: next }) => {
      const rules = rulesOf(plimsoll);
      access = admitted;
      if (access.tls !== null && app.server instanceof TlsServer) app.server.setSecureContext(access.tls);
      await plimsoll.judgeBy(guardrails, next.options.guardrails);
      return changesText(await watch(opened), rules, rulesOf(plimsoll));
    },
    say: journal.say,
    complain,
    done: (result) => metrics.reloaded(result),
  };
  const keeper = new Reload(reloading, problemsOf(plimsoll.guardrails()));
  reload = keeper;
  let withdraw = async () => {};
  const forgetHangup = terminal.onHangup(() => void keeper.now(true));
  try {
    const opened = await fleet.open(toWatch.entries, placeIn(toWatch));
    const url = urlOf(await listen(app, access.address), access);
    const announced = await announce(toWatch, url, options, terminal);
    if (announced !== null) withdraw = announced;
    const asking = announced === null ? ` --server ${url}` : storeWords(settings);
    const ready = plimsoll.backend.guardrails().filter((guardrail) => guardrail.state === 'ok').length;
    if (access.holders !== null) journal.say('It asks for a token: --token-file FILE, or PLIMSOLL_TOKEN.');
    if (access.tls === null && !isLoopback(access.address.host))
      journal.say('Tokens travel in the clear: serve by TLS (--tls-cert, --tls-key), or behind what does.');
    for (const line of whereToLook(url, opened, toWatch, ready, asking, terminal.program)) journal.say(line);
    journal.progress(null);
    const ends = [
      showFindings(plimsoll, journal.say, terminal),
      plimsoll.log.subscribe(gapTeller(journal.say, gapsTogetherMilliseconds)),
      plimsoll.log.subscribe(meter(metrics)),
    ];
    await plimsoll.loaded;
    await watch(opened);
    await Promise.race([fleet.failed, Promise.all([untilAborted(signal), keeper.watch(signal)])]);
    for (const end of ends) end();
  } finally {
    forgetHangup();
    await keeper.settled;
    await withdraw();
    await Promise.all([fleet.stop(), app.close()]);
    await plimsoll.close();
  }
  return signal.aborted ? exitCodes.good : exitCodeOf(codes);
}

/** Where commands on this machine ask: a certificate is made out to a name. */
function urlOf(url: string, { tls, names }: Access): string {
  const [name] = names;
  return tls === null || name === undefined ? url : `https://${name}:${new URL(url).port}`;
}

/** The names of the guardrails in force. */
function rulesOf({ backend }: Plimsoll): readonly string[] {
  return backend.guardrails().map(({ name }) => name);
}

/**
 * Counts what cannot be seen by its code, and measures one change a transaction: those of one are told together, and a
 * first list has many.
 */
function meter(metrics: Metrics): (events: readonly LogEvent[]) => void {
  return (events) => {
    for (const event of events) {
      if (event.kind !== 'coverage') continue;
      const [code] = /^PLM\d{4}(?=:)/.exec(event.coverage.reason ?? '') ?? [];
      if (code !== undefined) metrics.problem(code);
    }
    const last = events.findLast((event) => event.kind === 'change');
    if (last?.kind === 'change') metrics.changed(last.change.key.source, Date.now() - last.change.at);
  };
}

/**
 * What a cluster sends is parsed, judged, written and let go, and a heap that grows with it only holds what is garbage
 * already (ADR 6, ADR 16).
 */
const smallHeap = [
  // A young generation that doubles whenever some of it survives (to 128 MB) stays as loading the program made it.
  '--semi-space-growth-factor=1',
  // V8 13.6 keeps the pages that it frees until a collection that reduces memory, and none does while something is
  // allocated all the time. With this one does, a while after each usual one.
  '--optimize-for-size',
  // That also collects at 10 to 30 % of growth, which takes half as much processor time again.
  '--heap-growing-percent=60',
] as const;

/** Node cuts small buffers from slabs of 64 KB, and one that each connection keeps (9 bytes of ALPN) keeps its slab. */
const BUFFER_SLAB = 8192;

function keepHeapSmall(): void {
  for (const flag of smallHeap) setFlagsFromString(flag);
  Buffer.poolSize = BUFFER_SLAB;
}

/**
 * Says beside the store where this server is, so that other commands find it; one that keeps nothing says it where the
 * store would be, unless a server of that store answers. Gives the way to take it back; null where it was not said.
 */
async function announce(
  { store }: ToWatch,
  url: string,
  options: Options,
  { environment }: Terminal,
): Promise<(() => Promise<void>) | null> {
  if (store !== ':memory:') return await announceServer(store, url);
  const place = storePath(options.store, environment);
  const other = await announcedServer(place);
  if (other !== null && (await presence(other)) !== 'gone') return null;
  try {
    return await announceServer(place, url);
  } catch {
    return null; // nowhere to write: the server is there all the same, and its address is printed
  }
}

/** On a terminal, what opens and ends is shown as it happens, at most 20 lines a second. Gives the way to end it. */
function showFindings({ log }: Plimsoll, say: Journal['say'], { paint, width }: Terminal): () => void {
  if (width === null) return () => undefined;
  let second = 0;
  let shown = 0;
  let left = 0;
  const end = log.subscribe((events) => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      if (left > 0) say(paint.dim(`… and ${left} more`));
      [second, shown, left] = [now, 0, 0];
    }
    for (const event of events) {
      if (event.kind !== 'finding') continue;
      if (shown < 20) say(findingLine(findingItem(event.finding, null, null), paint));
      else left += 1;
      shown += 1;
    }
  });
  return end;
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  // A pending promise alone does not keep Node alive; the listening server does.
  await promise;
}
