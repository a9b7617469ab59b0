import { setTimeout as delay } from 'node:timers/promises';
import { isPreset } from '../../guardrails/library/read-library.ts';
import { PlimsollError, problem } from '../../model/errors.ts';
import type { Problem } from '../../model/problem.ts';
import type { ConfigurationState } from '../../server/backend.ts';
import type { Invoked } from '../command-table.ts';
import { pathStamp } from '../configuration/path-stamp.ts';
import type { Settings } from '../configuration/settings.ts';
import { faultOf } from '../exit-code.ts';
import { optionEntry, type OptionName } from '../option-table.ts';
import { accessFiles, readAccess, type Access } from './access.ts';
import { loadGuardrails, problemsOf, type GuardrailSet } from './guardrail-set.ts';

import type { OpenedEntries, SourceFleet } from './source-fleet.ts';
import type { ToWatch } from './what-to-watch.ts';

/** How often the files are looked at. What changed is read once two looks in a row find it the same. */
const lookMilliseconds = 500;
/** Many files are looked at less often: after so many milliseconds for each of them, 5 s at most. */
const [restPerFile, longestRest] = [2, 5000];

/** What a running `up` can only begin with. */
const fixed: readonly OptionName[] = ['store', 'listen', 'history-keep', 'history-size'];

/** What is taken over whole, or not at all. */
export interface Prepared {
  readonly settings: Settings;
  readonly toWatch: ToWatch;
  readonly access: Access;
  readonly guardrails: GuardrailSet;
  readonly opened: OpenedEntries;
}

/** What a reload works on. */
export interface Reloading {
  /** The stamp of all files before any of them was read. */
  readonly asOf: string;
  /** As of the start. */
  readonly settings: Settings;
  readonly toWatch: ToWatch;
  readonly reread: Invoked['reread'];
  readonly fleet: SourceFleet;
  /** What to watch under other settings. */
  readonly choose: (settings: Settings) => Promise<ToWatch>;
  /** As of the start. */
  readonly access: Access;
  /** Takes over; gives what changed, in words. */
  readonly takeOver: (prepared: Prepared) => Promise<string>;
  readonly say: (line: string) => void;
  readonly complain: (problem: Problem) => void;
  /** Told of each reload that changed or refused something. */
  readonly done: (result: 'taken over' | 'refused') => void;
}

/** Takes changed files over while everything runs: all of them, or none, which is said and stays to be seen. */
export class Reload {
  readonly #on: Reloading;
  #settings: Settings;
  #toWatch: ToWatch;
  #since = Date.now();
  #problems: readonly Problem[] = [];
  /** What is wrong with the guardrails in force, which a reload need not mend. */
  #accepted = new Set<string>();
  #files: readonly string[];
  /** The stamp of each file as it was looked at last, before it was read. */
  #looked: ReadonlyMap<string, string> = new Map();
  #turn: Promise<void> = Promise.resolve();

  /** `guardrails`: those that are in force. */
  constructor(on: Reloading, guardrails: readonly Problem[]) {
    this.#on = on;
    this.#settings = on.settings;
    this.#toWatch = on.toWatch;
    this.#files = filesOf(on.settings);
    this.#accept(guardrails);
  }

  /** The settings in force. */
  get settings(): Settings {
    return this.#settings;
  }

  /** What is in force, since when, and why what stands in the files now is not. */
  get state(): ConfigurationState {
    return { file: this.#settings.configuration?.file ?? null, since: this.#since, problems: this.#problems };
  }

  /** Resolves once no reload is under way. */
  get settled(): Promise<void> {
    return this.#turn;
  }

  /** Looks at the files until `signal` aborts, and takes over what changed. */
  async watch(signal: AbortSignal): Promise<void> {
    let taken = this.#on.asOf;
    let last = '';
    let rest = lookMilliseconds;
    while (!signal.aborted) {
      await delay(rest, undefined, { signal, ref: false }).catch(() => undefined); // aborted: it ends
      if (signal.aborted) return;
      const stamp = await this.#look();
      rest = stamp === last ? restAfter(stamp) : lookMilliseconds;
      if (stamp !== taken && stamp === last) {
        await this.now(false);
        // As it was before it was read: what was written since is another change.
        taken = this.#stamp();
      }
      last = stamp;
    }
  }

  async #look(): Promise<string> {
    this.#looked = new Map();
    await this.#lookAtNew();
    return this.#stamp();
  }

  async #lookAtNew(): Promise<void> {
    const looked = new Map(this.#looked);
    for (const file of this.#files) if (!looked.has(file)) looked.set(file, await pathStamp([file]));
    this.#looked = looked;
  }

  #stamp(): string {
    return this.#files.map((file) => this.#looked.get(file) ?? '').join('\n');
  }

