import { Unknown } from './fault.ts';
import { type Value, isPlainMap, newMap } from './value.ts';

/**
 * A copy of an object in which the field at `path` is unknown, whether or not it is there: what reads it, or tests it,
 * has no answer. Shares everything else; levels of the path that are missing are made. A path through something that
 * is no map leaves that as it is.
 */
export function withUnknown(value: Value, path: readonly string[], reason: string): Value {
  const [field, ...rest] = path;
  if (field === undefined) return value instanceof Unknown ? value : new Unknown([reason]);
  if (!isPlainMap(value)) return value;
  const copy = Object.assign(newMap(), value);
  copy[field] = withUnknown(Object.hasOwn(value, field) ? (value[field] ?? null) : newMap(), rest, reason);
  return copy;
}
