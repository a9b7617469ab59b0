import { makeMap } from '../values/make-map.ts';
import { CelMap } from '../values/cel-map.ts';
import { Duration } from '../values/duration.ts';
import { isMap, mapGet, mapKeys, mapSize } from '../values/equality.ts';
import { Double, Uint, double, int } from '../values/numbers.ts';
import { Timestamp } from '../values/timestamp.ts';
import { TypeValue } from '../values/type-value.ts';
import { typeOf } from '../values/type-of.ts';
import { type Value, isList } from '../values/value.ts';

/** A value as the conformance files write it: `cel.expr.Value` in protobuf's JSON form. */
export interface SpecValue {
  readonly [field: string]: unknown;
}

/** The CEL value of a specification's value; undefined for what needs protobuf messages. */
export function fromSpec(spec: SpecValue): Value | undefined {
  const [field, content] = Object.entries(spec)[0] ?? ['nullValue', null];
  switch (field) {
    case 'int64Value':
      return int(BigInt(String(content)));
    case 'uint64Value':
      return new Uint(BigInt(String(content)));
    case 'doubleValue':
      return double(Number(String(content).replace('Infinity', 'Infinity')));
    case 'stringValue':
    case 'boolValue':
      return content as string | boolean;
    case 'bytesValue':
      return Uint8Array.from(atob(String(content)), (c) => c.charCodeAt(0));
    case 'nullValue':
      return null;
    case 'typeValue':
      return new TypeValue(String(content));
    case 'listValue': {
      const items = ((content as { values?: SpecValue[] }).values ?? []).map(fromSpec);
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    case 'mapValue': {
      const entries = ((content as { entries?: { key: SpecValue; value: SpecValue }[] }).entries ?? []).map(
        ({ key, value }) => ({ key: fromSpec(key), value: fromSpec(value) }),
      );
      if (entries.some(({ key, value }) => key === undefined || value === undefined)) return undefined;
      return makeMap(entries as { key: Value; value: Value }[]);
    }
    case 'objectValue':
      return fromMessage(content as { '@type': string; value?: unknown });
    default:
      return undefined;
  }
}

function fromMessage(message: { readonly '@type': string; readonly value?: unknown }): Value | undefined {
  const type = message['@type'].replace('type.googleapis.com/', '');
  if (type === 'google.protobuf.Timestamp') return Timestamp.parse(String(message.value));
  return type === 'google.protobuf.Duration' ? Duration.parse(String(message.value)) : undefined;
}

/** True where two values are the same in type and content: stricter than CEL's equality, and NaN is itself. */
export function same(a: Value, b: Value): boolean {
  if (typeOf(a) !== typeOf(b)) return false;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, i) => same(item, b[i] ?? null));
  if (isMap(a) && isMap(b)) return mapSize(a) === mapSize(b) && mapKeys(a).every((key) => sameEntry(a, b, key));
  return print(a) === print(b);
}

function sameEntry(a: Parameters<typeof mapGet>[0], b: Parameters<typeof mapGet>[0], key: Value): boolean {
  const other = mapGet(b, key);
  return other !== undefined && same(mapGet(a, key) ?? null, other);
}

/** A value in words, for messages and comparison. */
export function print(value: Value): string {
  if (value instanceof Double || value instanceof Uint) return String(value.value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Uint8Array) return `b"${[...value].join(' ')}"`;
  if (isList(value)) return `[${value.map(print).join(', ')}]`;
  if (value instanceof CelMap) return `{${mapKeys(value).map(print).join(', ')}}`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
