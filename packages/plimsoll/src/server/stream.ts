import type { ServerResponse } from 'node:http';
import { type Owner, Owners } from '../findings/owner.ts';
import type { LogEvent, Store } from '../inventory/store.ts';
import { PlimsollError } from '../model/errors.ts';
import { jsonText } from '../model/json-text.ts';
import { changeItem, coverageItem, findingItem } from './items.ts';

/** A reader so many events behind is cut off; it resumes with Last-Event-ID. */
const furthestBehind = 10_000;
/** Events read from the store at once while a reader catches up. */
const replayPage = 500;
/** Readers at once. */
const mostReaders = 500;
/** A comment is sent so often, so that proxies keep the connection and a dead reader is noticed. */
const keepAliveMilliseconds = 15_000;

/**
 * The live stream (Server-Sent Events, WHATWG HTML 9.2): every event is serialised once for all readers and written
 * as soon as it is published, which is after its transaction is durable.
 */
export class StreamHub {
  readonly #store: Store;
  readonly #readers = new Set<StreamReader>();
  readonly #end: () => void;
  /** Events with findings wait for the findings' owners; those after them wait for their turn. */
  #turn: Promise<void> | null = null;

  constructor(store: Store, subscribe: (listener: (events: readonly LogEvent[]) => void) => () => void) {
    this.#store = store;
    this.#end = subscribe((events) => this.#publish(events));
  }

