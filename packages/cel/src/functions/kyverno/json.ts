import { CelError } from '../../errors.ts';
import { latin1 } from '../../values/byte-string.ts';
import { Duration } from '../../values/duration.ts';
import { isMap, mapGet, mapKeys } from '../../values/equality.ts';
import { Double, Uint, double } from '../../values/numbers.ts';
import { Cidr } from '../../values/cidr.ts';
import { Ip } from '../../values/ip.ts';
import { compare } from '../../values/order.ts';
import { Optional } from '../../values/optional.ts';
import { Quantity } from '../../values/quantity.ts';
import { Semver } from '../../values/semver.ts';
import { StructValue } from '../../values/struct-value.ts';
import { TypeValue } from '../../values/type-value.ts';
import { Timestamp } from '../../values/timestamp.ts';
import { typeOf } from '../../values/type-of.ts';
import { type Value, isList, newMap } from '../../values/value.ts';
import { textEffort } from '../../values/effort.ts';

/** JSON as Go reads it into nothing in particular: each number is a double. @throws {CelError} */
export function unmarshal(text: string): Value {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new CelError('invalid JSON');
  }
  return inDoubles(read);
}

const loneSurrogate = /[\ud800-\udfff]/gu;

function inDoubles(value: unknown): Value {
  if (typeof value === 'number') return double(value);
  if (typeof value === 'string') return value.replace(loneSurrogate, '\ufffd');
  if (Array.isArray(value)) return value.map(inDoubles);
  if (typeof value !== 'object' || value === null) return value as Value;
  const map = newMap();
  for (const [key, inner] of Object.entries(value)) map[key] = inDoubles(inner);
  return map;
}

/** JSON as Go's encoding/json writes it: keys in order, and no character that HTML could read. @throws {CelError} */
export function marshal(value: Value): string {
  const text = value instanceof Optional && value.value === undefined ? 'null' : written(value);
  textEffort(text.length);
  return text;
}

function written(value: Value): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return number(value);
  if (value instanceof Double) return number(value.value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Uint8Array) return `"${btoa(latin1(value))}"`;
  if (value instanceof Duration) return String(value.nanos);
  if (value instanceof TypeValue) return quoted(value.name);
  if (value instanceof Optional) {
    if (value.value === undefined) throw new CelError('json: optional.none() dereference');
    return written(value.value);
  }
  if ([Timestamp, Quantity, Ip, Cidr, Semver].some((kind) => value instanceof kind)) return quoted(String(value));
  if (value instanceof StructValue) return written(inLowerCase(value));
  if (isList(value)) return `[${value.map(written).join(',')}]`;
  if (!isMap(value)) throw new CelError(`json: unsupported type: ${typeOf(value)}`);
  const entries = mapKeys(value).map((key) => {
    if (typeof key !== 'string')
      throw new CelError(
        `json: failed to convert CEL map to native map: unsupported type conversion from '${typeOf(key)}' to string`,
      );
    return { key, text: `${quoted(key)}:${written(mapGet(value, key) ?? null)}` };
  });
  const inOrder = entries.toSorted((a, b) => Number(compare(a.key, b.key))).map(({ text }) => text);
  return `{${inOrder.join(',')}}`;
}

/** A service account as its Go type says: fields in lower case, left out where they are empty. */
function inLowerCase({ fields }: StructValue): Value {
  const map = newMap();
  for (const [name, value] of fields) if (value !== '') map[name.toLowerCase()] = value;
  return map;
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new CelError(`json: unsupported value: ${value}`);
  return Object.is(value, -0) ? '-0' : String(value);
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
