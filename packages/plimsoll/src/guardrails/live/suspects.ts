import type { Store } from '../../inventory/store.ts';
import type { Clock } from '../../model/clock.ts';
import type { ResourceKey } from '../../model/resource.ts';
import type { Evaluator } from '../evaluate/evaluator.ts';
import { type Glances, isRead } from '../evaluate/glancing.ts';
import type { Rejudge } from './dependents.ts';

/** How long one page is looked at: so late may everything else be for it. */
const PAGE_MS = 3;
const FIRST_ROWS = 100;
const FEWEST_ROWS = 20;
const MOST_ROWS = 1_000;

/** Where suspects are looked for, and by whom. */
export interface Search {
  readonly store: Pick<Store, 'typesOf' | 'excerpts'>;
  /** The one in force: it changes with the guardrails. */
  readonly evaluator: () => Evaluator;
  readonly clock: Pick<Clock, 'elapsed'>;
  /** Told what was seen of those that are no suspects. */
  readonly glanced: (count: Glances) => void;
}

/**
 * The stored resources of which some guardrails may have something to say, page by page: of the types that they are
 * about as much of each resource is read as they read themselves, outside of any transaction. What changes meanwhile is
 * judged as a change, so that a resource that was passed over stays judged; whoever judges a suspect reads it anew.
 */
export async function* suspects(
  { source, scope }: Pick<Rejudge, 'source' | 'scope'>,
  only: ReadonlySet<string>,
  search: Search,
): AsyncIterable<readonly ResourceKey[]> {
  let rows = FIRST_ROWS;
  for (const type of await search.store.typesOf(source)) {
    const filter = scope === null ? { source, type } : { source, type, scope };
    let evaluator = search.evaluator();
    let parts = evaluator.partsRead(source, type, only);
    for (let page: string | null | undefined; page !== null;) {
      if (evaluator !== search.evaluator()) {
        evaluator = search.evaluator();
        parts = evaluator.partsRead(source, type, only);
      }
      if (parts === null) break;
      const began = search.clock.elapsed();
      const { items, next } = await search.store.excerpts(filter, parts, rows, page ?? null);
      const count = { pass: 0, skip: 0 };
      const found = items.filter((excerpt) => !isRead(excerpt) || evaluator.glance(excerpt, only, count));
      rows = rowsFor(rows, search.clock.elapsed() - began);
      search.glanced(count);
      yield found.map(({ source, type, scope, name }) => ({ source, type, scope, name }));
      page = next;
    }
  }
}

/** How many rows make a page that takes its time, after one of `rows` that took `elapsed` milliseconds. */
function rowsFor(rows: number, elapsed: number): number {
  // A page that was held up by something else says little: at most half as many, at most twice.
  const share = Math.min(2, Math.max(0.5, PAGE_MS / Math.max(elapsed, 0.01)));
  return Math.min(MOST_ROWS, Math.max(FEWEST_ROWS, Math.round(rows * share)));
}
