import { Server as TlsServer } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { createApp } from '../../server/app.ts';
import { noConfiguration } from '../../server/backend.ts';
import { isLoopback, listen } from '../../server/listen.ts';
import { findingItem } from '../../server/items.ts';
import { problem } from '../../model/errors.ts';
import { presence } from '../api/http.ts';
import type { Invoked } from '../command-table.ts';
import { readAccess, type Access } from '../compose/access.ts';
import { problemsOf } from '../compose/guardrail-set.ts';
import { openPlimsoll, type Plimsoll } from '../compose/open-plimsoll.ts';
import { placeIn, Reload, stampBefore } from '../compose/reload.ts';
import { announcedServer, announceServer } from '../compose/server-file.ts';
import { SourceFleet, type FleetChange, type OpenedEntries } from '../compose/source-fleet.ts';
import { storePath } from '../compose/store-path.ts';
import { sayUnwatched } from '../compose/unwatched.ts';
import { whatToWatch, type ToWatch } from '../compose/what-to-watch.ts';
import type { Settings } from '../configuration/settings.ts';
import { exitCodeOf, exitCodeOfProblem, exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { gapTeller } from '../output/gap-teller.ts';
import { findingLine } from '../output/live-lines.ts';
import type { Terminal } from '../terminal.ts';
import { plimsollVersion } from '../version.ts';

/** A cluster's types are listed one after another: what cannot be seen of them is told together. */
const gapsTogetherMilliseconds = 2000;

/** `plimsoll up`: until it is interrupted, or every source has failed for good. */
export async function run(
  words: readonly string[],
  options: Options,
  terminal: Terminal,
  { configuration, asOf, reread }: Invoked,
): Promise<ExitCode> {
  keepYoungGenerationSmall();
  const settings: Settings = { options, configuration };
  const before = await stampBefore(settings, asOf);
  let access = await readAccess(options);
  const choose = async (next: Settings) => await whatToWatch(words, next.options, next.configuration, terminal);
  const toWatch = await choose(settings);
  for (const line of toWatch.said) terminal.say(line);
  terminal.progress('Opening the store');
  let reload: Reload | null = null;
  const plimsoll = await openPlimsoll(
    toWatch.store,
    options.guardrails,
    terminal.complain,
    () => reload?.state ?? noConfiguration(),
  );
  const { store } = plimsoll.backend;
  const codes: ExitCode[] = [];
  const fleet = new SourceFleet(plimsoll.log, {
    failed: (failed) => {
      terminal.complain(failed);
      codes.push(exitCodeOfProblem(failed));
    },
    came: ({ name }) => terminal.say(`Watching ${name} too.`),
  });
  const watch = async (opened: OpenedEntries) =>
    await fleet.run(opened, async (sources) => {
      plimsoll.tellNeeds(sources);
      const names = sources.map(({ name }) => name);
      await sayUnwatched(store, plimsoll.log, names, Date.now());
    });
  reload = new Reload(
    {
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
      say: terminal.say,
      complain: terminal.complain,
    },
    problemsOf(plimsoll.guardrails()),
  );
  const app = createApp(plimsoll.backend, {
    version: plimsollVersion(),
    names: () => access.names,
    holders: () => access.holders,
    ...(access.tls === null ? {} : { tls: access.tls }),
    onBug: (error) =>
      terminal.complain(problem('PLM1901', error instanceof Error ? (error.stack ?? '') : String(error))),
  });
  let withdraw = async () => {};
  const { signal } = terminal;
  const forgetHangup = terminal.onHangup(() => void reload.now(true));
  try {
    const opened = await fleet.open(toWatch.entries, placeIn(toWatch));
    const url = urlOf(await listen(app, access.address), access);
    if (access.tls === null && !isLoopback(access.address.host))
      terminal.say('Tokens travel in the clear: serve by TLS (--tls-cert, --tls-key), or behind what does.');
    const announced = await announce(toWatch, url, options, terminal);
    if (announced !== null) withdraw = announced;
    const asking = announced === null ? ` --server ${url}` : storeWords(settings);
    for (const line of whereToLook(url, opened, toWatch, plimsoll, asking)) terminal.say(line);
    if (access.holders !== null) terminal.say('It asks for a token: --token-file FILE, or PLIMSOLL_TOKEN.');
    terminal.progress(null);
    const silence = showFindings(plimsoll, terminal);
    const deaf = plimsoll.log.subscribe(gapTeller(terminal.say, gapsTogetherMilliseconds));
    await watch(opened);
    await Promise.race([fleet.failed, Promise.all([untilAborted(signal), reload.watch(signal)])]);
    silence();
    deaf();
  } finally {
    forgetHangup();
    await reload.settled;
    await withdraw();
    await fleet.stop();
    await app.close();
    await plimsoll.close();
  }
  return signal.aborted ? exitCodes.good : exitCodeOf(codes);
}

/** Where commands on this machine ask: a certificate is made out to a name. */
function urlOf(url: string, { tls, names }: Access): string {
  const [name] = names;
  return tls === null || name === undefined ? url : `https://${name}:${new URL(url).port}`;
}

/** What leads another command to the store: nothing where it finds it by itself. */
function storeWords({ options, configuration }: Settings): string {
  if (options.store === undefined) return '';
  if (configuration?.options.get('store') !== options.store) return ` --store ${options.store}`;
  return options.config === undefined ? '' : ` --config ${options.config}`;
}

/** The names of the guardrails in force. */
function rulesOf({ backend }: Plimsoll): readonly string[] {
  return backend.guardrails().map(({ name }) => name);
}

/** What a reload changed, in words; empty for nothing. */
function changesText({ came, went, anew }: FleetChange, before: readonly string[], after: readonly string[]): string {
  const list = (what: string, names: readonly string[]) => (names.length === 0 ? [] : [`${what} ${names.join(', ')}`]);
  return [
    ...list('watching', came),
    ...list('watching anew', anew),
    ...list('no longer watching', went),
    ...list(
      'new guardrails',
      after.filter((name) => !before.includes(name)),
    ),
    ...list(
      'guardrails gone',
      before.filter((name) => !after.includes(name)),
    ),
  ].join('; ');
}

/**
 * What a cluster sends is parsed, judged, written and let go: a young generation that doubles whenever some of it
 * survives (to 128 MB) only holds what is garbage already. It stays as large as loading the program made it (ADR 6).
 */
function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
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

function whereToLook(
  url: string,
  { members }: OpenedEntries,
  { store }: ToWatch,
  { backend }: Plimsoll,
  asking: string,
): readonly string[] {
  const ready = backend.guardrails().filter(({ state }) => state === 'ok').length;
  return [
    `Watching ${members.flatMap(({ sources }) => sources.map(({ name }) => name)).join(', ')}; ${ready} guardrails${store === ':memory:' ? '; in memory' : `; store ${store}`}.`,
    `API ${url} (${url}/openapi.json). In another terminal:`,
    `  npx plimsoll findings${asking}`,
    `  npx plimsoll watch${asking}`,
  ];
}

/** On a terminal, what opens and ends is shown as it happens, at most 20 lines a second. Gives the way to end it. */
function showFindings({ log }: Plimsoll, { say, paint, width }: Terminal): () => void {
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
