import { type Conclusion, policyText } from '../../findings/conclusion.ts';
import { Ledger } from '../../findings/ledger.ts';
import type { Waiver } from '../../findings/waiver.ts';
import type { Desk, Log, Reader, ReaderBatch } from '../../inventory/reader.ts';
import type { Store } from '../../inventory/store.ts';
import { type Clock, systemClock } from '../../model/clock.ts';
import type { Change } from '../../model/change.ts';
import type { Coverage } from '../../model/coverage.ts';
import type { Finding } from '../../model/finding.ts';
import type { KindTable } from '../../model/kinds.ts';
import type { Needs } from '../../model/needs.ts';
import type { Problem } from '../../model/problem.ts';
import { type Resource, type ResourceKey, keyText } from '../../model/resource.ts';
import type { Verdict } from '../../model/verdict.ts';
import { type Dialect, newestDialect, storedDialect } from '../evaluate/dialect.ts';
import { Evaluator, type VerdictSink } from '../evaluate/evaluator.ts';
import type { PlanEntry } from '../evaluate/plan.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { needsOf } from '../needs.ts';
import { type Guardrail, guardrailsOf } from '../policy-set.ts';
import type { Policy, PolicyPart } from '../policy.ts';
import type { World } from '../world.ts';
import { Backfill } from './backfill.ts';
import { type Rejudge, listsRead, rejudgedBy, rejudgedByCoverage, typesRead } from './dependents.ts';
import { fingerprintOf } from './fingerprint.ts';
import { LiveWaivers } from './live-waivers.ts';
import { LiveWorld } from './live-world.ts';
import { NeedsTeller } from './needs-teller.ts';
import { OwnedTemplates, ownedTypes } from './owned-templates.ts';
import { changesPolicies } from './policy-change.ts';
import { minorsOf, rejudgedByServing, servingOf } from './serving.ts';
import { type Skipped, SkipTally } from './skip-tally.ts';
import { WaiverWatch } from './waiver-watch.ts';
import { PoliciesJudged, type WholePolicies } from './whole-policies.ts';

const FINGERPRINTS = 'guardrails.fingerprints';
const SKIPPED = 'guardrails.skipped';

type AboutResource = Extract<Conclusion, { readonly about: 'resource' }>;

/** What live guardrails are made of. */
export interface LiveOptions {
  /** Policies and bindings from files and presets; those of watched clusters are found by themselves. */
  readonly parts: readonly PolicyPart[];
  readonly waivers: readonly Waiver[];
  readonly kinds: KindTable;
  /** Left out: the machine's. */
  readonly clock?: Clock;
}

/**
 * Guardrails as a reader of the change log: every change is judged before it is written; what depends on it is judged
 * again, and nothing else; new and changed guardrails are held against the whole inventory while changes keep flowing.
 * After a restart with the same guardrails nothing is judged anew.
 */
export class LiveGuardrails implements Reader {
  readonly name = 'guardrails';
  readonly #store: Store;
  readonly #ledger: Ledger;
  readonly #world: LiveWorld;
  #options: LiveOptions;
  readonly #clock: Clock;
  readonly #backfill: Backfill;
  readonly #owned = new OwnedTemplates();
  readonly #skips: SkipTally;
  #evaluator: Evaluator;
  #policies = new PoliciesJudged([]);
  #problems: readonly Problem[] = [];
  readonly #needs = new NeedsTeller();
  readonly #waivers: LiveWaivers;
  readonly #amendments: WaiverWatch;
  /** When what amends policies ends. */
  #ends: readonly { readonly expires: number | null }[] = [];
  /** null until it may be written. */
  #log: Log | null = null;
  readonly #evaluated = new Map<string, number>();
  /** What the inventory is held against, or is being: a change that is taken back meanwhile is one again. */
  #fingerprints: ReadonlyMap<string, string> | null = null;

