import type { CoverageState } from '../../model/coverage.ts';
import type { Observation } from '../../model/observation.ts';
import type { FolderContents } from './folder-contents.ts';
import type { FolderTree } from './folder-tree.ts';
import type { FolderWatch } from './folder-watch.ts';

/** How a folder is told of. */
interface Told {
  /** It is read once. */
  readonly once: boolean;
  /** It holds others' cluster folders: nothing is said of it until something lies beside them. */
  readonly besides: boolean;
  /** Nothing was ever said of it. */
  readonly fresh: boolean;
}

/** What is said of how well a folder is seen: a row for each type, and `*` for the folder as a whole. */
export class FolderCoverage {
  readonly #source: string;
  readonly #how: Told;
  readonly #contents: FolderContents;
  readonly #tree: FolderTree;
  readonly #watch: FolderWatch;
  /** What was said last of each type: `state reason`. */
  readonly #said = new Map<string, string>();

  constructor(source: string, how: Told, contents: FolderContents, tree: FolderTree, watch: FolderWatch) {
    [this.#source, this.#how, this.#contents, this.#tree, this.#watch] = [source, how, contents, tree, watch];
  }

  /** Why the folder is looked through now and then instead of watched; null where it is watched. */
  get polled(): string | null {
    return this.#watch.failure;
  }

  /** That it is being read for the first time: that nothing of it is known proves nothing yet. */
  beginning(): readonly Observation[] {
    const said = this.#how.fresh && !this.#how.besides ? this.#row('*', 'listing', null, true) : null;
    return said === null ? [] : [said];
  }

  /** What has to be said now: of new `types`, of what became stale (all, where a target is away) or is seen again; with `anew` of everything. */
  of(types: Iterable<string>, anew = false): readonly Observation[] {
    const stale = this.#contents.staleTypes();
    const away = this.#tree.away();
    const unreadable = this.#contents.unreadable();
    const nothing = this.#said.size === 0 && unreadable === null && this.#contents.isEmpty();
    if (this.#how.besides && nothing) return [];
    const seen = this.#how.once ? 'listed' : 'live';
    const reasonOf = (type: string): string | null => (type === '*' ? unreadable : (stale.get(type) ?? away));
    return [...new Set(['*', ...this.#said.keys(), ...types])].flatMap((type) => {
      const hidden = reasonOf(type);
      const said = this.#row(type, hidden === null ? seen : 'stale', hidden ?? this.polled, anew && hidden === null);
      return said === null ? [] : [said];
    });
  }

  #row(type: string, state: CoverageState, reason: string | null, anew: boolean): Observation | null {
    const words = `${state} ${reason ?? ''}`;
    if (!anew && this.#said.get(type) === words) return null;
    this.#said.set(type, words);
    const now = Date.now();
    const lastComplete = state === 'stale' || state === 'listing' ? null : now;
    return {
      kind: 'coverage',
      coverage: { source: this.#source, type, scope: null, state, since: now, lastComplete, reason },
    };
  }
}
