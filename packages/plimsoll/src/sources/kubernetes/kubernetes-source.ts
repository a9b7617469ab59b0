import { pause } from '../../model/clock.ts';
import { problem } from '../../model/errors.ts';
import { noNeeds } from '../../model/needs.ts';
import type { Needs } from '../../model/needs.ts';
import type { Json } from '../../model/json.ts';
import type { Served } from '../../model/served.ts';
import { servedSchema } from '../../model/served.ts';
import type { IdentityClaims } from '../identity-claims.ts';
import type { Sink, Source, SourceState } from '../source.ts';
import { ClusterSession } from './cluster-session.ts';
import type { Earlier, Selection } from './cluster-session.ts';
import { CoverageBoard } from './coverage-board.ts';
import { discover } from './discovery.ts';
import { ExtraReads } from './extra-reads.ts';
import { ApiFailure, failureMeanings, reasonOf } from './failure.ts';
import { IdentityCheck } from './identity-check.ts';
import { addressIdentity, readIdentity, recognise } from './identity.ts';
import { readKubeconfig, resolveContext } from './kubeconfig.ts';
import type { KubeContext } from './kubeconfig.ts';
import { Outlet, SinkClosed } from './outlet.ts';
import { defaultTuning, Turnstile } from './pace.ts';
import type { Tuning } from './pace.ts';
import { retryWait } from './retry.ts';
import { minorOf } from './server-version.ts';
import { servedTypes, withStaleTypes } from './served-types.ts';
import type { Session } from './session.ts';
import { ownSurroundings } from './surroundings.ts';
import type { Surroundings } from './surroundings.ts';
import { Transport } from './transport.ts';
import { metadataOnlyByDefault, offByDefault } from './type-defaults.ts';

/** What to watch, and as whom. */
export interface KubernetesOptions {
  /** The source's name. */
  readonly name: string;
  /** A kubeconfig file; left out: `KUBECONFIG`, `~/.kube/config`, or the pod's service account. */
  readonly kubeconfig?: string;
  /** Left out: the current context. */
  readonly context?: string;
  /** Types not to watch, `GROUP/*` for whole groups; replaces {@link offByDefault}. */
  readonly exclude?: readonly string[];
  /** Types of which metadata alone is read; replaces {@link metadataOnlyByDefault}. */
  readonly metadataOnly?: readonly string[];
  /** Without it Secrets are metadata alone, whatever `metadataOnly` says. */
  readonly withSecrets?: boolean;
  /** Watch namespaced types in these namespaces alone. */
  readonly namespaces?: readonly string[];
  /** Read these types alone; left out: all but `exclude`. */
  readonly only?: readonly string[];
  /** Read everything once, then `run` resolves: for `scan kube:CONTEXT`. Coverage says what could not be read. */
  readonly once?: boolean;
  /** Shared by all sources of the process, so that one cluster is one source. */
  readonly claims?: IdentityClaims;
  /** Told of each watch that is begun anew, and why, in a word. */
  readonly restarted?: ((source: string, reason: string) => void) | undefined;
  readonly tuning?: Partial<Tuning>;
  /** Left out: this machine's. */
  readonly surroundings?: Surroundings;
}

/** Where the problem of two sources of one cluster comes from. */
const identityOrigin = 'identity';

interface Connected {
  readonly version: Json;
  readonly identity: string;
  readonly served: Served;
}

/** A cluster as a source of resources. */
export class KubernetesSource implements Source {
  readonly name: string;
  readonly kind = 'kubernetes';
  readonly #options: KubernetesOptions;
  readonly #tuning: Tuning;
  readonly #surroundings: Surroundings;
  #needs: Needs = noNeeds;
  #live: ClusterSession | null = null;

  constructor(options: KubernetesOptions) {
    this.name = options.name;
    this.#options = options;
    this.#tuning = { ...defaultTuning, ...options.tuning };
    this.#surroundings = options.surroundings ?? ownSurroundings;
  }

