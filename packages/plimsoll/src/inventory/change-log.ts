import { type Clock, systemClock } from '../model/clock.ts';
import type { Finding } from '../model/finding.ts';
import type { Observation } from '../model/observation.ts';
import type { Sink, SourceState } from '../sources/source.ts';
import { Intake } from './intake.ts';
import { type Desk, type Log, LogClosed, type Reader } from './reader.ts';
import type { LogEvent, Store } from './store.ts';
import { Transaction } from './transaction.ts';

/** Observations that one transaction takes at most, 40 ms of them; a longer queue becomes several. */
const BATCH_LIMIT = 200;
/** A batch of so many observations at most is news: it does not wait for the lists of other sources. */
const NEWS_LIMIT = 20;
const REPLAY_PAGE = 500;
const RETRY_FIRST_MS = 100;
const RETRY_LONGEST_MS = 10_000;

interface Waiting {
  readonly work: readonly Observation[] | ((desk: Desk) => Promise<readonly Finding[]>);
  /** Whose observations they are, which are taken in order; null for a task. */
  readonly source: string | null;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Whether the log can be written, for `/readyz` and people. */
export interface LogHealth {
  readonly ok: boolean;
  readonly reason: string | null;
}

/**
 * The one change log. Takes batches of observations one after another, lets every reader judge
 * them, writes changes, findings and positions as one transaction, and only then publishes and acknowledges. A write
 * that fails is tried again until it succeeds or the log is closed: nothing is lost, nothing is shown before it is
 * durable. Within a batch every state that was observed is a change of its own.
 */
export class ChangeLog implements Sink, Log {
  readonly #store: Store;
  readonly #readers: readonly Reader[];
  readonly #clock: Clock;
  readonly #listeners = new Set<(events: readonly LogEvent[]) => void>();
  readonly #queue: Waiting[] = [];
  #intake: Intake | undefined;
  #loaded = false;
  #seq = 0;
  #busy = false;
  /** The last transaction was of news alone, ahead of what waited longer. */
  #overtaken = false;
  #draining: Promise<void> = Promise.resolve();
  #closed = false;
  #health: LogHealth = { ok: true, reason: null };
  #fatal: Error | null = null;

  private constructor(store: Store, readers: readonly Reader[], clock: Clock) {
    this.#store = store;
    this.#readers = readers;
    this.#clock = clock;
    this.#seq = store.headSeq;
  }

  /** The log of a store. It takes nothing before it is loaded; it can be subscribed to. */
  static over(store: Store, readers: readonly Reader[], clock: Clock = systemClock): ChangeLog {
    return new ChangeLog(store, readers, clock);
  }

  /** The log of a store, loaded. */
  static async open(store: Store, readers: readonly Reader[], clock: Clock = systemClock): Promise<ChangeLog> {
    const log = ChangeLog.over(store, readers, clock);
    await log.load();
    return log;
  }

