import { Unknown } from './fault.ts';
import { type Value, isPlainMap, newMap } from './value.ts';

/**
 * A copy of an object in which the field at `path` is unknown, whether or not it is there: what reads it, or tests it,
 * has no answer. Shares everything else. A path through something that is no map makes that unknown.
 */
export function withUnknown(value: Value, path: readonly string[], reason: string): Value {
  const [field, ...rest] = path;
  if (field === undefined) return new Unknown([reason]);
  if (!isPlainMap(value)) return value;
  if (rest.length > 0 && !Object.hasOwn(value, field)) return value;
  const copy = Object.assign(newMap(), value);
  copy[field] = withUnknown(value[field] ?? null, rest, reason);
  return copy;
}
