import type { Coverage } from '../model/coverage.ts';
import { hidesFrom, isComplete } from '../model/coverage.ts';
import type { Page } from '../inventory/store.ts';
import { coverageItem, timeText } from './items.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import type { ListAnswer } from './schemas.ts';
import { whereFilter } from './where.ts';

/** Reads a page of a store's list. */
export type ReadPage<T> = (limit: number, page: string | null) => Promise<Page<T>>;

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
 * One page of the list at `path`: reads on until `limit` items match `where` or there are no more. `fields` are the item's, which
 * `where` reads; `coverage` the rows that the list depends on.
 *
 * @throws PlimsollError PLM1002 for a foreign pageToken, PLM1006 where `where` does not compile
 */
export async function listPage<T, Item extends object>(
  path: string,
  query: ListQuery,
  read: ReadPage<T>,
  toItem: (row: T) => Item,
  fields: readonly string[],
  coverage: readonly Coverage[],
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
    const taken = take(rows, skip, query.limit - items.length, toItem, filter.test, items);
    if (taken < rows.length) nextPageToken = encodePageToken(question, { page, skip: taken });
    else if (next !== null && items.length >= query.limit)
      nextPageToken = encodePageToken(question, { page: next, skip: 0 });
    if (nextPageToken !== null || next === null) break;
    page = next;
    skip = 0;
    await new Promise(setImmediate); // what happens meanwhile is not held up by who searches
  }
  const gaps = coverage.filter((row) => !isComplete(row)).map(coverageItem);
  const undecided = filter.undecided();
  const complete = undecided.count === 0 && !coverage.some((row) => hidesFrom(query.type ?? null, row));
  return {
    items,
    nextPageToken,
    asOf: timeText(Date.now()),
    coverage: { complete, gaps, undecided },
  };
}

/** Puts at most `room` matching rows after the first `skip` into `items`; gives how many rows were looked at. */
function take<T, Item extends object>(
  rows: readonly T[],
  skip: number,
  room: number,
  toItem: (row: T) => Item,
  test: (item: Item) => boolean,
  items: Item[],
): number {
  const full = items.length + room;
  let position = skip;
  for (; position < rows.length && items.length < full; position++) {
    const row = rows[position];
    if (row === undefined) break;
    const item = toItem(row);
    if (test(item)) items.push(item);
  }
  return position;
}

/** Reads pages from a list that is in memory. */
export function pagesOf<T>(all: readonly T[]): ReadPage<T> {
  return async (limit, page) => {
    const from = Number(page ?? '0');
    const next = from + limit < all.length ? String(from + limit) : null;
    return { items: all.slice(from, from + limit), next };
  };
}