  need(needs: Needs): void {
    this.#needs = needs;
    this.#live?.need(needs);
  }

  async run(sink: Sink, signal: AbortSignal): Promise<void> {
    const context = resolveContext(readKubeconfig(this.#options.kubeconfig), this.#options.context);
    const { clock, random } = this.#surroundings;
    await pause(this.#options.once === true ? 0 : random() * this.#tuning.stagger, signal, clock);
    const transport = new Transport(context, this.#tuning.requestTimeout, this.#surroundings);
    const outlet = new Outlet(sink);
    // Aborting ends connections at once: nothing that is still answering holds up the end.
    const close = (): void => void transport.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      while (!signal.aborted) {
        const again = await this.#session(sink, outlet, transport, context, signal);
        if (!again) break;
      }
      await outlet.drained();
    } catch (error) {
      if (!signal.aborted || !(error instanceof SinkClosed || error instanceof ApiFailure)) throw error;
    } finally {
      signal.removeEventListener('abort', close);
      this.#live = null;
      this.#options.claims?.release(this.name);
      await transport.close();
    }
  }

  /** One session with one cluster; true where it ended because another cluster answers at the address. */
  async #session(
    sink: Sink,
    outlet: Outlet,
    transport: Transport,
    context: KubeContext,
    signal: AbortSignal,
  ): Promise<boolean> {
    const source = this.name;
    const board = new CoverageBoard(source, this.#tuning.confirmInterval, this.#options.once === true);
    // Where the disk is full what the last session saw is not in the store yet: not even which cluster it was.
    await outlet.drained();
    const state = await sink.state(source);
    const connected = await this.#connect(transport, context, board, outlet, state, signal);
    if (connected === null) return false;
    const { version, served } = connected;
    const { identity, isAnother, isUnproven } = recognise(state.identity, connected.identity);
    // One of two contexts may not read the UID that the other is known by: the address is what they share.
    const { claims } = this.#options;
    const holder = claims?.claim([identity, addressIdentity(transport, context)], source) ?? null;
    if (claims !== undefined && holder !== null) return await this.#refused(holder, claims, board, outlet, signal);
    const now = this.#surroundings.clock.now();
    await outlet.send([
      { kind: 'identity', source, identity, isAnother, observedAt: now },
      { kind: 'fact', source, name: 'version', value: version, observedAt: now },
      { kind: 'problems', source, origin: identityOrigin, problems: [] },
    ]);
    const saved: Earlier = isAnother
      ? { ...state, identity, cursors: [], types: [], facts: new Map(), coverage: [], isUnproven }
      : { ...state, isUnproven };
    board.recall(saved.coverage);
    const check = new IdentityCheck(
      identity,
      async (asking) => await readIdentity(transport, context, asking),
      this.#surroundings.clock,
    );
    const ending = new AbortController();
    const failed: unknown[] = [];
    const session = this.#shared({ transport, outlet, board }, minorOf(version), check, () => cluster);
    const ends = AbortSignal.any([signal, ending.signal, check.replaced]);
    const cluster = new ClusterSession(session, this.#selection(context), saved, ends, (error) => {
      failed.push(error);
      ending.abort();
    });
    this.#live = cluster;
    try {
      await cluster.run(withStaleTypes(served, earlierServed(saved)), this.#needs);
    } finally {
      // Whatever is still asked ends with us, before its connection does: that is no failure of the cluster.
      ending.abort();
      this.#live = null;
    }
    if (failed.length > 0) throw failed[0];
    return check.replaced.aborted;
  }

  /** What the reflectors of one cluster share; they tell `cluster` what they see. */
  #shared(
    { transport, outlet, board }: Pick<Session, 'transport' | 'outlet' | 'board'>,
    minor: number | null,
    check: IdentityCheck,
    cluster: () => ClusterSession,
  ): Session {
    const [source, tuning] = [this.name, this.#tuning];
    const { clock, random } = this.#surroundings;
    return {
      source,
      transport,
      outlet,
      board,
      extras: new ExtraReads({ source, transport, outlet, board, tuning, clock, random }),
      tuning,
      clock,
      random,
      minor,
      once: this.#options.once === true,
      lists: new Turnstile(tuning.listsAtOnce),
      withoutWatchList: new Set(),
      whoAnswers: async (asking) => await check.whoAnswers(asking),
      restarted: (reason) => this.#options.restarted?.(source, reason),
      saw: (target, event, object) => cluster().saw(target, event, object),
      succeeded: (target) => cluster().succeeded(target),
      failed: (target, failure) => cluster().failed(target, failure),
    };
  }

  #selection(context: KubeContext): Selection {
    const { exclude, metadataOnly, namespaces, only, withSecrets } = this.#options;
    return {
      exclude: exclude ?? offByDefault,
      metadataOnly: [...(metadataOnly ?? metadataOnlyByDefault), ...(withSecrets === true ? [] : ['core/secrets'])],
      namespaces: namespaces ?? null,
      contextNamespace: context.namespace,
      only: only ?? null,
    };
  }

  /** Version, identity and discovery, tried until they are there; null where we were told to stop. */
  async #connect(
    transport: Transport,
    context: KubeContext,
    board: CoverageBoard,
    outlet: Outlet,
    state: SourceState,
    signal: AbortSignal,
  ): Promise<Connected | null> {
    const { clock, random } = this.#surroundings;
    await outlet.send(board.say('*', null, 'listing', null, clock.now()));
    for (let failures = 1; !signal.aborted; failures += 1) {
      try {
        const [version, identity, discovered] = await Promise.all([
          transport.json('/version', { signal }).then(({ value }) => value),
          readIdentity(transport, context, signal),
          discover(transport, signal),
        ]);
        return { version, identity, served: servedTypes(discovered) };
      } catch (error) {
        if (signal.aborted) return null;
        if (!(error instanceof ApiFailure)) throw error;
        const reason = reasonOf(error);
        const now = this.#surroundings.clock.now();
        const { state: said, retry } = failureMeanings[error.kind];
        // What we hold of this cluster stays, and is as old as it is.
        const scopes = state.cursors.flatMap(({ type, scope }) => board.say(type, scope, 'stale', reason, now));
        const whole = said === 'throttled' || said === 'forbidden' ? said : 'down';
        await outlet.send([...board.say('*', null, whole, reason, now), ...scopes]);
        if (this.#options.once === true && (retry === 'slow' || failures >= 3)) return null;
        await pause(retryWait(error, failures, this.#tuning, random()), signal, clock);
      }
    }
    return null;
  }

  /** Another source has this cluster: says so, and watches nothing. True once it may be claimed again. */
  async #refused(
    holder: string,
    claims: IdentityClaims,
    board: CoverageBoard,
    outlet: Outlet,
    signal: AbortSignal,
  ): Promise<boolean> {
    const source = this.name;
    const message = `this context leads to the cluster that the source ${holder} watches`;
    const released = claims.released;
    await outlet.send([
      ...board.say('*', null, 'off', `PLM1403: ${message}`, this.#surroundings.clock.now()),
      { kind: 'problems', source, origin: identityOrigin, problems: [problem('PLM1403', message, { source })] },
    ]);
    if (this.#options.once === true || signal.aborted) return false;
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    const end = (): void => resolve();
    signal.addEventListener('abort', end, { once: true });
    await Promise.race([aborted, released]);
    signal.removeEventListener('abort', end);
    return !signal.aborted;
  }
}

/** What was served when we last ran; null where nothing is known. */
function earlierServed(state: SourceState): Served | null {
  const parsed = servedSchema.safeParse(state.facts.get('served'));
  return parsed.success ? parsed.data : null;
}
