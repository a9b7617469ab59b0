import { isComplete, type Coverage, type CoverageState } from '../../model/coverage.ts';
import type { Observation } from '../../model/observation.ts';

/** What we said last of each type and scope of one cluster, so that only what changed is said again. */
export class CoverageBoard {
  readonly #source: string;
  readonly #confirmInterval: number;
  readonly #best: 'live' | 'listed';
  /** By the type that they are of, or of a part of which, and within it by type and scope: there may be thousands. */
  readonly #rows = new Map<string, Map<string, Coverage>>();

  /**
   * `confirmInterval`: milliseconds after which a live row is said again with a newer `lastComplete`. `once`: nothing
   * is watched, so that what would be live is listed.
   */
  constructor(source: string, confirmInterval: number, once: boolean) {
    this.#source = source;
    this.#best = once ? 'listed' : 'live';
    this.#confirmInterval = confirmInterval;
  }

  /** The row as it was last said. */
  row(type: string, scope: string | null): Coverage | undefined {
    return this.#rows.get(wholeOf(type))?.get(keyOf(type, scope));
  }

  /** What was said by an earlier run, and stands as long as this one has said nothing else. */
  recall(rows: readonly Coverage[]): void {
    for (const row of rows) if (this.row(row.type, row.scope) === undefined) this.#set(row);
  }

  /** The observation that says so; none where it would say nothing new. `now`: milliseconds since 1970. */
  say(type: string, scope: string | null, found: CoverageState, reason: string | null, now: number): Observation[] {
    const state = found === 'live' ? this.#best : found;
    const before = this.row(type, scope);
    const complete = isComplete({ state });
    const same = before?.state === state && before.reason === reason;
    if (same && (!complete || now - (before.lastComplete ?? 0) < this.#confirmInterval)) return [];
    const coverage: Coverage = {
      source: this.#source,
      type,
      scope,
      state,
      since: before?.state === state ? before.since : now,
      lastComplete: complete ? now : (before?.lastComplete ?? null),
      reason,
    };
    this.#set(coverage);
    return [{ kind: 'coverage', coverage }];
  }

  #set(coverage: Coverage): void {
    const whole = wholeOf(coverage.type);
    let rows = this.#rows.get(whole);
    if (rows === undefined) this.#rows.set(whole, (rows = new Map()));
    rows.set(keyOf(coverage.type, coverage.scope), coverage);
  }

  /** Ends the row of what is no longer watched at all. */
  end(type: string, scope: string | null): Observation[] {
    if (this.#rows.get(wholeOf(type))?.delete(keyOf(type, scope)) !== true) return [];
    return [{ kind: 'coverage-end', source: this.#source, type, scope }];
  }

  /** All rows that were said. */
  rows(): readonly Coverage[] {
    return [...this.#rows.values()].flatMap((rows) => [...rows.values()]);
  }

  /** The rows of a type and of its parts. */
  rowsOf(type: string): readonly Coverage[] {
    return [...(this.#rows.get(type)?.values() ?? [])];
  }
}

/** The type that a part is of: `core/configmaps` of `core/configmaps/data`. */
function wholeOf(type: string): string {
  const second = type.indexOf('/', type.indexOf('/') + 1);
  return second < 0 ? type : type.slice(0, second);
}

function keyOf(type: string, scope: string | null): string {
  return `${type}\0${scope ?? ''}`;
}
