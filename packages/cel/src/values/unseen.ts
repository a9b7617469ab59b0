import { Unknown } from './fault.ts';
import { type Value, isPlainMap, newMap } from './value.ts';

/**
 * A copy of an object in which the field at `path` is unknown, whether or not it is there: what reads it, or tests it,
 * has no answer. Shares everything else; levels of the path that are missing are made. A number, or its text, is the
 * index of a list's element, which has to be there. A path through anything else leaves that as it is.
 */
export function withUnknown(value: Value, path: readonly (string | number)[], reason: string): Value {
  const [field, ...rest] = path;
  if (field === undefined) return value instanceof Unknown ? value : new Unknown([reason]);
  if (Array.isArray(value))
    return value.map((item: Value, at) => (at === Number(field) ? withUnknown(item, rest, reason) : item));
  if (!isPlainMap(value)) return value;
  const copy = Object.assign(newMap(), value);
  copy[field] = withUnknown(Object.hasOwn(value, field) ? (value[field] ?? null) : newMap(), rest, reason);
  return copy;
}
