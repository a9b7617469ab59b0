import type { Inspected } from '../libraries/format.ts';
import { isMap, mapGet, mapKeys } from '../values/equality.ts';
import { Duration } from '../values/duration.ts';
import { Uint, doubleOf, isDouble, isInt } from '../values/numbers.ts';
import { effort } from '../values/effort.ts';
import { Timestamp } from '../values/timestamp.ts';
import { TypeValue } from '../values/type-value.ts';
import { typeOf } from '../values/type-of.ts';
import { type Value, isList } from '../values/value.ts';

/** Such a view takes room. */
const INSPECTED = 50;

/** A value as `format` looks at it. */
export function inspect(value: Value): Inspected {
  effort(INSPECTED);
  if (value === null) return { type: 'null' };
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (isInt(value)) return { type: 'int', value: BigInt(value) };
  if (isDouble(value)) return { type: 'double', value: doubleOf(value) };
  if (value instanceof Uint) return { type: 'uint', value: value.value };
  if (value instanceof Uint8Array) return { type: 'bytes', value };
  if (value instanceof TypeValue) return { type: 'type', value: value.name };
  if (value instanceof Timestamp) return { type: 'timestamp', value: value.toString() };
  if (value instanceof Duration) return { type: 'duration', value: value.toString() };
  if (isList(value)) return { type: 'list', items: value.map(inspect) };
  if (isMap(value))
    return {
      type: 'map',
      entries: mapKeys(value).map((key) => [inspect(key), inspect(mapGet(value, key) ?? null)] as const),
    };
  return { type: 'other', name: typeOf(value) };
}
