/** Any JSON value. Integers beyond 2⁵³ are `bigint`, so that int64 fields stay exact. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;

/** A JSON object as parsed. Keys are foreign: look them up with `Object.hasOwn`, never through the prototype. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for a JSON object: neither null nor an array. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own member `key` of a JSON object; undefined where `value` is no object or lacks it. */
export function member(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Gives an object a member, as JSON.parse does: one of the name `__proto__` is none of the prototype's. */
export function setMember(object: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}
