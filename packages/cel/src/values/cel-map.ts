import { FieldHolder } from './field-holder.ts';
import { Double, Uint, doubleOf, isDouble, isInt } from './numbers.ts';
import type { Value } from './value.ts';

/** A key with its type, `i1`, `u1`, `sabc`: cel-go's maps tell 1 from 1u. */
export type MapKey = string;

/** A map with keys that are not all strings. */
export class CelMap extends FieldHolder {
  readonly entries: ReadonlyMap<MapKey, { readonly key: Value; readonly value: Value }>;

  constructor(entries: ReadonlyMap<MapKey, { readonly key: Value; readonly value: Value }>) {
    super();
    this.entries = entries;
  }

  /** The value under a key, or under the number of another type that is the same (cel-go refValMapAccessor.Find). */
  get(key: Value): Value | undefined {
    const exact = mapKey(key);
    if (exact === undefined) return undefined;
    const found = this.entries.get(exact);
    if (found !== undefined) return found.value;
    const whole = integerOf(key);
    if (whole === undefined) return undefined;
    if (!isInt(key)) {
      const asInt = this.entries.get(`i${whole}`);
      if (asInt !== undefined) return asInt.value;
    }
    return key instanceof Uint ? undefined : this.entries.get(`u${whole}`)?.value;
  }
}

/** The look-up form of a key; undefined where a value can be no key of any map (a list, an optional). */
export function mapKey(key: Value): MapKey | undefined {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'boolean') return `b${key}`;
  if (key === null) return 'n';
  if (isInt(key)) return `i${key}`;
  if (isDouble(key)) return `d${doubleOf(key) + 0}`;
  return key instanceof Uint ? `u${key.value}` : undefined;
}

function integerOf(key: Value): bigint | undefined {
  if (isInt(key)) return BigInt(key);
  if (key instanceof Uint) return key.value;
  if (key instanceof Double) return Number.isInteger(key.value) ? BigInt(key.value) : undefined;
  return typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : undefined;
}
