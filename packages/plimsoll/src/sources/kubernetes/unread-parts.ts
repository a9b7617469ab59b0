import type { Clock } from '../../model/clock.ts';
import type { Json } from '../../model/json.ts';
import type { Observation } from '../../model/observation.ts';
import type { ResourceKey } from '../../model/resource.ts';
import type { CoverageBoard } from './coverage-board.ts';
import { ApiFailure, failureMeanings, reasonOf } from './failure.ts';
import type { Target } from './target.ts';

/** A part of one object that could not be read: why, and how it is tried again. */
interface Unread {
  readonly failure: ApiFailure;
  readonly again: (signal: AbortSignal) => Promise<unknown>;
}

/** The objects of one scope of which a part could not be read, by name. */
interface UnreadPart {
  readonly part: string;
  readonly scope: string | null;
  readonly byName: Map<string, Unread>;
}

/** What a cluster's source keeps of parts it writes here. */
interface Desk {
  readonly source: string;
  readonly board: CoverageBoard;
  readonly clock: Clock;
}

/**
 * What could not be read of objects beyond what lists and watches give: coverage of a part of their type
 * (`core/configmaps/data`, `TYPE/APIVERSION`), and the source's fact `unread`, with which its next run begins.
 */
export class UnreadParts {
  readonly #desk: Desk;
  /** By part and scope. */
  readonly #unread = new Map<string, UnreadPart>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** What an earlier run could not read, from its fact: these types are read anew, and what was said of them ends. */
  earlier(unread: Json | undefined): { readonly types: ReadonlySet<string>; readonly ends: readonly Observation[] } {
    const { source } = this.#desk;
    const rows = Array.isArray(unread) ? (unread as readonly (readonly string[])[]) : [];
    const types = new Set(rows.map(([part = '']) => part.split('/', 2).join('/')));
    const ends = rows.map(([part = '', scope = '']): Observation => {
      return { kind: 'coverage-end', source, type: part, scope: scope || null };
    });
    return { types, ends: ends.length === 0 ? [] : [...ends, this.#fact()] };
  }

  /** A part of a resource could not be read: what there is to say of it. `again` reads it once more. */
  failed(part: string, { scope, name }: ResourceKey, unread: Unread): Observation[] {
    const key = keyOf(part, scope);
    const entry = this.#unread.get(key) ?? { part, scope, byName: new Map<string, Unread>() };
    entry.byName.set(name, unread);
    this.#unread.set(key, entry);
    return this.#say(part, scope);
  }

  /** A part of a resource was read, or is not there: nothing, unless it could not be read before. */
  succeeded(part: string, { scope, name }: Pick<ResourceKey, 'scope' | 'name'>): Observation[] {
    const key = keyOf(part, scope);
    const entry = this.#unread.get(key);
    if (entry?.byName.delete(name) !== true) return [];
    if (entry.byName.size === 0) this.#unread.delete(key);
    return this.#say(part, scope);
  }

  /** An object of this type is gone, and with it what could not be read of it. */
  gone(type: string, scope: string | null, name: string): Observation[] {
    return this.#of(type).flatMap((entry) =>
      entry.scope === scope ? this.succeeded(entry.part, { scope, name }) : [],
    );
  }

  /** A list of this target begins, which tries every part again. */
  forget({ type, scope: listed }: Target): void {
    for (const { part, scope } of this.#of(type))
      if (listed === null || listed === scope) this.#unread.delete(keyOf(part, scope));
  }

  /** The list of this target is complete: what is said of parts that could be read ends. */
  listed({ type, scope: listed }: Target): Observation[] {
    return this.#desk.board
      .rowsOf(type)
      .filter((row) => isPartOf(row.type, type) && (listed === null || listed === row.scope))
      .flatMap((row) => this.#say(row.type, row.scope));
  }

  /** True where something of this type could not be read. */
  has(type: string): boolean {
    return this.#of(type).length > 0;
  }

  /** Tries one object of each part of this type that could not be read; true where one can be now. */
  async mended(type: string, signal: AbortSignal): Promise<boolean> {
    const parts = Map.groupBy(this.#of(type), ({ part }) => part);
    for (const [entry] of parts.values()) {
      const [first] = entry?.byName.values() ?? [];
      if (first === undefined) continue;
      try {
        await first.again(signal);
        return true;
      } catch (error) {
        if (!(error instanceof ApiFailure)) throw error;
      }
    }
    return false;
  }

  #of(type: string): readonly UnreadPart[] {
    if (this.#unread.size === 0) return [];
    return [...this.#unread.values()].filter(({ part }) => isPartOf(part, type));
  }

  /** The coverage of a part in a scope: why its first object could not be read, or its end where all could. */
  #say(part: string, scope: string | null): Observation[] {
    const { board, clock } = this.#desk;
    const byName = this.#unread.get(keyOf(part, scope))?.byName;
    const [first] = byName ?? [];
    if (byName === undefined || first === undefined) {
      const ended = board.end(part, scope);
      return ended.length === 0 ? [] : [...ended, this.#fact()];
    }
    const [name, { failure }] = first;
    const more = byName.size > 1 ? ` (and ${byName.size - 1} more)` : '';
    const { state } = failureMeanings[failure.kind];
    const said = board.say(part, scope, state, `${reasonOf(failure)}, for ${name}${more}`, clock.now());
    return said.length === 0 ? [] : [...said, this.#fact()];
  }

  /** What could not be read, for the next run to begin with. */
  #fact(): Observation {
    const { source, clock } = this.#desk;
    const value = [...this.#unread.values()].map(({ part, scope }) => [part, scope ?? '']);
    return { kind: 'fact', source, name: 'unread', value, observedAt: clock.now() };
  }
}

function keyOf(part: string, scope: string | null): string {
  return `${part}\0${scope ?? ''}`;
}

function isPartOf(part: string, type: string): boolean {
  return part.startsWith(`${type}/`);
}
