import {
  CelMap,
  Double,
  Duration,
  ErrorValue,
  Optional,
  Quantity,
  Timestamp,
  TypeValue,
  Uint,
  Unknown,
  type Value,
} from '@plimsoll/cel';
import { jsonText } from '../model/json-text.ts';
import type { Json } from '../model/json.ts';

/**
 * A CEL value as JSON, for a person: durations and timestamps as text, quantities as numbers, bytes as base64
 * and `Infinity`, `-Infinity`, `NaN` as text (as protobuf's JSON mapping has them), a type as its name, an empty optional as null. An error or unknown inside of a
 * list or map is shown as text.
 */
export function celToJson(value: Value): Json {
  const boundless = boundlessText(value);
  if (boundless !== null) return boundless;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint || value instanceof Double) return value.value;
  if (value instanceof Optional) return value.value === undefined ? null : celToJson(value.value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof ErrorValue) return `error: ${value.message}`;
  if (value instanceof Unknown) return `unknown: ${value.reasons.join(', ')}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Timestamp || value instanceof Duration) return value.toString();
  if (value instanceof Quantity) return value.asApproximateFloat();
  if (value instanceof CelMap)
    return entriesToJson([...value.entries.values()].map(({ key, value: member }) => [keyText(key), member]));
  if (Array.isArray(value)) return value.map((element: Value) => celToJson(element));
  return entriesToJson(Object.entries<Value>({ ...value }));
}

/** `Infinity`, `-Infinity` or `NaN` for the doubles that JSON has no number for; null for every other value. */
export function boundlessText(value: Value): string | null {
  const number = value instanceof Double ? value.value : value;
  return typeof number === 'number' && !Number.isFinite(number) ? String(number) : null;
}

function entriesToJson(entries: readonly (readonly [string, Value])[]): Json {
  return Object.fromEntries(entries.map(([key, member]) => [key, celToJson(member)]));
}

/** A map's key as a JSON key. */
function keyText(key: Value): string {
  const json = celToJson(key);
  return typeof json === 'string' ? json : jsonText(json);
}