  #publish(published: readonly LogEvent[]): void {
    if (this.#readers.size === 0) return;
    // What nobody asked for is not serialised.
    const events = published.filter(({ kind }) => this.#isWanted(kind));
    const head = published.at(-1)?.seq ?? 0;
    const before = this.#turn;
    if (before === null && !events.some(({ kind }) => kind === 'finding')) {
      this.#write(
        events.map((event) => frameOf(event, null)),
        head,
      );
      return;
    }
    const turn = framesOf(events, published, this.#store, before)
      .then((frames) => this.#write(frames, head))
      // What could not be told is missed by nobody: a reader that is cut off resumes after what it has.
      .catch(() => this.#cutOff())
      .finally(() => {
        if (this.#turn === turn) this.#turn = null;
      });
    this.#turn = turn;
  }

  #isWanted(kind: string): boolean {
    for (const reader of this.#readers) if (reader.kinds.has(kind)) return true;
    return false;
  }

  #cutOff(): void {
    for (const reader of this.#readers) reader.end();
  }

  #write(frames: readonly Frame[], head: number): void {
    for (const reader of this.#readers) reader.publish(frames, head);
  }

  /** How many read. */
  get size(): number {
    return this.#readers.size;
  }

  /** Refuses a reader where there are too many. @throws PlimsollError PLM1110 */
  makeRoom(): void {
    if (this.#readers.size >= mostReaders)
      throw new PlimsollError('PLM1110', `${mostReaders} readers have the stream open already.`);
  }

  /**
   * Serves one reader until it goes, with events of these kinds: first what the log holds after `since` (exclusive), then
   * what happens. A `since` outside of the log gives `reset`, then what happens from now on. `undefined`: from now on.
   */
  async serve(response: ServerResponse, kinds: ReadonlySet<string>, since: number | undefined): Promise<void> {
    const reader = new StreamReader(response, kinds);
    this.#readers.add(reader);
    response.once('close', () => this.#readers.delete(reader));
    const head = this.#store.headSeq;
    const lost = since !== undefined && (since > head || since + 1 < this.#store.oldestSeq);
    if (lost) reader.write(`event: reset\nid: ${head}\ndata: {"seq":${head}}\n\n`);
    await reader.catchUp(this.#store, lost || since === undefined ? head : since);
  }

  /** Ends all streams. */
  close(): void {
    this.#end();
    this.#cutOff();
  }
}

interface Frame {
  readonly seq: number;
  readonly kind: LogEvent['kind'];
  readonly text: string;
}

/** One reader's connection: replaying the log, then live; what it does not take at once waits, at most 10,000 events. */
class StreamReader {
  readonly kinds: ReadonlySet<string>;
  readonly #response: ServerResponse;
  readonly #waiting: string[] = [];
  readonly #keepAlive: NodeJS.Timeout;
  #live = false;
  #missed = false;
  #last = 0;

  constructor(response: ServerResponse, kinds: ReadonlySet<string>) {
    this.kinds = kinds;
    this.#response = response;
    response.socket?.setNoDelay(true);
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(': plimsoll\n\n');
    response.on('drain', () => this.#flush());
    // An id without data is no event, but the position to resume from: what was not asked for need not be passed again.
    this.#keepAlive = setInterval(() => this.write(`: alive\nid: ${this.#last}\n\n`), keepAliveMilliseconds);
    this.#keepAlive.unref();
    response.once('close', () => clearInterval(this.#keepAlive));
  }

  /** Sends what the log holds after `since`, then turns live without a gap: only when nothing came in meanwhile. */
  async catchUp(store: Store, since: number): Promise<void> {
    this.#last = since;
    while (!this.#response.destroyed) {
      this.#missed = false;
      const events = await store.events(this.#last, replayPage);
      const wanted = events.filter(({ kind }) => this.kinds.has(kind));
      for (const { text } of await framesOf(wanted, events, store, null)) this.write(text);
      this.#last = events.at(-1)?.seq ?? this.#last;
      if (events.length === 0 && !this.#missed) break;
      await this.#taken();
    }
    this.#live = true;
  }

  /** Takes the frames of one transaction, which ends at `head`. */
  publish(frames: readonly Frame[], head: number): void {
    if (!this.#live) {
      this.#missed = true;
      return;
    }
    for (const { seq, kind, text } of frames) {
      if (seq > this.#last && this.kinds.has(kind)) this.write(text);
    }
    this.#last = Math.max(this.#last, head);
  }

  write(text: string): void {
    if (this.#response.destroyed) return;
    if (this.#waiting.length === 0 && !this.#response.writableNeedDrain) this.#response.write(text);
    else if (this.#waiting.push(text) > furthestBehind) this.#response.destroy();
  }

  end(): void {
    this.#live = false;
    this.#response.end();
  }

  #flush(): void {
    let sent = 0;
    while (sent < this.#waiting.length && !this.#response.writableNeedDrain)
      this.#response.write(this.#waiting[sent++]);
    this.#waiting.splice(0, sent);
  }

  /** Resolves when everything written is with the socket, or the reader is gone. */
  async #taken(): Promise<void> {
    while (!this.#response.destroyed && (this.#waiting.length > 0 || this.#response.writableNeedDrain)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const done = () => resolve();
      this.#response.once('drain', done).once('close', done);
      await promise;
      this.#response.off('drain', done).off('close', done);
    }
  }
}

/** The frames of events, once those of the turn `before` are written; `happened` is all that came with them. */
async function framesOf(
  events: readonly LogEvent[],
  happened: readonly LogEvent[],
  store: Store,
  before: Promise<void> | null,
): Promise<Frame[]> {
  // Most findings come with the change that they are about.
  const changed = happened.flatMap((event) => (event.kind === 'change' ? (event.change.resource ?? []) : []));
  const owners = new Owners(store, changed);
  const frames: Frame[] = [];
  for (const event of events)
    frames.push(frameOf(event, event.kind === 'finding' ? await owners.of(event.finding.resource) : null));
  await before;
  return frames;
}

/** One event as it goes over the wire; its data is the list's item. */
function frameOf(event: LogEvent, owner: Owner | null): Frame {
  const { seq, kind } = event;
  return { seq, kind, text: `event: ${kind}\nid: ${seq}\ndata: ${jsonText(dataOf(event, owner))}\n\n` };
}

function dataOf(event: LogEvent, owner: Owner | null): object {
  if (event.kind === 'change') return changeItem(event.change);
  if (event.kind === 'finding') return findingItem(event.finding, owner, null);
  return coverageItem(event.coverage);
}
