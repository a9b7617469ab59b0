import type { HistoryEntry, Store, Story, Timeline } from '../../inventory/store.ts';
import { type Coverage, isComplete } from '../../model/coverage.ts';
import { type Parts, eitherParts } from '../../model/json-parts.ts';
import type { Resource, ResourceKey } from '../../model/resource.ts';
import type { Verdict } from '../../model/verdict.ts';
import { Evaluator } from '../evaluate/evaluator.ts';
import { lookupScope } from '../evaluate/lookup-scope.ts';
import { mayJudge } from '../evaluate/parts-read.ts';
import { templateOwner } from '../evaluate/pod-template.ts';
import { podTemplateTypes } from '../evaluate/pod-template-types.ts';
import { readsNamespaces, typesRead } from '../live/dependents.ts';
import type { Guardrail } from '../policy-set.ts';
import type { World } from '../world.ts';
import { Moments } from './moments.ts';
import { PastWorld, type KeptParts } from './past-world.ts';

const NAMESPACES = 'core/namespaces';
const STORY_PAGE = 100;

/** What a guardrail would have said of a resource, and from when until when it would have stood. */
export interface Span {
  readonly verdict: Verdict;
  /** Milliseconds since 1970; null: it stood when the replayed time began. */
  readonly from: number | null;
  /** null: it stands at the end of that time. */
  readonly until: number | null;
  /** Where the resource itself came to be so: its state then, and the one before; null where it was something else. */
  readonly cause: { readonly state: Resource; readonly before: Resource | null } | null;
}

/** A time in which resources of a type could not be seen, or not all of them. */
export interface Gap {
  readonly coverage: Coverage;
  readonly from: number;
  /** null: until the end. */
  readonly until: number | null;
}

/** A type of a source, of which guardrails may say something. */
export type Judged = Pick<ResourceKey, 'source' | 'type'>;

/**
 * Guardrails that nobody has yet, held against what was: each state of each resource, with the namespaces, params,
 * look-ups and owners that there were then.
 */
export class Replay {
  /** What may be judged, in order. */
  readonly judged: readonly Judged[];
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  /** Where lists could not be seen on which the verdicts rest. */
  readonly gaps: readonly Gap[];
  readonly #evaluator: Evaluator;
  readonly #world: PastWorld;
  readonly #moments: Moments;
  /** Those that read other resources. */
  readonly #dependent: ReadonlySet<string>;

  private constructor(
    guardrails: readonly Guardrail[],
    timeline: Timeline,
    { world, moments, now }: { readonly world: PastWorld; readonly moments: Moments; readonly now: World },
  ) {
    this.#world = world;
    this.#moments = moments;
    this.#evaluator = new Evaluator(guardrails, world);
    this.#dependent = new Set(guardrails.filter(readsOthers).map(({ key }) => key));
    this.from = moments.timeOf(0);
    this.until = moments.timeOf(moments.last);
    this.judged = timeline.types.filter(({ source, type }) =>
      guardrails.some((guardrail) => mayJudge(guardrail, source, type, now.served(source))),
    );
    const read = new Set([
      ...typesRead(
        guardrails,
        timeline.types.map(({ source }) => source),
        now,
      ).keys(),
      ...(guardrails.some(readsNamespaces) ? [NAMESPACES] : []),
    ]);
    const types = new Set(this.judged.map(({ source, type }) => `${source}\0${type}`));
    this.gaps = gapsOf(timeline.coverage, moments, ({ source, type }) => {
      const whole = type.split('/', 2).join('/');
      return type === '*' || types.has(`${source}\0${whole}`) || read.has(whole);
    });
  }

