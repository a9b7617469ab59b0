import { type Desk, type Log, LogClosed } from '../../inventory/reader.ts';
import type { Store } from '../../inventory/store.ts';
import type { Finding } from '../../model/finding.ts';
import { type Resource, type ResourceKey, keyOfText, keyText } from '../../model/resource.ts';
import type { Rejudge } from './dependents.ts';
import { Docket } from './docket.ts';
import { type Search, suspects } from './suspects.ts';

const PENDING = 'guardrails.pending';
/** How long one task of the log reads and judges, and how many resources at most: what it then writes takes as long. */
const JUDGING_MS = 8;
const MOST_JUDGED = 64;
const STANDING_PAGE = 100;
const MOST_LOOKED_AT = 5_000;

/** Who judges what a backfill finds. */
export interface Judges extends Omit<Search, 'store'> {
  /** Where some guardrails found or skipped something that stands ({@link keyText}), or comes meanwhile; may repeat. */
  standing(only: ReadonlySet<string>): Iterable<string>;
  /** Judges a resource in a task of the log. */
  judge(resource: Resource, only: ReadonlySet<string>, desk: Desk): Promise<readonly Finding[]>;
  /** Told at the end of each such task. */
  judged(desk: Desk): void;
}

/**
 * Judges stored resources again. Those that may have something wrong are looked for in small steps between everything
 * else; only they are judged, in short tasks of the log, as they stand then. What is still to do is saved with the
 * transaction that caused it: a restart goes on with it.
 */
export class Backfill {
  readonly #store: Store;
  readonly #judges: Judges;
  #log: Log | null = null;
  #queue: Rejudge[] = [];
  #conclusions: ((desk: Desk) => Promise<readonly Finding[]>)[] = [];
  #done: ((desk: Desk) => void)[] = [];
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(store: Store, judges: Judges) {
    this.#store = store;
    this.#judges = judges;
  }

  /** True while something is left to judge. */
  get isBusy(): boolean {
    return this.#queue.length > 0 || this.#conclusions.length > 0;
  }

  /** Reads what an earlier run left; {@link start} goes on with it. */
  async recall(): Promise<void> {
    this.#queue.push(...(JSON.parse((await this.#store.setting(PENDING)) ?? '[]') as Rejudge[]));
  }

  /** Resolves once nothing is left to judge. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  /** Begins, with what an earlier run left. */
  start(log: Log): void {
    this.#log = log;
    this.#wake();
  }

  /** Adds resources to judge again; saved with the transaction of `desk`. */
  add(rejudges: readonly Rejudge[], desk: Desk): void {
    for (const rejudge of rejudges) this.#merge(rejudge);
    this.#save(desk);
    this.#wake();
  }

  /** Adds a task that only concludes. */
  conclude(task: (desk: Desk) => Promise<readonly Finding[]>): void {
    this.#conclusions.push(task);
    this.#wake();
  }

  /** Lets `task` write once nothing is left to do. */
  whenDone(task: (desk: Desk) => void): void {
    this.#done.push(task);
    this.#wake();
  }

  /** Lets the task under way finish; the rest stays saved. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  #merge(rejudge: Rejudge): void {
    // The first one is under way and has passed resources already.
    const same = this.#queue.findIndex(
      (other, index) => index > 0 && other.source === rejudge.source && other.scope === rejudge.scope,
    );
    const found = this.#queue[same];
    if (found === undefined) this.#queue.push(rejudge);
    else this.#queue[same] = { ...found, guardrails: [...new Set([...found.guardrails, ...rejudge.guardrails])] };
  }

  #save(desk: Desk): void {
    desk.keep(PENDING, JSON.stringify(this.#queue));
  }

  #wake(): void {
    if (this.#log === null || this.#running !== null || this.#stopped) return;
    this.#running = this.#run(this.#log).then(
      () => {
        this.#running = null;
        // What came while the last of it was under way found it running.
        if ([this.#queue, this.#conclusions, this.#done].some(({ length }) => length > 0)) this.#wake();
      },
      (error: unknown) => {
        this.#running = null;
        // A closed log means that the process is stopping; what is left is saved.
        if (!this.#stopped && !(error instanceof LogClosed)) throw error;
      },
    );
  }

  async #run(log: Log): Promise<void> {
    for (let task = this.#conclusions.shift(); task !== undefined; task = this.#conclusions.shift())
      await log.append(task);
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      await this.#judgeAll(next, log);
      if (this.#stopped) return;
      await log.append(async (desk) => {
        this.#queue.shift();
        this.#save(desk);
        return [];
      });
    }
    const done = this.#done.splice(0);
    if (done.length === 0) return;
    await log.append(async (desk) => {
      for (const write of done) write(desk);
      return [];
    });
  }

  async #judgeAll(rejudge: Rejudge, log: Log): Promise<void> {
    const only = new Set(rejudge.guardrails);
    const docket = new Docket((due) => log.append((desk) => this.#judgeSome(due, only, desk)));
    for await (const keys of this.#toJudge(rejudge, only)) {
      await docket.add(keys);
      // Between pages everything else gets its turn.
      await new Promise(setImmediate);
      if (this.#stopped) break;
    }
    await docket.finish(() => this.#stopped);
  }

  /** What stands, then what else may be wrong: of what passes and stood before, it is said first that it is over. */
  async *#toJudge(rejudge: Rejudge, only: ReadonlySet<string>): AsyncIterable<readonly ResourceKey[]> {
    const { source, scope } = rejudge;
    const judged = new Set<string>();
    yield* this.#standing(rejudge, only, judged);
    // A look-up of a namespace's own things is the Namespace's as well.
    if (scope !== null) yield [{ source, type: 'core/namespaces', scope: null, name: scope }];
    for await (const keys of suspects(rejudge, only, { ...this.#judges, store: this.#store }))
      yield keys.filter((key) => !judged.has(keyText(key)));
  }

  /** What stands within a source or scope, in pages; noted in `judged`. */
  *#standing(
    { source, scope }: Rejudge,
    only: ReadonlySet<string>,
    judged: Set<string>,
  ): Iterable<readonly ResourceKey[]> {
    let page: ResourceKey[] = [];
    let looked = 0;
    for (const text of this.#judges.standing(only)) {
      looked += 1;
      if (isWithin(text, source, scope) && !judged.has(text)) {
        judged.add(text);
        page.push(keyOfText(text));
      }
      // Of very many that stand elsewhere nothing waits for all either.
      if (page.length < STANDING_PAGE && looked % MOST_LOOKED_AT !== 0) continue;
      yield page;
      page = [];
    }
    yield page;
  }

  /** Takes some off the front, and judges them as they stand now. */
  async #judgeSome(due: ResourceKey[], only: ReadonlySet<string>, desk: Desk): Promise<readonly Finding[]> {
    const { clock } = this.#judges;
    const findings: Finding[] = [];
    const began = clock.elapsed();
    for (let judged = 0; judged < MOST_JUDGED && clock.elapsed() - began < JUDGING_MS; judged += 1) {
      const key = due.shift();
      if (key === undefined) break;
      const resource = await this.#store.resource(key);
      // One that takes long makes none of the others late.
      if (resource !== null) findings.push(...(await this.#judges.judge(resource, only, desk)));
    }
    this.#judges.judged(desk);
    return findings;
  }
}

function isWithin(text: string, source: string, scope: string | null): boolean {
  if (!text.startsWith(`${source}\0`)) return false;
  // The first look spares most of them the second.
  return scope === null || (text.includes(`\0${scope}\0`) && keyOfText(text).scope === scope);
}
