import type { Resource, ResourceKey } from '../../model/resource.ts';
import type { Excerpt, Page, ResourceFilter } from '../store.ts';
import { excerptColumns } from './excerpts.ts';
import { ORDER, distinct, following, keyConditions, token, tokenValues } from './query.ts';
import { RESOURCE_COLUMNS, type Row, resourceOf, wordsOf } from './rows.ts';
import type { Statements } from './statements.ts';

/** What is selected, and what that is bound to. */
interface Columns {
  readonly sql: string;
  readonly values: readonly string[];
}

/** Pages of the resources that there are, in the order of their keys. */
export class Lists {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  resources(filter: ResourceFilter, limit: number, page: string | null): Page<Resource> {
    return this.#page(filter, limit, page, { sql: RESOURCE_COLUMNS, values: [] }, resourceOf);
  }

  excerpts(
    filter: ResourceFilter,
    paths: readonly (readonly string[])[],
    limit: number,
    page: string | null,
  ): Page<Excerpt> {
    const columns = excerptColumns(paths);
    const itemOf = (row: Row): Excerpt => ({ ...wordsOf(row), body: columns.bodyOf(row) });
    if (page === null && limit > 0 && isKey(filter))
      return { items: this.#one(filter, columns).map(itemOf), next: null };
    return this.#page(filter, limit, page, columns, itemOf);
  }

  /** Who looks owners up asks for one at a time, thousands of times. */
  #one({ source, type, scope, name }: ResourceKey, { sql, values }: Columns): readonly Row[] {
    const row = this.#statements
      .of(`SELECT ${sql} FROM resources WHERE source = ? AND type = ? AND scope = ? AND name = ?`)
      .get(...values, source, type, scope ?? '', name);
    return row === undefined ? [] : [row];
  }

  #page<T extends Pick<Resource, 'source' | 'type' | 'scope' | 'name'>>(
    filter: ResourceFilter,
    limit: number,
    page: string | null,
    columns: Columns,
    itemOf: (row: Row) => T,
  ): Page<T> {
    const rows = this.#rows(filter, page === null ? [] : tokenValues(page, 4), limit + 1, columns);
    const items = rows.slice(0, limit).map(itemOf);
    const last = items.at(-1);
    const next =
      rows.length > limit && last !== undefined ? token([last.source, last.type, last.scope ?? '', last.name]) : null;
    return { items, next };
  }

  /** Rows after a key. Without its source a type's rows do not stand together: they are read source by source. */
  #rows(filter: ResourceFilter, after: readonly string[], limit: number, columns: Columns): readonly Row[] {
    if (filter.source !== undefined || filter.type === undefined) return this.#rowsOf(filter, after, limit, columns);
    const [begin = ''] = after;
    const rows: Row[] = [];
    for (const row of this.#statements.of(distinct('source', { from: 'source >= ?1' })).all(begin)) {
      const part = { ...filter, source: String(row['value']) };
      rows.push(...this.#rowsOf(part, part.source === begin ? after : [], limit - rows.length, columns));
      if (rows.length === limit) break;
    }
    return rows;
  }

  #rowsOf(filter: ResourceFilter, after: readonly string[], limit: number, columns: Columns): readonly Row[] {
    const { sql, values } = listQuery(columns.sql, filter, after);
    return this.#statements.of(sql).all(...columns.values, ...values, limit);
  }
}

function isKey(filter: ResourceFilter): filter is ResourceKey {
  return ORDER.every((word) => filter[word] !== undefined);
}

/** The resources of a filter after a key, in their order, along the index of their keys: none is read but those given. */
export function listQuery(
  columns: string,
  filter: ResourceFilter,
  after: readonly string[],
): { readonly sql: string; readonly values: readonly string[] } {
  const { where, values } = keyConditions(filter);
  const rest = following(filter, after);
  const order = ORDER.join();
  return {
    sql: `SELECT ${columns} FROM resources WHERE ${where} ${rest.sql} ORDER BY ${order} LIMIT ?`,
    values: [...values, ...rest.values],
  };
}
