import { PlimsollError, type ProblemPlace } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import { IdentityClaims } from '../../sources/identity-claims.ts';
import { sourceKinds } from '../../sources/registry.ts';
import type { SharedSources, Sink, Source } from '../../sources/source.ts';
import type { SourceEntry } from '../configuration/configuration.ts';
import { noArrivals, runSources } from './run-sources.ts';

/** What is told of sources while they run. */
interface FleetTold {
  /** A source failed for good, or what came is none. */
  readonly failed: (problem: Problem) => void;
  /** A source came, and is about to run. */
  readonly came: (source: Source) => void;
  /** A watch of a source is begun anew, and why, in a word. */
  readonly restarted: (source: string, reason: string) => void;
}

/** The sources of one entry, while they run. */
interface Member {
  readonly key: string;
  readonly entry: SourceEntry;
  readonly sources: Source[];
  readonly stop: AbortController;
  ended: Promise<void>;
  /** Sources of it that failed for good. */
  failed: number;
}

/** The names of sources that a change of the fleet was about. */
export interface FleetChange {
  readonly came: readonly string[];
  readonly went: readonly string[];
  readonly anew: readonly string[];
}

/** Entries of which each is open: to be taken over whole. */
export interface OpenedEntries {
  readonly members: readonly Member[];
}

/** The sources that run, entry by entry; others can take their place while those of the same entry go on. */
export class SourceFleet {
  readonly #sink: Sink;
  readonly #told: FleetTold;
  readonly #shared: SharedSources;
  readonly #failed = Promise.withResolvers<void>();
  #members: readonly Member[] = [];
  #running = 0;

  constructor(sink: Sink, told: FleetTold) {
    this.#sink = sink;
    this.#told = told;
    this.#shared = { claims: new IdentityClaims(), restarted: told.restarted };
  }

  /** All sources, those that came meanwhile included. */
  get sources(): readonly Source[] {
    return this.#members.flatMap(({ sources }) => sources);
  }

  /** Resolves once every source has failed for good. */
  get failed(): Promise<void> {
    return this.#failed.promise;
  }

  /**
   * Opens entries; those that run already are kept as they are. Nothing runs yet, and nothing that runs is touched.
   *
   * @param place where the entry of that index stands
   * @throws PlimsollError PLM1105 for two sources of one name; what a kind of source cannot open
   */
  async open(entries: readonly SourceEntry[], place: (index: number) => ProblemPlace): Promise<OpenedEntries> {
    const left = [...this.#members];
    const members: Member[] = [];
    const named = new Set<string>();
    for (const [index, entry] of entries.entries()) {
      const key = JSON.stringify(entry);
      const same = left.findIndex((member) => member.key === key);
      const [kept] = same === -1 ? [] : left.splice(same, 1);
      const member = kept ?? { ...(await placed(place(index), () => this.#opened(entry))), key, entry };
      for (const { name } of member.sources) {
        if (named.has(name))
          throw new PlimsollError('PLM1105', `There are two sources named ${name}.`, { source: name, ...place(index) });
        named.add(name);
      }
      members.push(member);
    }
    return { members };
  }

  async #opened(entry: SourceEntry): Promise<Pick<Member, 'sources' | 'stop' | 'ended' | 'failed'>> {
    const sources =
      entry.kind === 'files'
        ? await sourceKinds.files.open(entry.options, this.#shared)
        : await sourceKinds.kubernetes.open(entry.options, this.#shared);
    return { sources: [...sources], stop: new AbortController(), ended: Promise.resolve(), failed: 0 };
  }

  /**
   * Takes opened entries over: what is not among them ends first, then what is new begins. `ready` is called in between,
   * with all sources. Gives the names of the sources that came, went, and began anew because their entry changed.
   */
  async run(
    { members }: OpenedEntries,
    ready: (sources: readonly Source[]) => void | Promise<void>,
  ): Promise<FleetChange> {
    const before = this.#members;
    const going = before.filter((member) => !members.includes(member));
    // More than the newest and nothing: a fleet that changes is not one that has ended.
    this.#running += 1;
    for (const { stop } of going) stop.abort();
    await Promise.all(going.map(({ ended }) => ended));
    this.#members = members;
    await ready(this.sources);
    const coming = members.filter((member) => !before.includes(member));
    for (const member of coming) this.#begin(member);
    this.#left();
    const names = (of: readonly Member[]) => of.flatMap(({ sources }) => sources.map(({ name }) => name));
    const [came, went] = [names(coming), names(going)];
    return {
      came: came.filter((name) => !went.includes(name)),
      went: went.filter((name) => !came.includes(name)),
      anew: came.filter((name) => went.includes(name)),
    };
  }

  #begin(member: Member): void {
    this.#running += 1;
    const { signal } = member.stop;
    const opened = [...member.sources];
    const arrivals =
      member.entry.kind === 'files'
        ? (sourceKinds.files.arrivals?.(member.entry.options, opened, signal) ?? noArrivals())
        : noArrivals();
    member.ended = runSources(opened, arrivals, this.#sink, signal, {
      failed: (problem) => {
        member.failed += 1;
        this.#told.failed(problem);
      },
      came: (source) => {
        member.sources.push(source);
        this.#told.came(source);
      },
    }).finally(() => this.#left());
    member.ended.catch((error: unknown) => this.#failed.reject(error));
  }

  #left(): void {
    this.#running -= 1;
    if (this.#running === 0 && this.#members.every(({ failed, sources }) => failed >= sources.length))
      this.#failed.resolve();
  }

  /** Ends all sources. */
  async stop(): Promise<void> {
    for (const { stop } of this.#members) stop.abort();
    await Promise.all(this.#members.map(({ ended }) => ended));
  }
}

/** What opening throws, at the place of the entry. */
async function placed<T>(place: ProblemPlace, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    throw new PlimsollError(error.code, error.message, { ...error.problem, ...place }, { cause: error });
  }
}
