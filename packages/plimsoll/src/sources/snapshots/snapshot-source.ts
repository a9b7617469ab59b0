import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Coverage, isComplete } from '../../model/coverage.ts';
import { PlimsollError } from '../../model/errors.ts';
import type { Observation } from '../../model/observation.ts';
import type { Problem } from '../../model/problem.ts';
import { servedSchema } from '../../model/served.ts';
import type { IdentityClaims } from '../identity-claims.ts';
import type { Sink, Source, SourceState } from '../source.ts';
import { SnapshotFile } from './snapshot-file.ts';

/** How a snapshot is read. */
export interface SnapshotOptions {
  /** Read once; else it is read again whenever another file takes its name. */
  readonly once: boolean;
  readonly claims: IdentityClaims;
  /** Milliseconds between two looks at the file. */
  readonly interval: number;
}

/** The cursor of this source: which file was read to its end, so that a restart does not read it again. */
const cursorType = 'snapshot';

/** A cluster as a snapshot has it: complete as of then, and never live. */
export class SnapshotSource implements Source {
  readonly name: string;
  readonly kind = 'files';
  readonly path: string;
  readonly #options: SnapshotOptions;

  constructor(name: string, path: string, options: SnapshotOptions) {
    [this.name, this.path, this.#options] = [name, path, options];
  }

  async run(sink: Sink, signal: AbortSignal): Promise<void> {
    const { once, claims, interval } = this.#options;
    let seen: string | null = null;
    try {
      for (;;) {
        const look = await this.#look();
        if (look !== seen) await this.#readOrSay(sink, signal, look);
        seen = look;
        if (once) return;
        await delay(interval, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) return;
      }
    } finally {
      claims.release(this.name);
    }
  }

  /** What tells one file of this name from another; null where there is none. */
  async #look(): Promise<string | null> {
    const found = await stat(this.path, { bigint: true }).catch(() => null);
    return found === null ? null : `${found.mtimeNs} ${found.size} ${found.ino}`;
  }

