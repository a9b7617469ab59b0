import type { Coverage } from '../model/coverage.ts';
import { hidesFrom, isComplete } from '../model/coverage.ts';
import type { Page } from '../inventory/store.ts';
import { coverageItem, timeText } from './items.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import type { ListAnswer, ListCoverage } from './schemas.ts';
import { whereFilter } from './where.ts';

/** Reads a page of a store's list. */
export type ReadPage<T> = (limit: number, page: string | null) => Promise<Page<T>>;

/** Where a list's items come from. */
export interface Rows<T, Item> {
  readonly read: ReadPage<T>;
  readonly item: (row: T) => Item;
  /** The coverage rows that the list depends on. */
  readonly coverage: readonly Coverage[];
  /** True where items may come that nothing causes: guardrails are still being held against what is known. */
  readonly judging?: boolean;
  /** Milliseconds since 1970 of which the list is; left out, or null: now. */
  readonly at?: number | null;
}

/** What a list was asked. */
export interface ListQuery {
  readonly limit: number;
  readonly pageToken?: string | undefined;
  readonly where?: string | undefined;
  /** The one type that is asked for; left out: all. */
  readonly type?: string | undefined;
}

/** Items read from the store at once while `where` looks for the few that match. */
const searchPage = 500;

/**
 * One page of the list at `path`: reads on until `limit` items match `where` or there are no more. `fields` are the
 * item's, which `where` reads.
 *
 * @throws PlimsollError PLM1002 for a foreign pageToken, PLM1006 where `where` does not compile
 */
export async function listPage<T, Item extends object>(
  path: string,
  query: ListQuery,
  { read, item: toItem, coverage, judging = false, at = null }: Rows<T, Item>,
  fields: readonly string[],
): Promise<ListAnswer<Item>> {
  const filter = await whereFilter<Item>(query.where, fields);
  const items: Item[] = [];
  const { limit: _limit, pageToken, ...asked } = query;
  const question = JSON.stringify([path, asked]);
  let { page, skip } = decodePageToken(question, pageToken);
  let nextPageToken: string | null = null;
  const size = query.where === undefined ? query.limit : searchPage;
  for (;;) {
    const { items: rows, next } = await read(size, page);
    let position = skip;
    for (const row of rows.slice(skip)) {
      if (items.length >= query.limit) break;
      const item = toItem(row);
      if (filter.test(item)) items.push(item);
      position += 1;
    }
    if (position < rows.length) nextPageToken = encodePageToken(question, { page, skip: position });
    else if (next !== null && items.length >= query.limit)
      nextPageToken = encodePageToken(question, { page: next, skip: 0 });
    if (nextPageToken !== null || next === null) break;
    page = next;
    skip = 0;
    await new Promise(setImmediate); // what happens meanwhile is not held up by who searches
  }
  return { items, nextPageToken, ...whatItRestsOn({ coverage, judging, at }, query.type ?? null, filter.undecided()) };
}

/** How much a list says, and of when: what of its type cannot be seen, and why. */
export function whatItRestsOn(
  { coverage, judging = false, at = null }: Pick<Rows<unknown, unknown>, 'coverage' | 'judging' | 'at'>,
  type: string | null,
  undecided: ListCoverage['undecided'] = { count: 0, example: null },
): Pick<ListAnswer<unknown>, 'asOf' | 'coverage'> {
  const gaps = coverage.filter((row) => !isComplete(row)).map(coverageItem);
  const complete = !judging && undecided.count === 0 && !coverage.some((row) => hidesFrom(type, row));
  const asOf = timeText(at ?? oldestListed(coverage) ?? Date.now());
  return { asOf, coverage: { complete, gaps, undecided, judging } };
}

/** When the oldest list that is not watched since was complete: a snapshot is as old as it. Null where all are watched. */
function oldestListed(coverage: readonly Coverage[]): number | null {
  const times = coverage.flatMap(({ state, lastComplete }) => (state === 'listed' ? (lastComplete ?? []) : []));
  return times.length === 0 ? null : times.reduce((oldest, time) => Math.min(oldest, time));
}

/** Reads pages from a list that is in memory. */
export function pagesOf<T>(all: readonly T[]): ReadPage<T> {
  return async (limit, page) => {
    const from = Number(page ?? '0');
    const next = from + limit < all.length ? String(from + limit) : null;
    return { items: all.slice(from, from + limit), next };
  };
}
