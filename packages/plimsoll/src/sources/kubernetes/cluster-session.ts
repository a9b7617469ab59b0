import type { Json } from '../../model/json.ts';
import { member } from '../../model/json.ts';
import type { Observation } from '../../model/observation.ts';
import type { Served, ServedType } from '../../model/served.ts';
import type { SourceState } from '../source.ts';
import { discover } from './discovery.ts';
import { ApiFailure, failureMeanings, reasonOf } from './failure.ts';
import { pause } from './pace.ts';
import { provesTypeGone } from './type-gone.ts';
import { Reflector } from './reflector.ts';
import { servedTypes, withStaleTypes } from './served-types.ts';
import type { Session } from './session.ts';
import { isWatchable, targetOf } from './target.ts';
import type { Target } from './target.ts';
import { isNamed } from './type-defaults.ts';

/** What of a cluster is watched. */
export interface Selection {
  readonly exclude: readonly string[];
  readonly metadataOnly: readonly string[];
  /** Namespaces to watch one by one, instead of all at once; null: all that can be seen. */
  readonly namespaces: readonly string[] | null;
  /** The context's namespace: the one to try where no namespace can be listed. */
  readonly contextNamespace: string | null;
}

interface Running {
  readonly reflector: Reflector;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

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
  readonly #saved: SourceState;
  readonly #signal: AbortSignal;
  readonly #running = new Map<string, Running>();
  /** Types that cannot be listed everywhere and are watched namespace by namespace. */
  readonly #byNamespace = new Map<string, Target>();
  readonly #namespaces = new Set<string>();
  readonly #known: Set<string>;
  #served: Served | null = null;
  #wake: (() => void) | null = null;
  #due = Infinity;
  #again = 0;
  readonly #fail: (error: unknown) => void;

  /** `fail`: told of what no reflector can mend (a closed sink, a bug). */
  constructor(
    session: Session,
    selection: Selection,
    saved: SourceState,
    signal: AbortSignal,
    fail: (error: unknown) => void,
  ) {
    this.#session = session;
    this.#selection = selection;
    this.#saved = saved;
    this.#signal = signal;
    this.#fail = fail;
    this.#known = new Set(saved.types);
  }

