import { CelMap } from './cel-map.ts';
import { Authorizer, Decision } from './authorizer.ts';
import { Fault, Unknown, noSuchOverload } from './fault.ts';
import { Double, Uint } from './numbers.ts';
import { Duration } from './duration.ts';
import { effort } from './effort.ts';
import { LazyMap } from './lazy-map.ts';
import { LibraryValue } from './library-value.ts';
import { Optional } from './optional.ts';
import { StructValue } from './struct-value.ts';
import { Timestamp } from './timestamp.ts';
import { typeOf } from './type-of.ts';
import { TypeValue } from './type-value.ts';
import { isDoubt } from './unseen.ts';
import { type PlainMap, type Value, isList, isPlainMap, ownField } from './value.ts';

/**
 * CEL equality (langdef, "Equality"): numbers across types by value, values of different kinds unequal, lists and maps
 * element by element. A fault where an operand, or an element that decides, is one.
 */
export function equal(a: Value, b: Value): boolean | Fault {
  // No object is equal to itself for that alone: a list may hold NaN, or what is unknown.
  if (typeof a !== 'object' || a === null) return a === b || equalScalar(a, b);
  if (a instanceof Fault) return a;
  if (typeof b !== 'object' || b === null)
    return b !== null && isApart(a) ? noSuchOverload() : isNumeric(a) && equalScalar(b, a);
  if (b instanceof Fault) return b;
  if (isList(a)) return isList(b) && equalLists(a, b);
  if (isMap(a)) return isMap(b) && equalMaps(a, b);
  return equalInstances(a, b);
}

function isNumeric(value: Value): boolean {
  return value instanceof Double || value instanceof Uint;
}

function equalScalar(a: Value, b: Value): boolean | Fault {
  if (b instanceof Fault) return b;
  if (typeof a === 'number') {
    if (b instanceof Double) return a === b.value;
    // A number that is no safe integer is a double: integers are compared with it as doubles (cel-go compare.go).
    if (!Number.isSafeInteger(a))
      return typeof b === 'bigint' ? Number(b) === a : b instanceof Uint && Number(b.value) === a;
    // oxlint-disable-next-line eqeqeq -- a number and a bigint of one value are equal by == alone
    return b instanceof Uint ? a == (b.value as unknown) : false;
  }
  if (typeof a === 'bigint') {
    if (typeof b === 'number') return equalScalar(b, a);
    if (b instanceof Uint) return a === b.value;
    return b instanceof Double && Number(a) === b.value;
  }
  return false;
}

/**
 * They hold what they are in another type than their equality looks for (pkg/cel/library/authz.go), or are equal to
 * themselves alone (pkg/cel/lazy).
 */
export function isApart(a: object): boolean {
  return a instanceof Authorizer || a instanceof Decision || a instanceof LazyMap;
}

function equalInstances(a: object, b: object): boolean | Fault {
  if (isApart(a)) return a instanceof LazyMap && b instanceof LazyMap ? true : noSuchOverload();
  if (a instanceof Double) return b instanceof Double ? a.value === b.value : b instanceof Uint && sameNumber(a, b);
  if (a instanceof Uint) return b instanceof Uint ? a.value === b.value : b instanceof Double && sameNumber(b, a);
  if (a instanceof Uint8Array)
    return b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i]);
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Timestamp) return b instanceof Timestamp && a.seconds === b.seconds && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof LibraryValue) return b instanceof LibraryValue && a.type === b.type && a.equals(b);
  if (a instanceof StructValue) return b instanceof StructValue && equalStructs(a, b);
  if (a instanceof Optional) {
    if (!(b instanceof Optional)) return false;
    if (a.value === undefined || b.value === undefined) return a.value === b.value;
    return equal(a.value, b.value);
  }
  return false;
}

/** Go's reflect.DeepEqual: 1 and 1u are two things there. */
function equalStructs(a: StructValue, b: StructValue): boolean | Fault {
  if (a.type !== b.type || a.fields.size !== b.fields.size) return false;
  return every(a.fields, ([name, value]) => {
    const other = b.fields.get(name);
    return other !== undefined && typeOf(value) === typeOf(other) && equal(value, other);
  });
}

function sameNumber(a: Double, b: Uint): boolean {
  return a.value === Number(b.value);
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean | Fault {
  if (a.length !== b.length) return false;
  effort(1 + a.length);
  return every(a.keys(), (i) => equal(a[i] ?? null, b[i] ?? null));
}

/** True for both kinds of map. */
export function isMap(value: Value): value is PlainMap | CelMap {
  return isPlainMap(value) || value instanceof CelMap;
}

/** How many entries a map has. */
export function mapSize(map: PlainMap | CelMap): number {
  return map instanceof CelMap ? map.entries.size : Object.keys(map).length;
}

/** The value under a key; undefined where there is none. */
export function mapGet(map: PlainMap | CelMap, key: Value): Value | undefined {
  if (map instanceof CelMap) return map.get(key);
  return typeof key === 'string' ? ownField(map, key) : undefined;
}

/** The keys of a map. */
export function mapKeys(map: PlainMap | CelMap): readonly Value[] {
  return map instanceof CelMap ? [...map.entries.values()].map((entry) => entry.key) : Object.keys(map);
}

function equalMaps(a: PlainMap | CelMap, b: PlainMap | CelMap): boolean | Fault {
  const keys = mapKeys(a);
  effort(1 + keys.length);
  const same = every(keys, (key) => equalHeld(mapGet(a, key), mapGet(b, key)));
  const lacking = same !== false && every(mapKeys(b), (key) => mapGet(a, key) !== undefined || mayLack(mapGet(b, key)));
  return lacking === true ? same : lacking;
}

function equalHeld(own: Value | undefined, other: Value | undefined): boolean | Fault {
  return other === undefined ? mayLack(own) : equal(own ?? null, other);
}

/** What it means that the other map has no such key: that they differ, unless this one may have none either. */
function mayLack(own: Value | undefined): false | Fault {
  return own !== undefined && isDoubt(own) ? own : false;
}

/** False as soon as one is false, else what is unknown, else true: cel-go takes an error for equal there. */
function every<T>(items: Iterable<T>, test: (item: T) => boolean | Fault): boolean | Fault {
  let unknown: Fault | undefined;
  for (const item of items) {
    const result = test(item);
    if (result === false) return false;
    if (result instanceof Unknown) unknown ??= result;
  }
  return unknown ?? true;
}
