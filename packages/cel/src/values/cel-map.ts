import { Double, Uint, int } from './numbers.ts';
import { ErrorValue } from './fault.ts';
import type { Value } from './value.ts';

/** What a key is looked up by: equal numbers of all types meet in one. */
export type MapKey = string | number | bigint | boolean;

/** A map with keys that are not all strings: ints, uints, bools. Keys keep their type for iteration. */
export class CelMap {
  readonly entries: ReadonlyMap<MapKey, { readonly key: Value; readonly value: Value }>;

  constructor(entries: ReadonlyMap<MapKey, { readonly key: Value; readonly value: Value }>) {
    this.entries = entries;
  }
}

/** The look-up form of a key; undefined where a value can be no key of any map (a fraction, a list, null). */
export function mapKey(key: Value): MapKey | undefined {
  if (typeof key === 'string' || typeof key === 'boolean' || typeof key === 'bigint') return key;
  if (typeof key === 'number') return Number.isInteger(key) ? key : undefined;
  if (key instanceof Double) {
    if (!Number.isInteger(key.value)) return undefined;
    return key.value === 0 ? 0 : Number.isSafeInteger(key.value) ? key.value : BigInt(key.value);
  }
  if (key instanceof Uint) {
    const same = int(key.value);
    return same instanceof ErrorValue ? key.value : same;
  }
  return undefined;
}
