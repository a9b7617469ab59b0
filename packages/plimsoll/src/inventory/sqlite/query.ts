import type { FindingFilter, ResourceFilter } from '../store.ts';

/** What a filter asks of the columns of the same names; never empty. */
export function conditions(filter: ResourceFilter & FindingFilter): { where: string; values: string[] } {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  return {
    where: ['1', ...given.map(([column]) => `${column} = ?`)].join(' AND '),
    values: given.map(([, value]) => String(value ?? '')),
  };
}

/** A page token: where the next page goes on. */
export function token(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The values of a page token; empty, the first page, for a token that is none of ours. */
export function tokenValues(page: string, count: number): string[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(page, 'base64url').toString());
    return Array.isArray(values) && values.length === count ? values.map(String) : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/**
 * The distinct values of a column of `resources`, or of `objects`, by one look into its key's index for each value: SQLite's own
 * DISTINCT reads an entry for each resource. `from` is where they begin: for the values after the first one it is left out,
 * SQLite would look every entry from there on through.
 */
export function distinct(
  column: 'source' | 'type',
  { within = '1', from = '1' }: { readonly within?: string; readonly from?: string } = {},
  table: 'resources' | 'objects' = 'resources',
): string {
  return `SELECT value FROM (WITH RECURSIVE found (value) AS (
      SELECT min(${column}) FROM ${table} WHERE ${within} AND ${from}
      UNION ALL SELECT (SELECT min(${column}) FROM ${table} WHERE ${within} AND ${column} > value) FROM found WHERE value IS NOT NULL
    ) SELECT value FROM found) WHERE value IS NOT NULL`;
}

/** The order of all lists of resources. */
export const ORDER = ['source', 'type', 'scope', 'name'] as const;

/**
 * What a filter asks of the words of a key. Words after the first one that is not named are kept from the planner (unary
 * `+`, SQLite, "The SQLite Query Optimizer Overview"): it would take them for constants and sort what the index has in
 * order, and read all that follows for each page.
 */
export function keyConditions(filter: ResourceFilter): { where: string; values: string[] } {
  const first = ORDER.findIndex((word) => filter[word] === undefined);
  const named = ORDER.flatMap((word, at) => {
    const value = filter[word];
    return value === undefined
      ? []
      : [{ sql: `${first >= 0 && at > first ? '+' : ''}${word} = ?`, value: value ?? '' }];
  });
  return { where: ['1', ...named.map(({ sql }) => sql)].join(' AND '), values: named.map(({ value }) => value) };
}

/**
 * What comes after a key in {@link ORDER}; nothing for an empty key. The leading words that the filter names are left
 * out: they are equal, and SQLite looks a row value up in an index only from the first column on that is not.
 */
export function following(filter: ResourceFilter, after: readonly string[]): { sql: string; values: string[] } {
  if (after.length === 0) return { sql: '', values: [] };
  const first = ORDER.findIndex((word) => filter[word] === undefined);
  // All four named: there is one such resource, and nothing after it.
  if (first < 0) return { sql: 'AND 0', values: [] };
  const words = ORDER.slice(first);
  return { sql: `AND (${words.join()}) > (${words.map(() => '?').join()})`, values: after.slice(first) };
}