  /**
   * Reads what has to be known in memory, letting other work run in between; readers that are behind are told first what
   * they missed.
   */
  async load(): Promise<void> {
    for (const reader of this.#readers) await reader.load?.();
    this.#intake = await Intake.load(this.#store, () => this.#nextSeq());
    for (const reader of this.#readers) await this.#catchUp(reader);
    this.#loaded = true;
  }

  get health(): LogHealth {
    return this.#health;
  }

  /** Whether something is being written, or waits to be. */
  get isBusy(): boolean {
    return this.#busy;
  }

  /** Whether what is stored has been read, so that the log takes what comes. */
  get isLoaded(): boolean {
    return this.#loaded;
  }

  /** How many resources are known. */
  get size(): number {
    return this.#intake?.size ?? 0;
  }

  state(source: string): Promise<SourceState> {
    return this.#store.sourceState(source);
  }

  observe(batch: readonly Observation[]): Promise<void> {
    return batch.length === 0 ? Promise.resolve() : this.#enqueue(batch);
  }

  append(task: (desk: Desk) => Promise<readonly Finding[]>): Promise<void> {
    return this.#enqueue(task);
  }

  /** Calls `listener` with the events of each transaction once it is durable; gives the way to end it. */
  subscribe(listener: (events: readonly LogEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Refuses further work and waits for the transaction under way. The store stays open. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#queue.splice(0)) waiting.reject(new LogClosed());
    await this.#draining;
  }

  #nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }

  #enqueue(work: Waiting['work']): Promise<void> {
    if (this.#closed) return Promise.reject(new LogClosed());
    if (this.#fatal !== null) return Promise.reject(this.#fatal);
    if (!this.#loaded) return Promise.reject(new Error('the change log takes nothing before it is loaded'));
    return new Promise((resolve, reject) => {
      const source = typeof work === 'function' ? null : sourceOf(work[0]);
      this.#queue.push({ work, source, resolve, reject });
      if (!this.#busy) this.#draining = this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    for (let turn = this.#nextTurn(); turn.length > 0; turn = this.#nextTurn()) {
      try {
        await this.#transact(turn);
        for (const waiting of turn) waiting.resolve();
      } catch (error) {
        const fault = error instanceof Error ? error : new Error(String(error));
        if (!this.#closed) this.#fatal = fault;
        for (const waiting of [...turn, ...this.#queue.splice(0)]) waiting.reject(fault);
      }
    }
    // At once, not in a later microtask: work that is queued from now on starts a drain of its own.
    this.#busy = false;
  }

  /**
   * What the next transaction takes: every second time the news of sources that wait for nothing else, so that nobody is
   * late for the lists of another; else one task, or batches up to the limit.
   */
  #nextTurn(): Waiting[] {
    const news = this.#overtaken ? [] : this.#news();
    this.#overtaken = news.length > 0;
    return news.length > 0 ? news : this.#longestWaiting();
  }

  /** Takes the news that would wait behind the lists of others. */
  #news(): Waiting[] {
    const [first] = this.#queue;
    if (first === undefined || isNews(first)) return [];
    const before = new Set<string | null>();
    const news: Waiting[] = [];
    let observations = 0;
    for (const waiting of this.#queue) {
      const fits = isNews(waiting) && observations + waiting.work.length <= BATCH_LIMIT;
      if (fits && !before.has(waiting.source)) {
        news.push(waiting);
        observations += waiting.work.length;
      } else before.add(waiting.source);
    }
    for (const waiting of news) this.#queue.splice(this.#queue.indexOf(waiting), 1);
    return news;
  }

  #longestWaiting(): Waiting[] {
    const turn: Waiting[] = [];
    let observations = 0;
    while (observations < BATCH_LIMIT) {
      const [next] = this.#queue;
      if (next === undefined || (turn.length > 0 && typeof next.work === 'function')) break;
      this.#queue.shift();
      turn.push(next);
      if (typeof next.work === 'function') break;
      observations += next.work.length;
    }
    return turn;
  }

  async #transact(turn: readonly Waiting[]): Promise<void> {
    const now = this.#clock.now();
    const transaction = new Transaction(now);
    const desk = this.#desk(transaction, now);
    for (const { work } of turn) {
      if (typeof work === 'function') transaction.addFindings(await work(desk));
      else for (const observation of work) this.#intake?.take(observation, transaction, now);
    }
    await this.#judge(transaction, desk);
    if (transaction.isEmpty) return;
    await this.#commit(transaction);
    const events = transaction.events();
    if (events.length > 0) for (const listener of this.#listeners) listener(events);
  }

  #desk(transaction: Transaction, now: number): Desk {
    const { settings } = transaction.write;
    const keep = (name: string, value: string): void => {
      const before = settings.findIndex((setting) => setting.name === name);
      settings.splice(before < 0 ? settings.length : before, before < 0 ? 0 : 1, { name, value });
    };
    return { nextSeq: () => this.#nextSeq(), keep, now };
  }

  async #judge(transaction: Transaction, desk: Desk): Promise<void> {
    const { changes, coverage } = transaction;
    const { facts, coverageEnds } = transaction.write;
    if ([changes, coverage, coverageEnds, facts].every((said) => said.length === 0)) return;
    for (const reader of this.#readers) {
      transaction.addFindings(await reader.react({ changes, coverage, coverageEnds, facts }, desk));
      transaction.write.readers.push({ name: reader.name, seq: this.#seq });
    }
  }

  async #commit(transaction: Transaction): Promise<void> {
    for (let wait = RETRY_FIRST_MS; ; wait = Math.min(wait * 2, RETRY_LONGEST_MS)) {
      try {
        await this.#store.commit(transaction.write);
        this.#health = { ok: true, reason: null };
        return;
      } catch (error) {
        if (this.#closed) throw error;
        this.#health = { ok: false, reason: error instanceof Error ? error.message : String(error) };
        await new Promise<void>((resolve) => void this.#clock.after(wait, resolve));
      }
    }
  }

  /** Tells a reader what was written after its saved position. One that was never seen starts at the head. */
  async #catchUp(reader: Reader): Promise<void> {
    let seq = (await this.#store.readerSeq(reader.name)) ?? this.#store.headSeq;
    while (seq < this.#store.headSeq) {
      const events = await this.#store.events(seq, REPLAY_PAGE);
      if (events.length === 0) return;
      seq = events.at(-1)?.seq ?? seq;
      const now = this.#clock.now();
      const transaction = new Transaction(now);
      const desk = this.#desk(transaction, now);
      const changes = events.flatMap((event) => (event.kind === 'change' ? [event.change] : []));
      const coverage = events.flatMap((event) => (event.kind === 'coverage' ? [event.coverage] : []));
      transaction.addFindings(await reader.react({ changes, coverage, coverageEnds: [], facts: [] }, desk));
      transaction.write.readers.push({ name: reader.name, seq });
      await this.#commit(transaction);
    }
  }
}

function isNews({ work }: Waiting): boolean {
  return typeof work !== 'function' && work.length <= NEWS_LIMIT;
}

function sourceOf(observation: Observation | undefined): string | null {
  if (observation === undefined) return null;
  switch (observation.kind) {
    case 'upsert':
      return observation.resource.source;
    case 'delete':
      return observation.key.source;
    case 'coverage':
      return observation.coverage.source;
    default:
      return observation.source;
  }
}