  /** Begins with what discovery gave; resolves when the session is over, all its reflectors ended. */
  async run(served: Served): Promise<void> {
    await this.#apply(served);
    if (!this.#session.once) await this.#keepDiscovering();
    // A reflector that ends may have begun others (namespace by namespace).
    for (let ended = -1; ended !== this.#running.size;) {
      ended = this.#running.size;
      await Promise.all([...this.#running.values()].map((running) => running.ended));
    }
  }

  /** An object was seen (see {@link Session.saw}). */
  saw(target: Target, event: 'upsert' | 'delete' | 'complete', object: Json): void {
    if (servingTypes.has(target.type) && event !== 'complete') this.#discoverSoon(true);
    if (target.type !== 'core/namespaces') return;
    const name = member(member(object, 'metadata'), 'name');
    if (typeof name !== 'string') return;
    if (event === 'upsert' && !this.#namespaces.has(name)) {
      this.#namespaces.add(name);
      for (const type of this.#byNamespace.values()) this.#begin({ ...type, scope: name });
    } else if (event === 'delete' && this.#namespaces.delete(name)) {
      for (const type of this.#byNamespace.values()) void this.#endNamespace(type, name).catch(this.#fail);
    }
  }

  /** A target's request succeeded: what was watched namespace by namespace is seen as a whole again. */
  succeeded(target: Target): void {
    if (target.scope !== null || this.#selection.namespaces !== null || !this.#byNamespace.delete(target.type)) return;
    for (const [key, running] of this.#running) {
      const { type, scope } = running.reflector.target;
      if (type !== target.type || scope === null) continue;
      void this.#end(key, running)
        .then(() => this.#session.outlet.send(this.#session.board.end(type, scope)))
        .catch(this.#fail);
    }
  }

  /** A target's request failed. */
  failed(target: Target, failure: ApiFailure): void {
    if (failure.kind === 'missing') this.#discoverSoon(false);
    if (failure.kind !== 'forbidden' || !target.namespaced || target.scope !== null) return;
    if (this.#byNamespace.has(target.type)) return;
    this.#byNamespace.set(target.type, target);
    for (const scope of this.#scopes()) this.#begin({ ...target, scope });
  }

  #scopes(): readonly string[] {
    if (this.#selection.namespaces !== null) return this.#selection.namespaces;
    if (this.#namespaces.size > 0) return [...this.#namespaces];
    return this.#selection.contextNamespace === null ? [] : [this.#selection.contextNamespace];
  }

  async #apply(served: Served): Promise<void> {
    const { source, board, outlet } = this.#session;
    const now = Date.now();
    const before = this.#served;
    this.#served = served;
    const batch: Observation[] = [...board.say('*', null, 'live', null, now)];
    if (JSON.stringify(before) !== JSON.stringify(served)) {
      batch.push({ kind: 'fact', source, name: 'served', value: servedFact(served), observedAt: now });
    }
    const stale = new Map(served.stale.map(({ group, reason }) => [group, reason]));
    const staleBefore = (before?.stale ?? []).map(({ group }) => group);
    for (const group of staleBefore) if (!stale.has(group)) batch.push(...board.end(`${group || 'core'}/*`, null));
    for (const [group, reason] of stale)
      batch.push(...board.say(`${group || 'core'}/*`, null, 'down', `PLM1410: ${reason}`, now));
    const begun: Target[] = [];
    for (const type of served.types) {
      const target = type.heldAs === null ? targetOf(type, isNamed(type.type, this.#selection.metadataOnly)) : null;
      if (target === null) continue;
      const why = this.#notWatched(type);
      if (why !== null) batch.push(...board.say(type.type, null, why.state, why.reason, now));
      else {
        this.#known.add(type.type);
        const reason = stale.get(type.group);
        if (reason !== undefined) batch.push(...board.say(type.type, null, 'down', `PLM1410: ${reason}`, now));
        begun.push(target);
      }
    }
    await outlet.send(batch);
    for (const target of begun) this.#beginType(target);
    await this.#endGone(served);
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
      void this.#end(keyOf(target), running)
        .then(() => this.#begin(target, null))
        .catch(this.#fail);
      return;
    }
    const { namespaces } = this.#selection;
    if (target.namespaced && namespaces !== null) {
      this.#byNamespace.set(target.type, target);
      for (const scope of namespaces) this.#begin({ ...target, scope });
    } else this.#begin(target);
  }

  #begin(target: Target, cursor: string | null = this.#cursorOf(target)): void {
    const key = keyOf(target);
    if (this.#running.has(key) || this.#signal.aborted) return;
    const stop = new AbortController();
    const reflector = new Reflector(this.#session, target, this.#session.once ? null : cursor);
    const signal = AbortSignal.any([this.#signal, stop.signal]);
    const start = pause(Math.random() * this.#session.tuning.stagger, signal);
    const ended = start.then(() => reflector.run(signal)).catch(this.#fail);
    this.#running.set(key, { reflector, stop, ended });
  }

  #cursorOf({ type, scope }: Target): string | null {
    return this.#saved.cursors.find((saved) => saved.type === type && saved.scope === scope)?.cursor ?? null;
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
    if (running === undefined) return;
    await this.#end(key, running);
    await outlet.send([
      { kind: 'list-start', source, type: type.type, scope },
      { kind: 'list-complete', source, type: type.type, scope, observedAt: Date.now() },
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
        await outlet.send(board.say(type, null, 'stale', reason, Date.now()));
        continue;
      }
      this.#known.delete(type);
      this.#byNamespace.delete(type);
      for (const [key, running] of this.#running) {
        if (running.reflector.target.type === type) await this.#end(key, running);
      }
      const rows = board.rows().filter((row) => row.type === type);
      await outlet.send([
        { kind: 'type-gone', source, type, observedAt: Date.now() },
        { kind: 'cursor', source, type, scope: null, cursor: null },
        ...rows.flatMap((row) => board.end(row.type, row.scope)),
      ]);
    }
  }

  /** Discovery soon; `twice`: and once more later, since a CRD is served a little after its events. */
  #discoverSoon(twice: boolean): void {
    this.#due = Math.min(this.#due, Date.now() + this.#session.tuning.discoveryDelay);
    if (twice) this.#again = 2;
    this.#wake?.();
  }

  async #keepDiscovering(): Promise<void> {
    const { tuning, transport, board, outlet } = this.#session;
    let failures = 0;
    while (!this.#signal.aborted) {
      this.#due = Math.min(this.#due, Date.now() + tuning.discoveryInterval);
      while (!this.#signal.aborted && Date.now() < this.#due) {
        const woken = new AbortController();
        this.#wake = (): void => woken.abort();
        await pause(this.#due - Date.now(), AbortSignal.any([this.#signal, woken.signal]));
      }
      if (this.#signal.aborted) return;
      this.#due = Infinity;
      try {
        const now = servedTypes(await discover(transport, this.#signal));
        failures = 0;
        await this.#apply(withStaleTypes(now, this.#served));
        if (this.#again > 0) {
          this.#again -= 1;
          this.#due = Date.now() + 4 * tuning.discoveryDelay;
        }
      } catch (error) {
        if (this.#signal.aborted) return;
        if (!(error instanceof ApiFailure)) throw error;
        failures += 1;
        const { retry } = failureMeanings[error.kind];
        if (failures > 1) await outlet.send(board.say('*', null, 'down', reasonOf(error), Date.now()));
        const wait =
          retry === 'slow' ? tuning.slowRetry : Math.min(tuning.backoffMax, tuning.backoffBase * 2 ** failures);
        this.#due = Date.now() + (error.retryAfter ?? wait);
      }
    }
  }
}

function keyOf(target: Pick<Target, 'type' | 'scope'>): string {
  return `${target.type}\0${target.scope ?? ''}`;
}

/** The fact as plain JSON: what the schema's readonly arrays already are. */
function servedFact(served: Served): Json {
  return {
    types: served.types.map((type) => ({ ...type, versions: type.versions.map((v) => ({ ...v })) })),
    stale: served.stale.map((entry) => ({ ...entry })),
  };
}
