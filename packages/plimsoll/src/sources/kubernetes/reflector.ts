import { pause } from '../../model/clock.ts';
import type { Coverage } from '../../model/coverage.ts';
import type { Json } from '../../model/json.ts';
import type { Observation } from '../../model/observation.ts';
import { ApiFailure, failureMeanings, reasonOf } from './failure.ts';
import { SinkClosed } from './outlet.ts';
import { backoff } from './pace.ts';
import { listPages } from './paged-list.ts';
import { reduceObject } from './reduce.ts';
import { mayWatchList, sendsBookmarks } from './server-version.ts';
import type { Session } from './session.ts';
import { acceptOf, endsInitialEvents, isBehind, isLate, pathOf, versionOf } from './target.ts';
import type { Target } from './target.ts';
import { watchEvents } from './watch-stream.ts';
import type { WatchEvent } from './watch-stream.ts';

/** A watch that was accepted may still say 410 as its first event; after this it is taken for live. */
const SETTLE = 150;
/** A stream that the server ends in order sooner than this counts as a failure, or we would spin. */
const SHORTEST_STREAM = 1000;
/** Where silence proves nothing a watch is begun anew after so many bookmark intervals. */
const RENEWAL = 10;
const REFUSALS: ReadonlySet<number> = new Set([400, 404, 405, 422]);

/** What a stream of events is at: the first, complete set, or what changes after it. */
type Phase = 'initial' | 'changes';

/** How many objects of a complete set are handed on together: changes of others wait for them, 10 ms. */
const INITIAL_BATCH = 50;

/**
 * Keeps one target in the inventory as it is in the cluster: first the complete set, then each change; resumed where
 * it was cut, listed anew and compared where it cannot be resumed.
 */
export class Reflector {
  readonly target: Target;
  readonly #session: Session;
  #cursor: string | null;
  #failures = 0;
  #silences = 0;
  /** A stream ended: who answers next may be another cluster, or an older history of it, and is asked before a resume. */
  #doubtful: boolean;
  #bookmarked = false;
  #complete = false;

  /**
   * `cursor`: where an earlier run ended; null to begin with the complete set. `complete`: it was complete before, so
   * that it stays what was said of it while it is listed anew.
   */
  constructor(session: Session, target: Target, cursor: string | null, complete = cursor !== null) {
    this.#session = session;
    this.target = target;
    this.#cursor = cursor;
    this.#doubtful = cursor !== null;
    this.#complete = complete;
  }