  private constructor(store: Store, ledger: Ledger, world: LiveWorld, skips: SkipTally, options: LiveOptions) {
    this.#store = store;
    this.#ledger = ledger;
    this.#world = world;
    this.#skips = skips;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#evaluator = new Evaluator([], world);
    this.#waivers = new LiveWaivers(store, this.#clock, options.waivers, {
      categoriesOf: (policy) => this.#categoriesOf(policy),
      judge: async (resource, policies, desk) => {
        const findings = await this.#judgeAgain(resource, this.#policies.named(policies), desk);
        this.#keepSkips(desk);
        return findings;
      },
    });
    this.#amendments = new WaiverWatch(this.#clock, (log) => log.append((desk) => this.#compileAnew(desk)));
    this.#backfill = new Backfill(store, {
      clock: this.#clock,
      evaluator: () => this.#evaluator,
      glanced: ({ pass, skip }) => {
        this.#count('pass', pass);
        this.#count('skip', skip);
      },
      standing: (only) => this.#standing(only),
      judge: (resource, only, desk) => this.#judgeAgain(resource, this.#policies.of(only), desk),
      judged: (desk) => this.#keepSkips(desk),
    });
  }

  /** Reads the policies of the store's clusters and what they read; what a batch needs besides is for `load`. */
  static async open(store: Store, options: LiveOptions): Promise<LiveGuardrails> {
    const world = await LiveWorld.open(store, options.kinds);
    const skips = new SkipTally(await store.setting(SKIPPED));
    const live = new LiveGuardrails(store, new Ledger(store), world, skips, options);
    await live.#compile();
    await live.#backfill.recall();
    return live;
  }

  async load(): Promise<void> {
    await this.#ledger.load();
    for (const type of ownedTypes)
      for await (const resources of this.#store.scan({ type }))
        for (const resource of resources) this.#owned.adopt(resource);
  }

  /** Every guardrail, those found in watched clusters included. */
  get all(): readonly Guardrail[] {
    return this.#evaluator.guardrails;
  }

  /** What a guardrail could not judge and left without a finding, as of now; null where it judged all. */
  skippedBy({ key }: Guardrail): Skipped | null {
    return this.#skips.of(key);
  }

  /** The lists that a finding's guardrail reads besides the resource; none where the guardrail is gone. */
  listsBehind({ policy, binding, resource }: Finding): readonly Pick<Coverage, 'source' | 'type' | 'scope'>[] {
    const text = policyText(policy);
    const judging = this.#evaluator.guardrails.filter((one) => policyText(one.policy.reference) === text);
    return judging.flatMap((guardrail) => {
      const bound = guardrail.bindings.find(({ name }) => name === binding) ?? null;
      return listsRead({ guardrail, binding: bound }, resource, this.#world);
    });
  }

  /** True while something stored is still to be judged, as an earlier run left it, or as guardrails or waivers changed. */
  get isJudging(): boolean {
    return this.#backfill.isBusy || this.#waivers.isBusy;
  }

  /** Resolves once no stored resource is left to judge. */
  async settled(): Promise<void> {
    await this.#backfill.settled();
    await this.#waivers.settled();
  }

  /** Faults of bindings that stand by themselves. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** How often a resource was judged by a guardrail, by outcome. */
  get evaluated(): ReadonlyMap<string, number> {
    return this.#evaluated;
  }

  /** How many findings stand. */
  get openFindings(): number {
    return this.#ledger.size;
  }

  get world(): World {
    return this.#world;
  }

  /** What the guardrails need of a source besides what it reads by itself. */
  needs(source: string): Needs {
    return needsOf(source, this.#evaluator.guardrails, this.#world);
  }

  /** Calls back with what is needed of each of these sources: at once, and whenever it changes. */
  onNeeds(sources: readonly string[], tell: (source: string, needs: Needs) => void): void {
    this.#needs.listen(sources, tell);
    this.#sayNeeds();
  }

  /** Begins to write what no change causes: backfills that are due, and waivers that expire. */
  async start(log: Log): Promise<void> {
    this.#backfill.start(log);
    this.#log = log;
    this.#amendments.watch(this.#ends, log);
    await log.append(async (desk) => {
      await this.#reconcile(desk);
      return [];
    });
    this.#waivers.start(log);
  }

  /**
   * Judges by other policies and waivers from files and presets from now on: what changed among them is held against
   * the inventory while changes keep flowing, what is gone ends, and nothing else is judged anew.
   */
  async replace(given: Pick<LiveOptions, 'parts' | 'waivers'>, log: Log): Promise<void> {
    await log.append(async (desk) => {
      this.#options = { ...this.#options, ...given };
      await this.#compile();
      await this.#reconcile(desk);
      this.#waivers.replace(given.waivers);
      return [];
    });
  }

  /**
   * Holds to other waivers from now on; `write` writes in the same transaction. Resolves once every finding is held to
   * them.
   */
  async waive(waivers: readonly Waiver[], log: Log, write: (desk: Desk) => void): Promise<void> {
    await log.append(async (desk) => {
      write(desk);
      this.#waivers.replace(waivers);
      return [];
    });
    await this.#waivers.settled();
  }

  /** Ends timers and lets the backfill's task under way finish. */
  async stop(): Promise<void> {
    this.#amendments.stop();
    await this.#waivers.stop();
    await this.#backfill.stop();
  }

  async react({ changes, coverage, coverageEnds, facts }: ReaderBatch, desk: Desk): Promise<readonly Finding[]> {
    const rejudges: Rejudge[] = [];
    for (const row of coverage) rejudges.push(...this.#covered(row, () => this.#world.cover(row)));
    for (const end of coverageEnds) rejudges.push(...this.#covered(end, () => this.#world.uncover(end)));
    // The sources first: what a source serves decides which of its types are params.
    const minors = minorsOf(this.#evaluator.guardrails, this.#world);
    const told = facts.filter((fact) => this.#told(fact, rejudges));
    if (told.length > 0) await this.#refresh();
    // Of an upgraded cluster's own policies it is another dialect that they are read in.
    let policiesChanged = minorsOf(this.#evaluator.guardrails, this.#world) !== minors;
    const orphans = new Map<string, ResourceKey>();
    for (const change of changes) {
      const taken = this.#world.take(change);
      policiesChanged ||= changesPolicies(change, taken.before);
      rejudges.push(...rejudgedBy(change, taken, this.#evaluator.guardrails, this.#world));
      for (const [key, child] of this.#owned.of(change)) orphans.set(key, child);
      if (change.resource !== null) this.#owned.adopt(change.resource);
    }
    if (policiesChanged) {
      await this.#compile();
      // What the new policies read was loaded from the store, which does not hold this batch yet.
      for (const change of changes) this.#world.take(change);
    }
    const latest = latestOf(changes);
    const conclusions = changes.flatMap((change) => this.#conclusionsOf(change, latest));
    for (const [key, child] of orphans) if (!latest.has(key)) conclusions.push(...(await this.#again(child)));
    const findings = await this.#ledger.conclude(conclusions, desk);
    if (rejudges.length > 0) this.#backfill.add(rejudges, desk);
    if (policiesChanged) await this.#reconcile(desk);
    this.#keepSkips(desk);
    return findings;
  }

  /** Takes in what a source says of itself, and what has to be judged again for it; false where it is nothing to us. */
  #told({ source, name, value }: ReaderBatch['facts'][number], rejudges: Rejudge[]): boolean {
    const [world, { guardrails }] = [this.#world, this.#evaluator];
    const before = servingOf(source, guardrails, world);
    if (!world.takeFact(source, name, value)) return false;
    rejudges.push(...rejudgedByServing(before, servingOf(source, guardrails, world), guardrails));
    return true;
  }

  /** Takes in what is said of a list; gives what has to be judged again for it. */
  #covered(row: Pick<Coverage, 'source' | 'type' | 'scope'>, take: () => void): readonly Rejudge[] {
    const [world, { guardrails }] = [this.#world, this.#evaluator];
    const [unlisted, answered] = [world.unlisted(row), world.answers(row.source)];
    take();
    if (row.type === '*') {
      // What is to be listed first is waited for at a source that answers, and at no other.
      if (world.answers(row.source) === answered) return [];
      return world.firstLists(row.source).flatMap((list) => rejudgedByCoverage(list, guardrails, world));
    }
    // Of a part of a type (`core/configmaps/data`) each row gives a reason why what was listed is not known.
    const isPart = row.type.split('/').length > 2;
    if (!isPart && (world.unlisted(row) === unlisted || world.awaits(row))) return [];
    return rejudgedByCoverage(row, guardrails, world);
  }

  #conclusionsOf(change: Change, latest: ReadonlyMap<string, Change>): Conclusion[] {
    if (change.resource === null) {
      this.#skips.forget(keyText(change.key));
      return [{ about: 'resource', resource: change.key, verdicts: [], ended: 'resource deleted' }];
    }
    // Of several states in one batch the last one is judged; the ones before were never shown.
    if (latest.get(keyText(change.key)) !== change) return [];
    return [{ about: 'resource', resource: change.key, ...this.#judged(change.resource), ended: 'passes' }];
  }

  async #again(key: ResourceKey): Promise<Conclusion[]> {
    const resource = await this.#store.resource(key);
    return resource === null
      ? []
      : [{ about: 'resource', resource: key, ...this.#judged(resource), ended: 'judged by its owner' }];
  }

  #categoriesOf(policy: string): readonly string[] {
    const found = this.#evaluator.guardrails.find((guardrail) => policyText(guardrail.policy.reference) === policy);
    return found?.policy.categories ?? [];
  }

  /** Where some guardrails found or skipped something that stands. */
  *#standing(only: ReadonlySet<string>): Iterable<string> {
    for (const policy of this.#policies.of(only).policies) yield* this.#ledger.resourcesOf(policy);
    for (const guardrail of only) yield* this.#skips.resourcesOf(guardrail);
  }

  /** Judges a stored resource by some policies, in a task of the log. */
  async #judgeAgain(resource: Resource, whole: WholePolicies, desk: Desk): Promise<readonly Finding[]> {
    const { policies, guardrails } = whole;
    const found = this.#judged(resource, guardrails);
    return await this.#ledger.conclude(
      [{ about: 'policies on resource', policies, resource, ...found, ended: 'passes' }],
      desk,
    );
  }

  /** What is unknown only until a first list is complete, or proves impossible, is not said: it is judged again then. */
  #judged(resource: Resource, only?: ReadonlySet<string>): Pick<AboutResource, 'verdicts' | 'waiting'> {
    const verdicts: Verdict[] = [];
    const waiting = new Set<string>();
    this.#skips.forget(keyText(resource), only);
    let passed = 0;
    const sink: VerdictSink = {
      pass: () => {
        passed += 1;
      },
      verdict: (verdict, entry) => {
        this.#count(verdict.outcome, 1);
        if (verdict.outcome === 'unknown' && this.#waits(entry, resource)) waiting.add(policyText(verdict.policy));
        else verdicts.push(this.#waivers.hold(verdict, entry.guardrail.policy, resource));
      },
      ignored: ({ guardrail }, { source, type, scope, name }, reason) =>
        this.#skips.note(guardrail.key, keyText({ source, type, scope, name }), reason),
    };
    this.#evaluator.evaluate(resource, sink, only);
    this.#count('pass', passed);
    return { verdicts, waiting };
  }

  #count(outcome: string, times: number): void {
    this.#evaluated.set(outcome, (this.#evaluated.get(outcome) ?? 0) + times);
  }

  #waits(entry: PlanEntry, resource: Resource): boolean {
    return listsRead(entry, resource, this.#world).some((list) => this.#world.awaits(list));
  }

  #keepSkips(desk: Desk): void {
    const changed = this.#skips.changed();
    if (changed !== null) desk.keep(SKIPPED, changed);
  }

  /** A source serves something else, or is another version. */
  async #refresh(): Promise<void> {
    this.#evaluator.forgetPlans();
    await this.#keepWhatIsRead();
  }

  #sayNeeds(): void {
    this.#needs.say((source) => this.needs(source));
  }

  /** A source that is new, or serves something new, may hold params under a type that was not known before. */
  async #keepWhatIsRead(): Promise<void> {
    await this.#world.keep(typesRead(this.#evaluator.guardrails, ['', ...this.#world.sources], this.#world));
    this.#sayNeeds();
  }

  /** Puts the guardrails of files and clusters together anew. */
  async #compile(): Promise<void> {
    const found = this.#world.policies.flatMap((resource) => this.#partsOf(resource));
    const parts = [...this.#options.parts, ...found];
    const { guardrails, problems } = guardrailsOf(parts, (policy) => this.#dialectOf(policy), this.#clock.now());
    this.#problems = problems;
    this.#evaluator = new Evaluator(guardrails, this.#world);
    this.#policies = new PoliciesJudged(guardrails);
    this.#ends = parts.flatMap((part) =>
      part.part === 'amendment' && part.amendment.until !== undefined ? [{ expires: part.amendment.until }] : [],
    );
    if (this.#log !== null) this.#amendments.watch(this.#ends, this.#log);
    await this.#keepWhatIsRead();
  }

  /** What amended policies is over: what it changed is judged anew without it. */
  async #compileAnew(desk: Desk): Promise<readonly Finding[]> {
    await this.#compile();
    await this.#reconcile(desk);
    return [];
  }

  /** A policy that stands in the files of a fleet's cluster belongs to that cluster as one that was listed does. */
  #partsOf({ source, body, place }: Resource): readonly PolicyPart[] {
    return readPolicyDocument({ source, origin: 'cluster', body, place });
  }

  #dialectOf(policy: Policy): Dialect {
    return policy.origin === 'cluster' ? storedDialect(this.#world.minorOf(policy.reference.source)) : newestDialect;
  }

  /** Ends the findings of guardrails that are gone, and holds new and changed ones against the inventory. */
  async #reconcile(desk: Desk): Promise<void> {
    const current = new Map(this.#evaluator.guardrails.map((guardrail) => [guardrail.key, fingerprintOf(guardrail)]));
    const before = this.#fingerprints ?? (await this.#savedFingerprints());
    this.#fingerprints = current;
    const known = new Set(this.#evaluator.guardrails.map(({ policy }) => policyText(policy.reference)));
    const gone = this.#ledger.policies.filter((policy) => !known.has(policy));
    this.#skips.retain(new Set(current.keys()));
    const uncounted = this.#skips.unsettled;
    const changed = [...current]
      .filter(([key, fingerprint]) => before.get(key) !== fingerprint || uncounted.has(key))
      .map(([key]) => key);
    if (gone.length > 0)
      this.#backfill.conclude((desk) =>
        this.#ledger.conclude(
          gone.map((policy): Conclusion => ({ about: 'policy', policy, ended: 'guardrail removed' })),
          desk,
        ),
      );
    if (changed.length > 0)
      this.#backfill.add(
        (await this.#store.sources()).flatMap((source) => {
          const guardrails = this.#toHold(new Set(changed), source);
          return guardrails.length === 0 ? [] : [{ source, scope: null, guardrails }];
        }),
        desk,
      );
    if (changed.length > 0 || gone.length > 0 || before.size !== current.size)
      this.#backfill.whenDone((last) => {
        last.keep(FINGERPRINTS, JSON.stringify(Object.fromEntries(current)));
        this.#skips.settle(uncounted);
        this.#keepSkips(last);
      });
  }

  /** What the inventory was held against when a backfill was last complete; one that was cut off is saved besides. */
  async #savedFingerprints(): Promise<ReadonlyMap<string, string>> {
    return new Map(
      Object.entries(JSON.parse((await this.#store.setting(FINGERPRINTS)) ?? '{}') as Record<string, string>),
    );
  }

  /**
   * Which of these guardrails are held against all that a source has: not those of other clusters, and of those that
   * judge nothing (a policy that comes before its binding) only what once found or skipped something.
   */
  #toHold(changed: ReadonlySet<string>, source: string): readonly string[] {
    const found = new Set(this.#ledger.policies);
    return this.#evaluator.guardrails.flatMap(({ key, state, policy }) => {
      if (!changed.has(key) || (policy.origin === 'cluster' && policy.reference.source !== source)) return [];
      const judged = found.has(policyText(policy.reference)) || this.#skips.of(key) !== null;
      return state === 'ok' || judged ? [key] : [];
    });
  }
}

/** The last change of each resource in a batch. */
function latestOf(changes: readonly Change[]): ReadonlyMap<string, Change> {
  return new Map(changes.map((change) => [keyText(change.key), change]));
}
