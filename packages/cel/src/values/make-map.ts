import { CelMap, type MapKey, mapKey } from './cel-map.ts';
import { ErrorValue } from './fault.ts';
import { type Value, newMap } from './value.ts';

/** A map from entries in order; of a repeated key the last one counts, as in Kubernetes; an error at a key that can be none. */
export function makeMap(entries: readonly { readonly key: Value; readonly value: Value }[]): Value {
  if (entries.every((entry) => typeof entry.key === 'string')) {
    const map = newMap();
    for (const { key, value } of entries) {
      const name = String(key);
      map[name] = value;
    }
    return map;
  }
  const map = new Map<MapKey, { key: Value; value: Value }>();
  for (const entry of entries) {
    const key = typeof entry.key === 'number' && !Number.isInteger(entry.key) ? undefined : mapKey(entry.key);
    if (key === undefined) return new ErrorValue('unsupported key type');
    map.set(key, entry);
  }
  return new CelMap(map);
}