  /** Whether the target was ever listed completely. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Runs until `signal` aborts; in a session that reads once, until the target is listed or proves unreadable. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#round(signal);
        if (this.#session.once && this.#complete) return;
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof ApiFailure)) throw error;
        const wait = await this.#judge(error);
        if (wait === null) return;
        await pause(wait, signal, this.#session.clock);
      }
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    const session = this.#session;
    if (this.#cursor !== null && this.#doubtful) await this.#doubt(this.#cursor, signal);
    if (this.#cursor !== null) {
      await this.#follow('changes', signal);
      return;
    }
    const leave = await session.lists.enter();
    try {
      const watchList = mayWatchList(session.minor) && !session.withoutWatchList.has(this.target.group);
      if (watchList) await this.#follow('initial', signal, leave);
      else await this.#list(signal);
    } finally {
      leave();
    }
  }

  /** Before a resume: another cluster, or a history that is behind us, must be listed and compared. */
  async #doubt(cursor: string, signal: AbortSignal): Promise<void> {
    const session = this.#session;
    const who = await session.whoAnswers(signal);
    if (who === 'another') {
      await pause(session.tuning.backoffMax, signal, session.clock);
      return;
    }
    this.#doubtful = false;
    if (who === 'unproven' || (await this.#isBehind(cursor, signal))) this.#cursor = null;
  }

  async #isBehind(cursor: string, signal: AbortSignal): Promise<boolean> {
    const accept = acceptOf(this.target, 'list');
    const { value } = await this.#session.transport.json(`${pathOf(this.target)}?limit=1`, { accept, signal });
    return isBehind(versionOf(value), cursor);
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { target } = this;
    await this.#begin(signal);
    let version: string | null = null;
    const ask = { accept: acceptOf(target, 'list'), signal };
    for await (const page of listPages(this.#session.transport, pathOf(target), ask)) {
      await this.#session.outlet.send(this.#listing());
      for (let from = 0; from < page.items.length; from += INITIAL_BATCH) {
        const batch: Observation[] = [];
        for (const item of page.items.slice(from, from + INITIAL_BATCH)) await this.#upsert(item, batch, signal);
        await this.#session.outlet.send(batch);
      }
      version = page.resourceVersion;
    }
    await this.#session.outlet.send(this.#completed(version));
  }

  async #follow(begun: Phase, signal: AbortSignal, leave?: () => void): Promise<void> {
    const { target } = this;
    const { tuning, clock } = this.#session;
    let phase = begun;
    const started = clock.elapsed();
    const query = [
      'watch=1',
      'allowWatchBookmarks=true',
      ...(begun === 'initial' ? ['sendInitialEvents=true', 'resourceVersionMatch=NotOlderThan'] : []),
      ...(begun === 'changes' ? [`resourceVersion=${encodeURIComponent(this.#cursor ?? '')}`] : []),
      ...(this.#silenceTells() ? [] : [`timeoutSeconds=${Math.ceil((RENEWAL * tuning.bookmarkInterval) / 1000)}`]),
    ].join('&');
    const patience = (): number => {
      if (phase === 'initial') return tuning.endBookmarkPatience;
      return this.#silenceTells() ? 2 * tuning.bookmarkInterval : (RENEWAL + 1) * tuning.bookmarkInterval;
    };
    if (phase === 'initial') await this.#begin(signal);
    let unsettle = (): void => undefined;
    let batch: Observation[] = [];
    try {
      const ask = { accept: acceptOf(target, 'watch'), signal };
      const path = `${pathOf(target)}?${query}`;
      for await (const events of watchEvents(this.#session.transport, path, ask, patience)) {
        if (events.length === 0) {
          if (phase === 'changes') unsettle = clock.after(SETTLE, () => void this.#live().catch(ignoreClosed));
          continue;
        }
        if (phase === 'initial') batch.push(...this.#listing());
        for (const event of events) {
          const ended = await this.#take(event, phase, batch, signal);
          if (ended) {
            phase = 'changes';
            leave?.();
          }
        }
        // Initial events are nobody's news: a transaction of some costs a tenth of one for each. Changes go at once.
        if (phase === 'initial' && batch.length < INITIAL_BATCH) continue;
        if (phase === 'changes') batch.push(...this.#progress());
        await this.#session.outlet.send(batch);
        batch = [];
        if (phase === 'changes' && this.#session.once) return;
      }
    } catch (error) {
      if (error instanceof ApiFailure && phase === 'initial' && !signal.aborted && this.#refusesWatchList(error))
        return;
      throw error;
    } finally {
      unsettle();
    }
    if (phase === 'initial') throw new ApiFailure('broken', `watch ${pathOf(target)}: ended within the first events`);
    // An orderly end, usually the server's time limit, or its shutdown: resumed at once.
    this.#doubtful = true;
    this.#session.restarted('ended');
    if (clock.elapsed() - started < SHORTEST_STREAM) await pause(SHORTEST_STREAM, signal, clock);
  }

  /** Takes one event into the batch; true where it ends the initial events. */
  async #take(event: WatchEvent, phase: Phase, batch: Observation[], signal: AbortSignal): Promise<boolean> {
    const { object } = event;
    const version = versionOf(object);
    // A gateway that repeats itself brings nothing back.
    if (phase === 'changes' && isLate(version, this.#cursor)) return false;
    if (event.type === 'BOOKMARK') {
      this.#bookmarked = true;
      if (phase === 'initial' && endsInitialEvents(object)) {
        batch.push(...this.#completed(version));
        return true;
      }
    } else if (event.type === 'DELETED') {
      const resource = reduceObject(object, this.#reduced());
      if (resource !== null) {
        const { source, type, scope, name, uid } = resource;
        batch.push({ kind: 'delete', key: { source, type, scope, name }, uid, observedAt: this.#session.clock.now() });
        batch.push(...this.#session.extras.unread.gone(this.target.type, scope, name));
        this.#session.saw(this.target, 'delete', object);
      }
    } else await this.#upsert(object, batch, signal);
    if (phase === 'changes' && version !== null) this.#cursor = version;
    return false;
  }

  async #upsert(object: Json, batch: Observation[], signal: AbortSignal): Promise<void> {
    const reduced = reduceObject(object, this.#reduced());
    if (reduced === null) throw new ApiFailure('garbled', `${pathOf(this.target)}: an object without a name`);
    const completed = this.#session.extras.complete(reduced, this.target, signal);
    const resource = completed instanceof Promise ? await completed : completed;
    batch.push({ kind: 'upsert', resource, observedAt: this.#session.clock.now() });
    this.#session.saw(this.target, 'upsert', object);
  }

  #reduced(): Parameters<typeof reduceObject>[1] {
    const { type, apiVersion, kind, metadataOnly } = this.target;
    return { source: this.#session.source, type, apiVersion, kind, metadataOnly };
  }

  /** A complete list begins. */
  async #begin(signal: AbortSignal): Promise<void> {
    const { type, scope } = this.target;
    const { source, board, outlet, extras } = this.#session;
    await extras.ahead(this.target, signal);
    this.#session.saw(this.target, 'begin', null);
    // What could not be listed stays so until it is answered: it is tried again every other minute.
    const said = wasRefused(board.row(type, scope)) ? [] : this.#listing();
    await outlet.send([...said, { kind: 'list-start', source, type, scope }]);
  }

  /** Says that a first list is under way. One that was complete and is compared stays what was said of it. */
  #listing(): Observation[] {
    const { type, scope } = this.target;
    const { board, clock } = this.#session;
    return this.#complete ? [] : board.say(type, scope, 'listing', null, clock.now());
  }

  /** What is said when the complete set has come. */
  #completed(version: string | null): Observation[] {
    const { type, scope } = this.target;
    const { source, board, once, extras } = this.#session;
    const now = this.#session.clock.now();
    // A list without a resourceVersion is watched from any state that the server has, which is sent whole again.
    this.#cursor = version ?? '0';
    this.#complete = true;
    this.#doubtful = false;
    this.#healthy();
    this.#session.saw(this.target, 'complete', null);
    return [
      { kind: 'list-complete', source, type, scope, observedAt: now },
      ...extras.listed(this.target),
      ...board.say(type, scope, once ? 'listed' : 'live', null, now),
      { kind: 'cursor', source, type, scope, cursor: version },
    ];
  }

  /** What closes a batch of changes: how far we are, and that it is live. */
  #progress(): Observation[] {
    const { type, scope } = this.target;
    const { source, board } = this.#session;
    this.#healthy();
    this.#silences = 0;
    return [
      ...board.say(type, scope, 'live', null, this.#session.clock.now()),
      { kind: 'cursor', source, type, scope, cursor: this.#cursor },
    ];
  }

  async #live(): Promise<void> {
    this.#healthy();
    const { type, scope } = this.target;
    await this.#session.outlet.send(this.#session.board.say(type, scope, 'live', null, this.#session.clock.now()));
  }

  /** Is listed and compared the next time, after a restart too. */
  async #forgetCursor(): Promise<void> {
    if (this.#cursor === null) return;
    this.#cursor = null;
    const { type, scope } = this.target;
    const { source, outlet } = this.#session;
    await outlet.send([{ kind: 'cursor', source, type, scope, cursor: null }]);
  }

  #healthy(): void {
    this.#failures = 0;
    this.#session.succeeded(this.target);
  }

  #silenceTells(): boolean {
    return sendsBookmarks(this.#session.minor) && (this.#bookmarked || this.#silences < 2);
  }

  /** 400, 404, 405, 422, or no end bookmark in time: this group's server is listed in pages from now on. */
  #refusesWatchList(failure: ApiFailure): boolean {
    const refused = failure.kind === 'silent' || (failure.status !== null && REFUSALS.has(failure.status));
    if (refused) this.#session.withoutWatchList.add(this.target.group);
    return refused;
  }

  /** Says what the failure means, and gives the wait before the next try; null to give up (when reading once). */
  async #judge(failure: ApiFailure): Promise<number | null> {
    const { board, outlet, tuning, once, random } = this.#session;
    const { type, scope } = this.target;
    this.#session.failed(this.target, failure);
    if (this.#complete) this.#session.restarted(failure.kind);
    if (failure.kind === 'silent' && this.#cursor !== null) {
      this.#silences += 1;
      this.#doubtful = true;
      if (this.#silences > 2) this.#bookmarked = false;
      return 0;
    }
    this.#failures += 1;
    this.#doubtful = true;
    if (failure.kind === 'expired') this.#cursor = null;
    // Its namespaces are looked at one by one meanwhile: what has been seen there would be told again from here.
    if (failure.kind === 'forbidden' && this.target.namespaced && scope === null) await this.#forgetCursor();
    const meaning = failureMeanings[failure.kind];
    // What was complete is stale, not gone from sight, while its server is away; one cut alone is not yet worth a word.
    const away = meaning.state === 'down' || meaning.state === 'stale';
    const firstCut = away && this.#complete && this.#failures === 1 && failure.kind !== 'credentials';
    if (!firstCut) {
      const state = away ? (this.#complete ? 'stale' : 'down') : meaning.state;
      await outlet.send(board.say(type, scope, state, reasonOf(failure), this.#session.clock.now()));
    }
    if (once && (meaning.retry === 'slow' || this.#failures >= 3)) return null;
    if (failure.retryAfter !== null) return failure.retryAfter + random() * tuning.backoffBase;
    if (failure.kind === 'expired' && this.#failures === 1) return 0;
    if (meaning.retry === 'slow') return tuning.slowRetry * (0.75 + random() / 2);
    return backoff(this.#failures, tuning, random());
  }
}

/** True of what its last try could not list. */
function wasRefused(row: Coverage | undefined): boolean {
  return row !== undefined && ['forbidden', 'throttled', 'unsupported', 'down'].includes(row.state);
}

/** A sink that is closed ends the source by its reflectors; a timer has nobody to tell. */
function ignoreClosed(error: unknown): void {
  if (!(error instanceof SinkClosed)) throw error;
}