  /**
   * Opens the history of a store from a time on, as far as it is written now or, given `until` (a position), was then;
   * `now` says what is no part of it. What guardrails read besides the judged resource is read into memory.
   *
   * @throws {PlimsollError} PLM1508, PLM1509 for the time
   */
  static async open(
    guardrails: readonly Guardrail[],
    store: Pick<Store, 'timelineSince' | 'storiesSince'>,
    { since, until, now }: { readonly since: number; readonly until: number; readonly now: World },
  ): Promise<Replay> {
    const timeline = await store.timelineSince(since);
    const moments = new Moments(timeline.moments.filter(({ seq }, index) => index === 0 || seq <= until));
    const world = new PastWorld(moments, timeline.coverage, now);
    const kept = new Map<string, KeptParts>();
    if (guardrails.some(({ policy }) => policy.appliesTo !== null))
      for (const type of podTemplateTypes.keys()) kept.set(type, 'keys');
    const sources = [...new Set(timeline.types.map(({ source }) => source))];
    for (const [type, parts] of typesRead(guardrails, [...sources, ''], now))
      kept.set(type, both(kept.get(type), parts));
    kept.set(NAMESPACES, 'whole');
    for (const { source, type } of timeline.types) {
      const parts = kept.get(type);
      if (parts === undefined) continue;
      for await (const story of storiesOf(store, { source, type }, since)) world.keep(story, parts);
    }
    world.close();
    return new Replay(guardrails, timeline, { world, moments, now });
  }

  /** The position of the log at which it ends. */
  get end(): number {
    return this.#moments.seqOf(this.#moments.last);
  }

