import { Fault } from './fault.ts';

/**
 * A CEL value: null, boolean, number or bigint (a safe integer and a bigint are ints, other numbers doubles), string,
 * and objects: arrays are lists, plain objects are maps with string keys, the classes beside this file are the rest,
 * errors and unknowns among them. Plain JSON is a value as it is.
 */
export type Value = null | boolean | number | bigint | string | object;

/** A map with string keys, read only through {@link ownField}. */
export interface PlainMap {
  readonly [key: string]: Value;
}

const objectPrototype: unknown = Object.prototype;

/** True for a plain object: a map whose keys are strings. */
export function isPlainMap(value: Value): value is PlainMap {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === objectPrototype || prototype === null;
}

/** True for a list. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** True for an error or unknown. */
export function isFault(value: Value): value is Fault {
  // The chain of prototypes is walked for nothing else: for lists it is the longest.
  return typeof value === 'object' && !Array.isArray(value) && value instanceof Fault;
}

/** True for what may have fields: it is read as a plain object, whatever it is. */
export function isObject(value: Value | undefined): value is PlainMap {
  return typeof value === 'object' && value !== null;
}

/** The own member of a plain map, undefined where it has none: `constructor` and `__proto__` are keys like others. */
export function ownField(map: PlainMap, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** A map with a null prototype, in which every key is an ordinary one. */
export function newMap(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}