  /** Reads the file; of one that cannot be read nothing is taken, and what is known of the cluster stays, stale. */
  async #readOrSay(sink: Sink, signal: AbortSignal, look: string | null): Promise<void> {
    const state = await sink.state(this.name);
    try {
      await this.#read(sink, state, signal, look);
    } catch (error) {
      if (!(error instanceof PlimsollError) || this.#options.once) throw error;
      await sink.observe(this.#blind(state, error.problem));
    }
  }

  async #read(sink: Sink, state: SourceState, signal: AbortSignal, look: string | null): Promise<void> {
    const isRead = state.cursors.some(({ type, cursor }) => type === cursorType && cursor === look);
    if (isRead && !state.coverage.some(({ state: said }) => said === 'stale')) return this.#claim(state.identity);
    if (state.coverage.length === 0) await sink.observe([this.#beginning()]);
    const file = await SnapshotFile.open(this.path);
    try {
      const { head } = file;
      if (head.source !== this.name)
        throw new PlimsollError('PLM1220', `${this.path} is of ${head.source} now, not of ${this.name}.`);
      this.#claim(head.identity);
      const { facts, coverage } = await file.facts();
      const [source, since, lastComplete] = [this.name, head.ended, head.ended];
      const whole: Coverage = { source, type: '*', scope: null, state: 'listed', since, lastComplete, reason: null };
      const said = coverage.some(({ type }) => type === '*') ? coverage : [whole, ...coverage];
      const rows = said.map((row) => ({ ...row, state: row.state === 'live' ? 'listed' : row.state }) as const);
      const ended = endedTypes(state, facts, rows);
      await sink.observe([
        ...this.#identity(head.identity, state, head.ended),
        ...[...facts].map(([name, value]) => this.#fact(name, value, head.ended)),
        this.#fact('snapshot', { began: head.began, ended: head.ended, redacted: head.redacted }, head.ended),
        ...rows.filter(isListed).map((row) => this.#list('list-start', row, head.ended)),
      ]);
      const confirmed = new Map(rows.map((row) => [row.type, row.lastComplete]));
      for await (const resources of file.resources()) {
        if (signal.aborted) return;
        const observedAt = confirmed.get(resources[0]?.type ?? '') ?? head.ended;
        await sink.observe(resources.map((resource) => ({ kind: 'upsert', resource, observedAt })));
      }
      await sink.observe([
        ...rows.filter(isListed).map((row) => this.#list('list-complete', row, head.ended)),
        ...ended.gone.map((type) => ({ kind: 'type-gone', source: this.name, type, observedAt: head.ended }) as const),
        ...ended.rows.map(({ source, type, scope }) => ({ kind: 'coverage-end', source, type, scope }) as const),
        ...rows.map((row) => ({ kind: 'coverage', coverage: row }) as const),
        { kind: 'problems', source: this.name, origin: cursorType, problems: [] },
        { kind: 'cursor', source: this.name, type: cursorType, scope: null, cursor: look },
      ]);
    } finally {
      await file.close();
    }
  }

  /** That it is being read for the first time: that nothing of it is known proves nothing yet. */
  #beginning(): Observation {
    const [source, since] = [this.name, Date.now()];
    const coverage = {
      source,
      type: '*',
      scope: null,
      state: 'listing',
      since,
      lastComplete: null,
      reason: null,
    } as const;
    return { kind: 'coverage', coverage };
  }

  /** Two names for one cluster are one source. */
  #claim(identity: string | null): void {
    const holder = identity === null ? null : this.#options.claims.claim([identity], this.name);
    if (holder !== null)
      throw new PlimsollError(
        'PLM1403',
        `${this.path} is a snapshot of the cluster that the source ${holder} watches.`,
      );
  }

  #identity(identity: string | null, state: SourceState, observedAt: number): readonly Observation[] {
    if (identity === null) return [];
    const isAnother = state.identity !== null && state.identity !== identity;
    return [{ kind: 'identity', source: this.name, identity, isAnother, observedAt }];
  }

  #fact(name: string, value: Extract<Observation, { kind: 'fact' }>['value'], observedAt: number): Observation {
    return { kind: 'fact', source: this.name, name, value, observedAt };
  }

  #list(kind: 'list-start' | 'list-complete', { type, scope }: Coverage, observedAt: number): Observation {
    return { kind, source: this.name, type, scope, observedAt };
  }

  #blind({ coverage }: SourceState, why: Problem): readonly Observation[] {
    const reason = `${why.code}: ${this.path}: ${why.message}`;
    const [since, source] = [Date.now(), this.name];
    const whole: Coverage = { source, type: '*', scope: null, state: 'stale', since, lastComplete: null, reason };
    const rows = coverage
      .filter((row) => isComplete(row) && row.type !== '*')
      .map((row): Coverage => ({ ...row, state: 'stale', since, reason }));
    return [
      ...[whole, ...rows].map((row) => ({ kind: 'coverage', coverage: row }) as const),
      { kind: 'problems', source, origin: cursorType, problems: [{ ...why, source }] },
    ];
  }
}

/** A row of a type, not of the whole source nor of a part of a type's bodies, that a list completed. */
function isListed(row: Coverage): boolean {
  return isComplete(row) && row.type.split('/').length === 2;
}

/**
 * What an earlier snapshot held that this one is silent of: types that are proven gone, for the server answered for all
 * of its groups and serves them no more, and rows of coverage that nothing is said of any longer.
 */
function endedTypes(
  state: SourceState,
  facts: SourceState['facts'],
  rows: readonly Coverage[],
): { readonly gone: readonly string[]; readonly rows: readonly Coverage[] } {
  const said = new Set(rows.map(({ type, scope }) => `${type}\0${scope ?? ''}`));
  const served = servedSchema.safeParse(facts.get('served'));
  const isProven = served.success && served.data.stale.length === 0;
  const types = new Set(served.data?.types.map(({ type }) => type));
  return {
    gone: isProven ? state.types.filter((type) => !types.has(type)) : [],
    rows: state.coverage.filter(({ type, scope }) => !said.has(`${type}\0${scope ?? ''}`)),
  };
}