  /** How many of a resource's states the replayed time holds, those among them that nobody could see. */
  heldOf({ entries }: Story): number {
    return entries.filter(({ kind, seq }) => kind === 'version' && this.#moments.reaching(seq) !== null).length;
  }

  /** What would have been said of one resource, in order of time. */
  spansOf({ entries }: Story): readonly Span[] {
    const spans: Span[] = [];
    let open = new Map<string, Open>();
    let before: Resource | null = null;
    const states = this.#states(entries);
    for (const [index, { moment, state }] of states.entries()) {
      const next = states[index + 1]?.moment ?? null;
      if (state === null) {
        for (const one of open.values()) spans.push(this.#ended(one, moment));
        open = new Map();
        before = null;
        continue;
      }
      open = this.#stand(open, this.#judge(state, moment, null), { moment, cause: { state, before } }, spans);
      for (const later of this.#rejudged(state, moment, next)) {
        const kept = [...open.values()].filter(({ key }) => !this.#dependent.has(key));
        const found = [...kept, ...this.#judge(state, later, this.#dependent)];
        open = this.#stand(open, found, { moment: later, cause: null }, spans);
      }
      before = state;
    }
    for (const one of open.values()) spans.push(this.#ended(one, null));
    return spans.sort((a, b) => (a.from ?? 0) - (b.from ?? 0));
  }

  /** What a resource was at each transaction that changed it: of several states within one the last. */
  #states(entries: readonly HistoryEntry[]): readonly { readonly moment: number; readonly state: Resource | null }[] {
    const states: { moment: number; state: Resource | null }[] = [];
    for (const entry of entries) {
      const moment = this.#moments.reaching(entry.seq);
      if (moment === null) break;
      const state = entry.kind === 'deleted' ? null : entry.resource;
      if (states.at(-1)?.moment === moment) states.pop();
      states.push({ moment, state });
    }
    return states;
  }

  #judge(resource: Resource, moment: number, only: ReadonlySet<string> | null): readonly Found[] {
    const found: Found[] = [];
    this.#world.moment = moment;
    const sink = {
      pass: () => undefined,
      verdict: (verdict: Verdict, { guardrail }: { readonly guardrail: Guardrail }) => {
        if (verdict.outcome !== 'skip') found.push({ key: guardrail.key, verdict });
      },
    };
    this.#evaluator.evaluate(resource, sink, only ?? undefined);
    return found;
  }

  /** The transactions between two at which something changed that guardrails read of others to judge a resource. */
  #rejudged(resource: Resource, from: number, until: number | null): readonly number[] {
    if (this.#dependent.size === 0) return [];
    const { source, scope } = resource;
    const world = this.#world;
    const changes: number[] = [];
    for (const { guardrail } of this.#evaluator.planOf(resource).entries) {
      if (!this.#dependent.has(guardrail.key)) continue;
      if (scope !== null && readsNamespaces(guardrail))
        changes.push(...world.changesOf(source, NAMESPACES, null, scope));
      for (const { type, sameNamespace } of guardrail.policy.lookups)
        changes.push(...world.changesOf(source, type, sameNamespace ? lookupScope(resource) : null));
      const { paramKind } = guardrail.policy;
      const param = paramKind === null ? null : world.typeOfKind(source, paramKind.apiVersion, paramKind.kind);
      if (param !== null) changes.push(...world.changesOf(source, param.type, null));
      const owner = guardrail.policy.appliesTo === null ? null : templateOwner(resource);
      if (owner !== null) changes.push(...world.changesOf(source, owner.type, owner.scope, owner.name));
    }
    const within = changes.filter((moment) => moment > from && (until === null || moment < until));
    return [...new Set(within)].sort((a, b) => a - b);
  }

  /** What stands after a judgement; what stood and does not any more, or says something else now, has ended. */
  #stand(open: ReadonlyMap<string, Open>, found: readonly Found[], since: Since, spans: Span[]): Map<string, Open> {
    const stands = new Map<string, Open>();
    for (const { key, verdict } of found) {
      const identity = [key, verdict.binding ?? '', verdict.param ?? ''].join('\0');
      const stood = open.get(identity);
      const isSame = stood !== undefined && sayingOf(stood.verdict) === sayingOf(verdict);
      stands.set(identity, isSame ? stood : { key, verdict, ...since });
    }
    for (const [identity, stood] of open)
      if (stands.get(identity) !== stood) spans.push(this.#ended(stood, since.moment));
    return stands;
  }

  #ended({ verdict, moment, cause }: Open, until: number | null): Span {
    const stoodBefore = moment === 0;
    return {
      verdict,
      from: stoodBefore ? null : this.#moments.timeOf(moment),
      until: until === null ? null : this.#moments.timeOf(until),
      cause: cause === null ? null : { state: cause.state, before: cause.before },
    };
  }
}

interface Found {
  readonly key: string;
  readonly verdict: Verdict;
}

interface Since {
  readonly moment: number;
  readonly cause: Span['cause'];
}

interface Open extends Found, Since {}

/** All stories of a type, page after page, letting other work run in between. */
async function* storiesOf(store: Pick<Store, 'storiesSince'>, judged: Judged, since: number): AsyncIterable<Story> {
  for (let page: string | null | undefined; page !== null;) {
    const found: Awaited<ReturnType<Store['storiesSince']>> = await store.storiesSince(
      judged,
      since,
      STORY_PAGE,
      page ?? null,
    );
    yield* found.items;
    page = found.next;
    await new Promise(setImmediate);
  }
}

function both(kept: KeptParts | undefined, parts: Parts): KeptParts {
  return kept === undefined || kept === 'keys' ? parts : eitherParts(kept, parts);
}

/** Whether a guardrail reads more than the judged resource. */
function readsOthers(guardrail: Guardrail): boolean {
  const { lookups, paramKind, appliesTo } = guardrail.policy;
  return lookups.length > 0 || paramKind !== null || appliesTo !== null || readsNamespaces(guardrail);
}

function sayingOf({ outcome, reason, violations }: Verdict): string {
  return JSON.stringify([outcome, reason, violations.map(({ index, message, paths }) => [index, message, paths])]);
}

/** From when until when lists were not complete, of those that matter. */
function gapsOf(
  coverage: Timeline['coverage'],
  moments: Moments,
  matters: (slot: Pick<Coverage, 'source' | 'type'>) => boolean,
): readonly Gap[] {
  const gaps: Gap[] = [];
  const open = new Map<string, { readonly coverage: Coverage; readonly from: number }>();
  for (const { source, type, scope, seq, coverage: row } of coverage) {
    const moment = moments.reaching(seq);
    if (moment === null || !matters({ source, type })) continue;
    const slot = `${source}\0${type}\0${scope ?? ''}`;
    const at = moments.timeOf(moment);
    const was = open.get(slot);
    if (was !== undefined && was.coverage.state !== row?.state) {
      gaps.push({ ...was, until: at });
      open.delete(slot);
    }
    if (row !== null && !isComplete(row) && row.state !== 'off' && !open.has(slot))
      open.set(slot, { coverage: row, from: at });
  }
  for (const was of open.values()) gaps.push({ ...was, until: null });
  return gaps.filter(({ from, until }) => from !== until).sort((a, b) => a.from - b.from);
}
