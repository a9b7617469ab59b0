import { type Desk, type Log, LogClosed } from '../../inventory/reader.ts';
import type { Store } from '../../inventory/store.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { Rejudge } from './dependents.ts';

const PENDING = 'guardrails.pending';
/** Resources that one task of the log judges: about 10 ms of work, and one fsync. */
const PAGE = 200;

type Judge = (resources: readonly Resource[], only: ReadonlySet<string>, desk: Desk) => Promise<readonly Finding[]>;

/**
 * Judges stored resources again, a page at a time as tasks of the log, so that changes are never late by more than one
 * page. What is still to do is saved with the transaction that caused it: a restart goes on with it.
 */
export class Backfill {
  readonly #store: Store;
  readonly #judge: Judge;
  #log: Log | null = null;
  #queue: Rejudge[] = [];
  #conclusions: ((desk: Desk) => Promise<readonly Finding[]>)[] = [];
  #done: ((desk: Desk) => void)[] = [];
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(store: Store, judge: Judge) {
    this.#store = store;
    this.#judge = judge;
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
    const same = this.#queue.findIndex((other) => other.source === rejudge.source && other.scope === rejudge.scope);
    const found = this.#queue[same];
    // The first one is under way and has passed resources already.
    if (found === undefined || same === 0) this.#queue.push(rejudge);
    else this.#queue[same] = { ...found, guardrails: [...new Set([...found.guardrails, ...rejudge.guardrails])] };
  }

  #save(desk: Desk): void {
    desk.keep(PENDING, JSON.stringify(this.#queue));
  }

  #wake(): void {
    if (this.#log === null || this.#running !== null || this.#stopped) return;
    this.#running = this.#run(this.#log)
      .catch((error: unknown) => {
        // A closed log means that the process is stopping; what is left is saved.
        if (!this.#stopped && !(error instanceof LogClosed)) throw error;
      })
      .finally(() => {
        this.#running = null;
        // What came while the last of it was under way found it running.
        if ([this.#queue, this.#conclusions, this.#done].some(({ length }) => length > 0)) this.#wake();
      });
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
    for (let done = this.#done.shift(); done !== undefined; done = this.#done.shift()) {
      const write = done;
      await log.append(async (desk) => {
        write(desk);
        return [];
      });
    }
  }

  async #judgeAll({ source, scope, guardrails }: Rejudge, log: Log): Promise<void> {
    const only = new Set(guardrails);
    const filter = scope === null ? { source } : { source, scope };
    if (scope !== null)
      await log.append(async (desk) => {
        const itself = await this.#store.resource({ source, type: 'core/namespaces', scope: null, name: scope });
        return itself === null ? [] : await this.#judge([itself], only, desk);
      });
    for (let page: string | null | undefined; page !== null && !this.#stopped;) {
      const from: string | null = page ?? null;
      let next: string | null = null;
      await log.append(async (desk) => {
        const found = await this.#store.resources(filter, PAGE, from);
        next = found.next;
        return await this.#judge(found.items, only, desk);
      });
      page = next;
      // Between pages everything else gets its turn.
      await new Promise(setImmediate);
    }
  }
}
