import { setFlagsFromString } from 'node:v8';
import { createApp } from '../../server/app.ts';
import { listen, parseListen } from '../../server/listen.ts';
import { findingItem } from '../../server/items.ts';
import { problem } from '../../model/errors.ts';
import { presence } from '../api/http.ts';
import { openPlimsoll, type Plimsoll } from '../compose/open-plimsoll.ts';
import { runSources } from '../compose/run-sources.ts';
import { announcedServer, announceServer } from '../compose/server-file.ts';
import { storePath } from '../compose/store-path.ts';
import { watchedSources, type Watched } from '../compose/watched-sources.ts';
import { exitCodeOf, exitCodeOfProblem, exitCodes, type ExitCode } from '../exit-code.ts';
import type { Options } from '../option-table.ts';
import { gapTeller } from '../output/gap-teller.ts';
import { findingLine } from '../output/live-lines.ts';
import type { Terminal } from '../terminal.ts';
import { plimsollVersion } from '../version.ts';

/** A cluster's types are listed one after another: what cannot be seen of them is told together. */
const gapsTogetherMilliseconds = 2000;

/** `plimsoll up`: until it is interrupted, or every source has failed for good. */
export async function run(words: readonly string[], options: Options, terminal: Terminal): Promise<ExitCode> {
  keepYoungGenerationSmall();
  const address = parseListen(options.listen);
  terminal.progress('Asking the cluster');
  const watched = await watchedSources(words, options, terminal);
  for (const line of watched.said) terminal.say(line);
  terminal.progress('Opening the store');
  const plimsoll = await openPlimsoll(watched.store, options.guardrails, terminal.complain);
  const app = createApp(plimsoll.backend, {
    version: plimsollVersion(),
    names: new Set(),
    onBug: (error) =>
      terminal.complain(problem('PLM1901', error instanceof Error ? (error.stack ?? '') : String(error))),
  });
  let withdraw = async () => {};
  const codes: ExitCode[] = [];
  try {
    const url = await listen(app, address);
    const announced = await announce(watched, url, options, terminal);
    if (announced !== null) withdraw = announced;
    const store = options.store === undefined ? '' : ` --store ${options.store}`;
    const asking = announced === null ? ` --server ${url}` : store;
    for (const line of whereToLook(url, watched, plimsoll, asking)) terminal.say(line);
    terminal.progress(null);
    const silence = showFindings(plimsoll, terminal);
    const deaf = plimsoll.log.subscribe(gapTeller(terminal.say, gapsTogetherMilliseconds));
    await plimsoll.loaded;
    plimsoll.tellNeeds(watched.sources);
    const { signal } = terminal;
    await runSources(watched.sources, watched.arrivals(signal), plimsoll.log, signal, {
      failed: (failed) => {
        terminal.complain(failed);
        codes.push(exitCodeOfProblem(failed));
      },
      came: ({ name }) => terminal.say(`Watching ${name} too.`),
    });
    if (codes.length < watched.sources.length) await untilAborted(terminal.signal);
    silence();
    deaf();
  } finally {
    await withdraw();
    await app.close();
    await plimsoll.close();
  }
  return terminal.signal.aborted ? exitCodes.good : exitCodeOf(codes);
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
  { store }: Watched,
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
  { sources, store }: Watched,
  { backend }: Plimsoll,
  asking: string,
): readonly string[] {
  const ready = backend.guardrails().filter(({ state }) => state === 'ok').length;
  return [
    `Watching ${sources.map(({ name }) => name).join(', ')}; ${ready} guardrails${store === ':memory:' ? '; in memory' : `; store ${store}`}.`,
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
      if (shown < 20) say(findingLine(findingItem(event.finding, null), paint));
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
