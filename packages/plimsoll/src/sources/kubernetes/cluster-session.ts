import { pause } from '../../model/clock.ts';
import type { Json } from '../../model/json.ts';
import { member } from '../../model/json.ts';
import { needsSchema, noNeeds } from '../../model/needs.ts';
import type { Needs } from '../../model/needs.ts';
import type { Observation } from '../../model/observation.ts';
import type { Served, ServedType } from '../../model/served.ts';
import type { SourceState } from '../source.ts';
import type { ApiFailure } from './failure.ts';
import { provesTypeGone } from './type-gone.ts';
import { Rediscovery } from './rediscovery.ts';
import { Reflector } from './reflector.ts';
import { withStaleTypes } from './served-types.ts';
import type { Session, Sight } from './session.ts';
import { isWatchable, targetOf } from './target.ts';
import type { Target } from './target.ts';
import { isNamed } from './type-defaults.ts';
import { configMaps } from './whole-configmaps.ts';

/** What of a cluster is watched. */
export interface Selection {
  readonly exclude: readonly string[];
  readonly metadataOnly: readonly string[];
  /** Namespaces to watch one by one, instead of all at once; null: all that can be seen. */
  readonly namespaces: readonly string[] | null;
  /** The context's namespace: the one to try where no namespace can be listed. */
  readonly contextNamespace: string | null;
  /** Read these types alone, and say nothing of others; null: all that `exclude` does not name. */
  readonly only: readonly string[] | null;
}

/** What an earlier run left. */
export interface Earlier extends SourceState {
  /** It is not proven to be of this cluster: all of it is listed anew and compared. */
  readonly isUnproven: boolean;
}

interface Running {
  readonly reflector: Reflector;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Policies come several at a time: what they need is read anew once for all that come within so many milliseconds. */
const NEEDS_DELAY = 100;

/** Types whose changes change what is served. */
const servingTypes: ReadonlySet<string> = new Set([
  'apiextensions.k8s.io/customresourcedefinitions',
  'apiregistration.k8s.io/apiservices',
]);

/**
 * What is watched of one cluster: a reflector for each type, begun and ended as discovery, tenancy and rights change.
 */
export class ClusterSession {
  readonly #session: Session;
  readonly #selection: Selection;
  readonly #saved: Earlier;
  readonly #signal: AbortSignal;
  readonly #running = new Map<string, Running>();
  /** Types that cannot be listed everywhere and are watched namespace by namespace. */
  readonly #byNamespace = new Map<string, Target>();
  readonly #namespaces = new Set<string>();
  /** All namespaces were seen by this run: not where they are watched from where an earlier one ended. */
  #sawNamespaces = false;
  /** Namespaces that are watched from where an earlier run ended are listed anew, to see them all. */
  #relistsNamespaces = false;
  /** The namespaces of the list under way. */
  #listing = new Set<string>();
  readonly #known: Set<string>;
  /** Type → the namespaces in which an earlier run watched it by itself. */
  readonly #earlierScopes: Map<string, readonly string[]>;
  #served: Served | null = null;
  #needs: Needs = noNeeds;
  /** Something else is needed, and will be read in a moment. */
  #needing = false;
  /** Types of which other things are needed than when their cursors were saved. */
  #outdated: ReadonlySet<string> = new Set();
  readonly #mending = new Set<string>();
  readonly #fail: (error: unknown) => void;
  readonly #rediscovery: Rediscovery;

  /** `fail`: told of what no reflector can mend (a closed sink, a bug). */
  constructor(
    session: Session,
    selection: Selection,
    saved: Earlier,
    signal: AbortSignal,
    fail: (error: unknown) => void,
  ) {
    this.#session = session;
    this.#selection = selection;
    this.#saved = saved;
    this.#signal = signal;
    this.#fail = fail;
    this.#known = new Set([...saved.types, ...saved.coverage.flatMap(({ type }) => (isType(type) ? [type] : []))]);
    this.#earlierScopes = scopesOf(saved);
    this.#rediscovery = new Rediscovery(session, signal);
  }

