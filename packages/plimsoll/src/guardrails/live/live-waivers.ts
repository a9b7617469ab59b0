import { createHash } from 'node:crypto';
import { policyText } from '../../findings/conclusion.ts';
import { type Waiver, mayCover, waive } from '../../findings/waiver.ts';
import { type Desk, type Log, LogClosed } from '../../inventory/reader.ts';
import type { Store } from '../../inventory/store.ts';
import type { Clock } from '../../model/clock.ts';
import type { Finding } from '../../model/finding.ts';
import { jsonText } from '../../model/json-text.ts';
import type { Resource } from '../../model/resource.ts';
import type { Verdict, WaivedBy } from '../../model/verdict.ts';
import type { Policy } from '../policy.ts';
import { heldToWaivers, questionOf } from '../waived-by.ts';
import { WaiverWatch } from './waiver-watch.ts';

/** Which waivers the findings were held to, by name, so that a restart knows what came and went meanwhile. */
const HELD_TO = 'waivers.heldTo';
/** Findings that one task of the log looks at. */
const MOST_LOOKED_AT = 32;

/** Who judges what waivers change. */
export interface WaiverJudges {
  /** The categories of a policy in force ({@link policyText}); none where it is gone. */
  categoriesOf(policy: string): readonly string[];
  /** Judges a resource by some policies, in a task of the log. */
  judge(resource: Resource, policies: ReadonlySet<string>, desk: Desk): Promise<readonly Finding[]>;
}

/**
 * The waivers in force. One that comes, goes, changes or ends has the findings looked at that it may be about, and those
 * judged anew whose waiver is another now; nothing else is. A restart finds out what changed meanwhile.
 */
export class LiveWaivers {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #judges: WaiverJudges;
  readonly #watch: WaiverWatch;
  #all: readonly Waiver[];
  #log: Log | null = null;
  #running: Promise<void> | null = null;
  #due = false;
  #stopped = false;
  /** Of a run: a policy's categories are asked for by each of its findings. */
  #categories = new Map<string, readonly string[]>();

  constructor(store: Store, clock: Clock, waivers: readonly Waiver[], judges: WaiverJudges) {
    [this.#store, this.#clock, this.#all, this.#judges] = [store, clock, waivers, judges];
    this.#watch = new WaiverWatch(clock, async () => this.#wake());
  }

  /** A verdict of a policy, waived where a waiver covers it now. */
  hold(verdict: Verdict, policy: Pick<Policy, 'categories'>, resource: Resource): Verdict {
    return heldToWaivers(verdict, policy, resource, this.#all, this.#clock.now());
  }

  /** Begins to write what waivers change. */
  start(log: Log): void {
    this.#log = log;
    this.#changed();
  }

  /** Holds to these from now on; called in a task of the log. */
  replace(waivers: readonly Waiver[]): void {
    this.#all = waivers;
    this.#changed();
  }

  /** True while findings are still to be held to waivers that changed. */
  get isBusy(): boolean {
    return this.#running !== null;
  }

  /** Resolves once every finding is held to the waivers as they are. */
  async settled(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  /** Lets the task under way finish; a restart goes on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#watch.stop();
    await this.#running;
  }

  #changed(): void {
    if (this.#log === null) return;
    this.#watch.watch(this.#all, this.#log);
    this.#wake();
  }

  #wake(): void {
    this.#due = true;
    if (this.#log === null || this.#running !== null || this.#stopped) return;
    this.#running = this.#run(this.#log).then(
      () => {
        this.#running = null;
        if (this.#due) this.#wake();
      },
      (error: unknown) => {
        this.#running = null;
        // A closed log means that the process is stopping.
        if (!this.#stopped && !(error instanceof LogClosed)) throw error;
      },
    );
  }

  async #run(log: Log): Promise<void> {
    this.#due = false;
    this.#categories = new Map();
    const now = this.#clock.now();
    const inForce = this.#all.filter(({ expires }) => expires === null || expires > now);
    const current = new Map(inForce.map((waiver) => [waiver.name, markOf(waiver)]));
    const before = new Map(
      Object.entries(JSON.parse((await this.#store.setting(HELD_TO)) ?? '{}') as Record<string, string>),
    );
    const lapsed = new Set([...before.keys()].filter((name) => before.get(name) !== current.get(name)));
    const fresh = inForce.filter(({ name }) => before.get(name) !== current.get(name));
    if (lapsed.size === 0 && fresh.length === 0) return;
    for await (const findings of this.#store.openFindings()) {
      const concerned = findings.filter((finding) => this.#isConcerned(finding, lapsed, fresh));
      for (let at = 0; at < concerned.length && !this.#stopped; at += MOST_LOOKED_AT) {
        const some = concerned.slice(at, at + MOST_LOOKED_AT);
        await log.append(async (desk) => await this.#holdAnew(some, desk));
      }
      // Between pages everything else gets its turn.
      await new Promise(setImmediate);
      if (this.#stopped) return;
    }
    await log.append(async (desk) => {
      desk.keep(HELD_TO, JSON.stringify(Object.fromEntries(current)));
      return [];
    });
  }

  #isConcerned(finding: Finding, lapsed: ReadonlySet<string>, fresh: readonly Waiver[]): boolean {
    const { outcome, policy, waivedBy } = finding;
    if (outcome !== 'fail' && outcome !== 'waived') return false;
    if (waivedBy !== null && lapsed.has(waivedBy.waiver)) return true;
    if (fresh.length === 0) return false;
    const subject = { policy, resource: finding.resource, categories: this.#categoriesOf(policyText(policy)) };
    return fresh.some((waiver) => mayCover(waiver, subject));
  }

  #categoriesOf(policy: string): readonly string[] {
    let found = this.#categories.get(policy);
    if (found === undefined) this.#categories.set(policy, (found = this.#judges.categoriesOf(policy)));
    return found;
  }

  /** Judges those anew that another waiver covers than did, or none. */
  async #holdAnew(findings: readonly Finding[], desk: Desk): Promise<readonly Finding[]> {
    const written: Finding[] = [];
    for (const finding of findings) {
      const resource = await this.#store.resource(finding.resource);
      if (resource === null) continue;
      const policy = policyText(finding.policy);
      const question = questionOf(finding, { categories: this.#categoriesOf(policy) }, resource);
      const covering = waive(this.#all, question, this.#clock.now());
      if (isSame(covering, finding.waivedBy)) continue;
      written.push(...(await this.#judges.judge(resource, new Set([policy]), desk)));
    }
    return written;
  }
}

function isSame(a: WaivedBy | null, b: WaivedBy | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function markOf({ document }: Waiver): string {
  return createHash('sha256').update(jsonText(document)).digest('base64url').slice(0, 16);
}
