import { Authorizer, Decision } from '../../values/authorizer.ts';
import { Cidr } from '../../values/cidr.ts';
import { Duration } from '../../values/duration.ts';
import { ErrorValue } from '../../values/fault.ts';
import { isMap, mapGet, mapKeys } from '../../values/equality.ts';
import { Ip } from '../../values/ip.ts';
import { LazyMap } from '../../values/lazy-map.ts';
import { NamedFormat } from '../../values/named-format.ts';
import { Uint, doubleOf, isDouble, isInt } from '../../values/numbers.ts';
import { Optional } from '../../values/optional.ts';
import { Quantity } from '../../values/quantity.ts';
import { Semver } from '../../values/semver.ts';
import { JSON_PATCH, StructValue } from '../../values/struct-value.ts';
import { Timestamp } from '../../values/timestamp.ts';
import { typeOf } from '../../values/type-of.ts';
import { TypeValue } from '../../values/type-value.ts';
import { Url } from '../../values/url.ts';
import { type Value, isList } from '../../values/value.ts';

/** A value as the oracle writes it (testcluster/go/celvalue.go): one member, whose name is the type. */
export type Encoded = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder();

/** Our value in that form. */
export function encode(value: Value): Encoded {
  if (value === null) return { null: true };
  if (typeof value === 'boolean') return { bool: value };
  if (typeof value === 'string') return { string: value };
  if (isInt(value)) return { int: String(value) };
  if (isDouble(value)) return { double: number(doubleOf(value)) };
  if (isList(value)) return { list: value.map(encode) };
  if (value instanceof Uint) return { uint: String(value.value) };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Duration) return { duration: String(value.nanos) };
  if (value instanceof Optional) return { optional: value.value === undefined ? null : encode(value.value) };
  if (value instanceof TypeValue) return { type: value.name };
  // In an optional.
  if (value instanceof ErrorValue) return { opaque: 'error' };
  if (value instanceof NamedFormat) return { format: value.name };
  if (value instanceof StructValue) return { struct: encodeStruct(value) };
  if (value instanceof Authorizer || value instanceof Decision || value instanceof LazyMap)
    return { opaque: typeOf(value) };
  if (isMap(value))
    return { map: sorted(mapKeys(value).map((key) => [encode(key), encode(mapGet(value, key) ?? null)])) };
  return encodePrinted(value);
}

const printed = [
  [Timestamp, 'timestamp'],
  [Quantity, 'quantity'],
  [Url, 'url'],
  [Ip, 'ip'],
  [Cidr, 'cidr'],
  [Semver, 'semver'],
] as const;

function encodePrinted(value: object): Encoded {
  const found = printed.find(([kind]) => value instanceof kind);
  if (found === undefined) throw new Error(`no way to write a ${typeOf(value)}`);
  return { [found[1]]: (value as Url).toString() };
}

function encodeStruct(value: StructValue): unknown {
  if (value.type !== JSON_PATCH) return { type: value.type, value: throughJson(value.toPlain()) };
  const texts = Object.fromEntries(['op', 'from', 'path'].map((name) => [name, value.fields.get(name) ?? '']));
  const given = value.fields.get('value');
  return { type: value.type, ...texts, ...(given === undefined ? {} : { value: encode(given) }) };
}

/** As JSON gives it back: the oracle writes objects as plain JSON. */
function throughJson(value: Value): unknown {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? Number(part) : part));
  return JSON.parse(text);
}

function number(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** The oracle's value in the form that ours has: numbers as JavaScript prints them, maps in one order. */
export function canonical(encoded: Encoded): Encoded {
  const [name, content] = Object.entries(encoded)[0] ?? ['null', true];
  switch (name) {
    case 'double':
      return { double: content === '-0' ? '-0' : String(Number(content)) };
    case 'list':
      return { list: (content as Encoded[]).map(canonical) };
    case 'map':
      return { map: sorted((content as Encoded[][]).map((pair) => pair.map(canonical))) };
    case 'optional':
      return { optional: content === null ? null : canonical(content as Encoded) };
    // Go's strings can hold bytes that are no UTF-8; they are read with replacement characters.
    case 'brokenString':
      return { string: decoder.decode(Buffer.from(String(content), 'base64')) };
    default:
      return encoded;
  }
}

function sorted(pairs: readonly (readonly Encoded[])[]): readonly (readonly Encoded[])[] {
  return pairs.toSorted(([a], [b]) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