  /**
   * Begins with what discovery gave and what is needed besides; resolves when the session is over, all its reflectors
   * ended.
   */
  async run(served: Served, needs: Needs): Promise<void> {
    await this.#beginNeeds(needs);
    await this.#apply(served);
    if (!this.#session.once) await this.#rediscovery.run((found) => this.#apply(withStaleTypes(found, this.#served)));
    // A reflector that ends may have begun others (namespace by namespace), or given way to one that begins anew.
    const ended = new Set<Promise<void>>();
    for (;;) {
      const underWay = [...this.#running.values()].map((running) => running.ended).filter((end) => !ended.has(end));
      if (underWay.length === 0) return;
      await Promise.all(underWay);
      for (const end of underWay) ended.add(end);
    }
  }

  /** Something else is needed besides: what is read otherwise for it is listed anew and compared, soon. */
  need(needs: Needs): void {
    this.#needs = needs;
    if (this.#needing) return;
    this.#needing = true;
    void pause(NEEDS_DELAY, this.#signal, this.#session.clock)
      .then(async () => {
        this.#needing = false;
        if (!this.#signal.aborted) await this.#applyNeeds();
      })
      .catch(this.#fail);
  }

  /** What an earlier run needed, or could not read, and what is needed now: where they differ, it is listed anew. */
  async #beginNeeds(needs: Needs): Promise<void> {
    const { extras, outlet } = this.#session;
    const saved = needsSchema.safeParse(this.#saved.facts.get('needs'));
    const { types, ends } = extras.unread.earlier(this.#saved.facts.get('unread'));
    extras.need(saved.success ? saved.data : noNeeds);
    this.#needs = needs;
    this.#outdated = new Set([...extras.need(needs), ...types]);
    const cursors = this.#saved.cursors.filter(({ type }) => this.#outdated.has(type));
    const same = saved.success && JSON.stringify(saved.data) === JSON.stringify(needs);
    await outlet.send([...ends, ...(same ? [] : [this.#needsFact()]), ...this.#withoutCursors(cursors)]);
  }

  async #applyNeeds(): Promise<void> {
    const { extras, outlet } = this.#session;
    const changed = extras.need(this.#needs);
    const targets = this.#targetsOf(changed);
    // Without their cursors a restart lists them as well, however far this one comes.
    await outlet.send([this.#needsFact(), ...this.#withoutCursors(targets)]);
    this.#relist(changed);
  }

  #needsFact(): Observation {
    const { source } = this.#session;
    const value = JSON.parse(JSON.stringify(this.#needs)) as Json;
    return { kind: 'fact', source, name: 'needs', value, observedAt: this.#session.clock.now() };
  }

  #withoutCursors(targets: readonly Pick<Target, 'type' | 'scope'>[]): Observation[] {
    const { source } = this.#session;
    return targets.map(({ type, scope }) => ({ kind: 'cursor', source, type, scope, cursor: null }));
  }

  #targetsOf(types: ReadonlySet<string>): readonly Target[] {
    return [...this.#running.values()].flatMap(({ reflector }) =>
      types.has(reflector.target.type) ? [reflector.target] : [],
    );
  }

  /** Lists all targets of these types anew; what was complete counts as complete meanwhile. */
  #relist(types: ReadonlySet<string>): void {
    for (const [type, target] of this.#byNamespace)
      if (types.has(type)) this.#byNamespace.set(type, { ...target, metadataOnly: this.#metadataOnly(type) });
    for (const target of this.#targetsOf(types))
      this.#beginAnew({ ...target, metadataOnly: this.#metadataOnly(target.type) });
  }

  #metadataOnly(type: string): boolean {
    if (type === configMaps && this.#session.extras.allConfigMaps) return false;
    return isNamed(type, this.#selection.metadataOnly);
  }

  /** Tries what could not be read of a type now and then; lists the type anew once something can be. */
  #mend(type: string): void {
    const { once, extras, tuning, clock } = this.#session;
    if (once || this.#mending.has(type) || !extras.unread.has(type)) return;
    this.#mending.add(type);
    void pause(tuning.slowRetry, this.#signal, clock)
      .then(async () => {
        const mended = !this.#signal.aborted && (await extras.unread.mended(type, this.#signal));
        this.#mending.delete(type);
        if (this.#signal.aborted) return;
        if (mended) this.#relist(new Set([type]));
        else this.#mend(type);
      })
      .catch(this.#fail);
  }

  /** An object was seen (see {@link Session.saw}). */
  saw(target: Target, event: Sight, object: Json): void {
    if (servingTypes.has(target.type) && (event === 'upsert' || event === 'delete')) {
      this.#rediscovery.soon('repeatedly');
      const type = this.#session.extras.sawDefinition(object);
      if (type !== null) this.#relist(new Set([type]));
    }
    if (target.type === 'core/namespaces') this.#sawNamespace(event, member(member(object, 'metadata'), 'name'));
  }

  #sawNamespace(event: Sight, name: Json | undefined): void {
    if (event === 'begin') this.#listing = new Set();
    else if (event === 'complete') {
      const listed = this.#listing;
      this.#sawNamespaces = true;
      const known = new Set([...this.#namespaces, ...[...this.#earlierScopes.values()].flat()]);
      for (const namespace of known) if (!listed.has(namespace)) this.#namespaceGone(namespace);
    } else if (typeof name !== 'string') return;
    else if (event === 'delete') this.#namespaceGone(name);
    else {
      this.#listing.add(name);
      if (this.#namespaces.has(name)) return;
      this.#namespaces.add(name);
      for (const type of this.#byNamespace.values()) this.#begin({ ...type, scope: name });
    }
  }

  #namespaceGone(name: string): void {
    this.#namespaces.delete(name);
    for (const type of this.#byNamespace.values()) void this.#endNamespace(type, name).catch(this.#fail);
  }

  /** A target's request succeeded: what of it could not be read is tried again later, and what was watched namespace by namespace is seen as a whole again. */
  succeeded(target: Target): void {
    this.#mend(target.type);
    if (target.scope !== null || this.#selection.namespaces !== null) return;
    this.#endEarlierScopes(target.type);
    if (!this.#byNamespace.delete(target.type)) return;
    for (const [key, running] of this.#running) {
      const { type, scope } = running.reflector.target;
      if (type !== target.type || scope === null) continue;
      void this.#end(key, running)
        .then(() => this.#session.outlet.send(this.#scopeEnds(type, scope)))
        .catch(this.#fail);
    }
  }

  /** What an earlier run watched namespace by namespace is seen as a whole. */
  #endEarlierScopes(type: string): void {
    const scopes = this.#earlierScopes.get(type);
    if (scopes === undefined) return;
    this.#earlierScopes.delete(type);
    const ends = scopes.flatMap((scope) => this.#scopeEnds(type, scope));
    void this.#session.outlet.send(ends).catch(this.#fail);
  }

  /** A type is no longer watched by itself in a namespace. */
  #scopeEnds(type: string, scope: string): Observation[] {
    const { source, board } = this.#session;
    return [{ kind: 'cursor', source, type, scope, cursor: null }, ...board.end(type, scope)];
  }

  /** A target's request failed. */
  failed(target: Target, failure: ApiFailure): void {
    if (failure.kind === 'missing') this.#rediscovery.soon('once');
    if (failure.kind !== 'forbidden' || !target.namespaced || target.scope !== null) return;
    if (this.#byNamespace.has(target.type)) return;
    this.#byNamespace.set(target.type, target);
    for (const scope of this.#scopes()) this.#begin({ ...target, scope });
    this.#learnNamespaces(target);
  }

  /** A type is watched namespace by namespace from now on: which there are, and which there were, must be known. */
  #learnNamespaces(target: Target): void {
    if (this.#selection.namespaces !== null) return;
    if (this.#sawNamespaces) {
      const gone = (this.#earlierScopes.get(target.type) ?? []).filter((scope) => !this.#namespaces.has(scope));
      for (const scope of gone) void this.#endNamespace(target, scope).catch(this.#fail);
      return;
    }
    const resumed = this.#running.get(keyOf({ type: 'core/namespaces', scope: null }))?.reflector.complete ?? false;
    if (!resumed || this.#relistsNamespaces) return;
    this.#relistsNamespaces = true;
    this.#relist(new Set(['core/namespaces']));
  }

  #scopes(): readonly string[] {
    if (this.#selection.namespaces !== null) return this.#selection.namespaces;
    if (this.#namespaces.size > 0) return [...this.#namespaces];
    return this.#selection.contextNamespace === null ? [] : [this.#selection.contextNamespace];
  }

  async #apply(served: Served): Promise<void> {
    const { source, board, outlet } = this.#session;
    const now = this.#session.clock.now();
    const before = this.#served;
    this.#served = served;
    const batch: Observation[] = [...board.say('*', null, 'live', null, now)];
    if (JSON.stringify(before) !== JSON.stringify(served)) {
      batch.push({ kind: 'fact', source, name: 'served', value: servedFact(served), observedAt: now });
    }
    const stale = new Map(served.stale.map(({ group, reason }) => [group, reason]));
    for (const { type } of board.rows())
      if (type.endsWith('/*') && !stale.has(groupOf(type))) batch.push(...board.end(type, null));
    for (const [group, reason] of stale)
      batch.push(...board.say(`${group || 'core'}/*`, null, 'down', `PLM1410: ${reason}`, now));
    const begun: Target[] = [];
    for (const type of served.types) {
      const target = type.heldAs === null ? targetOf(type, this.#metadataOnly(type.type)) : null;
      if (target === null) continue;
      if (this.#selection.only?.includes(type.type) === false) {
        // An earlier run may have read it: as it was left it would count as seen.
        const why = 'left out by the list of types that alone are read (`only`)';
        if (board.row(type.type, null) !== undefined) batch.push(...board.say(type.type, null, 'off', why, now));
        continue;
      }
      const why = this.#notWatched(type);
      if (why !== null) batch.push(...board.say(type.type, null, why.state, why.reason, now));
      else {
        this.#known.add(type.type);
        const reason = stale.get(type.group);
        if (reason !== undefined) batch.push(...board.say(type.type, null, 'down', `PLM1410: ${reason}`, now));
        else batch.push(...this.#sayNever(target, now));
        begun.push(target);
      }
    }
    await outlet.send(batch);
    for (const target of begun) this.#beginType(target);
    await this.#endGone(served);
  }

  /** Lists wait for their turn: until then it is said that nothing is known of a type, which is not "none". */
  #sayNever({ type, namespaced }: Target, now: number): Observation[] {
    const { board } = this.#session;
    const { namespaces } = this.#selection;
    const scopes = namespaced && namespaces !== null ? namespaces : [null];
    return scopes.flatMap((scope) =>
      board.row(type, scope) === undefined ? board.say(type, scope, 'never', null, now) : [],
    );
  }

  #notWatched(type: ServedType): { state: 'off' | 'unsupported'; reason: string } | null {
    if (isNamed(type.type, this.#selection.exclude)) {
      return { state: 'off', reason: 'left out by the list of types that are off (`exclude`)' };
    }
    if (!isWatchable(type))
      return { state: 'unsupported', reason: 'PLM1407: the server lists this type but cannot watch it' };
    return null;
  }

  #beginType(target: Target): void {
    const running = this.#running.get(keyOf(target));
    if (running !== undefined && running.reflector.target.apiVersion !== target.apiVersion) {
      // Served in another version now: what is held is listed again in it.
      this.#beginAnew(target);
      return;
    }
    const { namespaces } = this.#selection;
    if (target.namespaced && namespaces !== null) {
      this.#byNamespace.set(target.type, target);
      for (const scope of namespaces) this.#begin({ ...target, scope });
    } else this.#begin(target);
  }

  #begin(target: Target): void {
    if (this.#running.has(keyOf(target))) return;
    const { type, scope } = target;
    const saved = this.#saved.cursors.find((cursor) => cursor.type === type && cursor.scope === scope);
    const isResumed = !this.#session.once && !this.#outdated.has(type) && !this.#saved.isUnproven;
    const cursor = isResumed ? (saved?.cursor ?? null) : null;
    const complete = !this.#session.once && saved !== undefined;
    this.#run(new Reflector(this.#session, target, cursor, complete), Promise.resolve());
  }

  /** Ends what lists and watches this target and begins with a complete list; it stays what was said of it. */
  #beginAnew(target: Target): void {
    const before = this.#running.get(keyOf(target));
    before?.stop.abort();
    const complete = before?.reflector.complete ?? false;
    this.#run(new Reflector(this.#session, target, null, complete && !this.#session.once), before?.ended);
  }

  #run(reflector: Reflector, before: Promise<void> | undefined): void {
    if (this.#signal.aborted) return;
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#signal, stop.signal]);
    const { clock, random, tuning } = this.#session;
    const start = pause(random() * tuning.stagger, signal, clock);
    const ended = Promise.all([start, before])
      .then(() => reflector.run(signal))
      .catch(this.#fail);
    this.#running.set(keyOf(reflector.target), { reflector, stop, ended });
  }

  async #end(key: string, running: Running): Promise<void> {
    if (this.#running.get(key) === running) this.#running.delete(key);
    running.stop.abort();
    await running.ended;
  }

  /** A namespace that is gone was emptied first: what the watch has not said yet of its end is said now. */
  async #endNamespace(type: Target, scope: string): Promise<void> {
    const { source, board, outlet } = this.#session;
    const key = keyOf({ ...type, scope });
    const running = this.#running.get(key);
    // What an earlier run watched there has a row alone.
    if (running === undefined && board.row(type.type, scope) === undefined) return;
    if (running !== undefined) await this.#end(key, running);
    await outlet.send([
      { kind: 'list-start', source, type: type.type, scope },
      { kind: 'list-complete', source, type: type.type, scope, observedAt: this.#session.clock.now() },
      { kind: 'cursor', source, type: type.type, scope, cursor: null },
      ...board.end(type.type, scope),
    ]);
  }

  /** Ends the types that are no longer served, where that is proven; else says that they cannot be seen. */
  async #endGone(served: Served): Promise<void> {
    const { source, board, outlet, transport } = this.#session;
    const present = new Set(served.types.map(({ type }) => type));
    for (const type of [...this.#known].filter((name) => !present.has(name))) {
      const proven = served.stale.length === 0 && (await provesTypeGone(transport, type, this.#signal));
      if (this.#signal.aborted) return;
      if (!proven) {
        const reason = 'PLM1410: no longer served, but not proven to be gone';
        await outlet.send(board.say(type, null, 'stale', reason, this.#session.clock.now()));
        continue;
      }
      this.#known.delete(type);
      this.#byNamespace.delete(type);
      for (const [key, running] of this.#running) {
        if (running.reflector.target.type === type) await this.#end(key, running);
      }
      await outlet.send([
        { kind: 'type-gone', source, type, observedAt: this.#session.clock.now() },
        { kind: 'cursor', source, type, scope: null, cursor: null },
        ...board.rowsOf(type).flatMap((row) => board.end(row.type, row.scope)),
      ]);
    }
  }
}

function keyOf(target: Pick<Target, 'type' | 'scope'>): string {
  return `${target.type}\0${target.scope ?? ''}`;
}

/** The group of `GROUP/*`; '' for core. */
function groupOf(type: string): string {
  const group = type.slice(0, type.indexOf('/'));
  return group === 'core' ? '' : group;
}

/** True for a type, not for a part of one, a group, or the whole source. */
function isType(word: string): boolean {
  return word.split('/').length === 2 && !word.endsWith('/*');
}

function scopesOf({ coverage, cursors }: SourceState): Map<string, readonly string[]> {
  const rows = [...coverage, ...cursors].filter(({ type, scope }) => scope !== null && isType(type));
  const byType = Map.groupBy(rows, ({ type }) => type);
  return new Map([...byType].map(([type, of]) => [type, [...new Set(of.map(({ scope }) => scope ?? ''))]]));
}

/** The fact as plain JSON: what the schema's readonly arrays already are. */
function servedFact(served: Served): Json {
  return {
    types: served.types.map((type) => ({ ...type, versions: type.versions.map((v) => ({ ...v })) })),
    stale: served.stale.map((entry) => ({ ...entry })),
  };
}
