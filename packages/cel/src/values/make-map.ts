import { CelMap, type MapKey, mapKey } from './cel-map.ts';
import { ErrorValue } from './fault.ts';
import { type Value, newMap } from './value.ts';

/** An entry of a map under construction; without a value it takes away what an entry before it gave. */
interface Entry {
  readonly key: Value;
  readonly value: Value | undefined;
}

/** A map from entries in order; of a repeated key the last one counts, as in Kubernetes; an error at a key that can be none. */
export function makeMap(entries: readonly Entry[]): Value {
  if (entries.every((entry) => typeof entry.key === 'string')) {
    const map = newMap();
    for (const { key, value } of entries) {
      const name = String(key);
      if (value === undefined) delete map[name];
      else map[name] = value;
    }
    return map;
  }
  const map = new Map<MapKey, { key: Value; value: Value }>();
  for (const { key, value } of entries) {
    const lookup = mapKey(key);
    if (lookup === undefined) return new ErrorValue('unsupported key type');
    if (value === undefined) map.delete(lookup);
    else map.set(lookup, { key, value });
  }
  return new CelMap(map);
}
