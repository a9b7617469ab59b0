import type { Resource } from '../../model/resource.ts';
import type { Excerpt, Page, ResourceFilter } from '../store.ts';
import { excerptColumns } from './excerpts.ts';
import { conditions, following, token, tokenValues } from './query.ts';
import { RESOURCE_COLUMNS, type Row, resourceOf, wordsOf } from './rows.ts';
import type { Statements } from './statements.ts';

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
    return this.#page(filter, limit, page, columns, (row) => ({ ...wordsOf(row), body: columns.bodyOf(row) }));
  }

  #page<T extends Pick<Resource, 'source' | 'type' | 'scope' | 'name'>>(
    filter: ResourceFilter,
    limit: number,
    page: string | null,
    columns: { readonly sql: string; readonly values: readonly string[] },
    itemOf: (row: Row) => T,
  ): Page<T> {
    const { where, values } = conditions(filter);
    const rest = following(filter, page === null ? [] : tokenValues(page, 4));
    const sql = `SELECT ${columns.sql} FROM resources WHERE ${where} ${rest.sql} ORDER BY source, type, scope, name LIMIT ?`;
    const rows = this.#statements.of(sql).all(...columns.values, ...values, ...rest.values, limit + 1);
    const items = rows.slice(0, limit).map(itemOf);
    const last = items.at(-1);
    const next =
      rows.length > limit && last !== undefined ? token([last.source, last.type, last.scope ?? '', last.name]) : null;
    return { items, next };
  }
}
