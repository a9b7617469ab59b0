import type { ResourceFilter } from '../store.ts';

const columns = ['source', 'type', 'scope', 'name'] as const;

/** A condition and the values that it binds. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly string[];
}

/**
 * What comes after a key (its four values) in the order of keys, among what a filter asks for. Leading columns that the
 * filter fixes are no part of it: SQLite would seek by them alone, and read everything before the key again for each
 * page.
 */
export function afterKey(filter: ResourceFilter, key: readonly string[]): Condition {
  const free = columns.findIndex((column) => filter[column] === undefined);
  const from = free < 0 ? columns.length - 1 : free;
  const open = columns.slice(from);
  return { sql: `(${open.join(', ')}) > (${open.map(() => '?').join(', ')})`, values: key.slice(from) };
}