  /** Reads everything again and takes it over. `asked`: by a person, who is told that nothing changed, too. */
  async now(asked: boolean): Promise<void> {
    const turn = this.#turn.then(async () => await this.#reload(asked));
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  async #reload(asked: boolean): Promise<void> {
    const prepared = await this.#prepare();
    if (!('settings' in prepared)) {
      this.#refuse(prepared);
      return;
    }
    this.#accept(problemsOf(prepared.guardrails));
    const changed = await this.#on.takeOver(prepared);
    this.#settings = prepared.settings;
    this.#toWatch = prepared.toWatch;
    this.#since = Date.now();
    this.#on.done('taken over');
    const mended = this.#problems.length > 0;
    this.#problems = [];
    if (changed !== '' || asked || mended)
      this.#on.say(`Taken over${this.#from()}: ${changed || 'nothing that is watched or judged by changed'}.`);
  }

  #refuse(problems: readonly Problem[]): void {
    const { configuration } = this.#settings;
    const what = configuration === null ? 'What the options name' : 'The configuration';
    const kept = problem('PLM1106', `${what} changed and is not taken over; what was in force goes on.`, {
      file: configuration?.file ?? null,
    });
    this.#problems = [...problems, kept];
    this.#on.done('refused');
    for (const found of this.#problems) this.#on.complain(found);
  }

  #from(): string {
    const { configuration } = this.#settings;
    return configuration === null ? '' : ` from ${configuration.file}`;
  }

  /** Reads and opens everything, and touches nothing that runs; gives what is wrong with it otherwise. */
  async #prepare(): Promise<Prepared | readonly Problem[]> {
    try {
      const settings = await this.#read();
      if ('problems' in settings) return settings.problems;
      this.#files = filesOf(settings);
      await this.#lookAtNew();
      const stuck = this.#fixedProblems(settings);
      if (stuck.length > 0) return stuck;
      const access = await readAccess(settings.options);
      if ((access.tls === null) !== (this.#on.access.tls === null)) return [restart('tls-cert', settings)];
      const guardrails = await loadGuardrails(settings.options.guardrails);
      const broken = problemsOf(guardrails).filter(
        (found) => faultOf(found) === 'user' && !this.#accepted.has(textOf(found)),
      );
      if (broken.length > 0) return broken;
      const toWatch = await this.#choose(settings);
      if (toWatch.store !== this.#toWatch.store) return [restart('store', settings)];
      const opened = await this.#on.fleet.open(toWatch.entries, placeIn(toWatch));
      return { settings, toWatch, access, guardrails, opened };
    } catch (error) {
      if (!(error instanceof PlimsollError)) throw error;
      return [error.problem];
    }
  }

  async #read(): ReturnType<NonNullable<Invoked['reread']>> {
    const settings = this.#on.reread === undefined ? this.#settings : await this.#on.reread();
    // An editor, or a shell's >, empties a file before it writes it.
    if ('configuration' in settings && settings.configuration?.isEmpty === true) {
      const { file } = settings.configuration;
      return { problems: [problem('PLM1104', `${file} is empty.`, { file, line: 1, column: 1 })] };
    }
    return settings;
  }

  /** Where neither lists sources, what was found at the start stays: a current context is not asked again. */
  async #choose(settings: Settings): Promise<ToWatch> {
    const lists = [settings, this.#settings].some(({ configuration }) => (configuration?.sources.length ?? 0) > 0);
    return lists ? await this.#on.choose(settings) : this.#toWatch;
  }

  #fixedProblems(settings: Settings): readonly Problem[] {
    return fixed
      .filter((name) => JSON.stringify(settings.options[name]) !== JSON.stringify(this.#settings.options[name]))
      .map((name) => restart(name, settings));
  }

  #accept(problems: readonly Problem[]): void {
    this.#accepted = new Set(problems.map(textOf));
  }
}

/**
 * How long to rest after a look, in milliseconds: by the number of files, not by how long the look took, which on a busy
 * machine would be seconds for a single file.
 */
export function restAfter(stamp: string): number {
  return Math.min(longestRest, Math.max(lookMilliseconds, stamp.split('\n').length * restPerFile));
}

/** The files behind settings: the configuration first, then what else is read again when it changes. */
function filesOf(settings: Settings): readonly string[] {
  return [...(settings.configuration === null ? [] : [settings.configuration.file]), ...furtherFiles(settings)];
}

function furtherFiles({ options }: Settings): readonly string[] {
  const guardrails = options.guardrails.filter((name) => !isPreset(name) && name !== '-');
  return [...guardrails, ...accessFiles(options)];
}

/** The stamp of all files behind settings, of which that of the configuration was taken before. */
export async function stampBefore(settings: Settings, configuration: string): Promise<string> {
  const further = await pathStamp(furtherFiles(settings));
  return [configuration, further].filter((stamp) => stamp !== '').join('\n');
}

/** The places of the entries of a configuration; nothing for entries from elsewhere. */
export function placeIn({ configuration }: ToWatch): (index: number) => Partial<Problem> {
  return (index) => configuration?.place(['sources', index]) ?? {};
}

function textOf(found: Problem): string {
  return JSON.stringify(found);
}

function restart(name: OptionName, { configuration }: Settings): Problem {
  const path = optionEntry(name).file ?? name;
  const place = configuration?.place(path.split('.')) ?? {};
  return problem('PLM1111', `${path} is another now.`, place);
}
