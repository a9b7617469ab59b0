import { digests } from '../../libraries/hash.ts';
import { Duration } from '../../values/duration.ts';
import { isMap, mapGet } from '../../values/equality.ts';
import { ErrorValue, noSuchOverload } from '../../values/fault.ts';
import { double, doubleOf, isDouble, isInt } from '../../values/numbers.ts';
import { Optional } from '../../values/optional.ts';
import { StructValue } from '../../values/struct-value.ts';
import { Timestamp } from '../../values/timestamp.ts';
import { unknownIn } from '../../values/unseen.ts';
import { type Value, isList, newMap } from '../../values/value.ts';
import { ofText } from '../define.ts';
import type { CelFunction } from '../function.ts';
import { marshal, unmarshal } from './json.ts';

function global(name: string, arity: readonly number[], apply: CelFunction['apply']): CelFunction {
  return { name, style: 'global', arity, apply };
}

/** Kyverno 1.18 has its older functions under a name with their library's before it too. */
function alsoIn(library: string, fn: CelFunction): readonly CelFunction[] {
  return [fn, { ...fn, name: `${library}.${fn.name}` }];
}

const serviceAccountPrefix = 'system:serviceaccount:';

/** `system:serviceaccount:NAMESPACE:NAME`; of any other user both are empty. */
function parseServiceAccount(user: string): Value {
  const rest = user.startsWith(serviceAccountPrefix) ? user.slice(serviceAccountPrefix.length) : '';
  const colon = rest.indexOf(':');
  const parts = colon === -1 ? ['', ''] : [rest.slice(0, colon), rest.slice(colon + 1)];
  const [namespace = '', name = ''] = parts;
  return new StructValue(
    'user.ServiceAccount',
    new Map([
      ['Name', name],
      ['Namespace', namespace],
    ]),
  );
}

/** Seconds from the year 1, from which Go counts when it truncates, to 1970. */
const FROM_YEAR_ONE = 62_135_596_800n;
const NANOS = 1_000_000_000n;

function truncate(time: Value, by: Value): Value {
  if (!(time instanceof Timestamp) || !(by instanceof Duration)) return noSuchOverload();
  if (by.nanos <= 0n) return time;
  const since = (BigInt(time.seconds) + FROM_YEAR_ONE) * NANOS + BigInt(time.nanos);
  return time.minus(new Duration(since % by.nanos));
}

/** Minute, hour, day, month and weekday, in the zone that the time was written with. */
function toCron(time: Value): Value {
  if (!(time instanceof Timestamp)) return noSuchOverload();
  const local = new Date((time.seconds + time.offsetMinutes * 60) * 1000);
  const fields = [local.getUTCMinutes(), local.getUTCHours(), local.getUTCDate(), local.getUTCMonth() + 1];
  return [...fields, local.getUTCDay()].join(' ');
}

/** Half away from zero, as Go's math.Round. */
function rounded(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

function round(value: Value, places: Value | undefined): Value {
  if (!isDouble(value) || (places !== undefined && !isInt(places))) return noSuchOverload();
  const shift = 10 ** Number(places ?? 0);
  return double(rounded(doubleOf(value) * shift) / shift);
}

/** The keys that the first list's objects hold under one name, the values that the second's hold under another. */
function listObjToMap(...[keys = null, values = null, keyName = null, valueName = null]: Value[]): Value {
  if (!isList(keys) || !isList(values) || typeof keyName !== 'string') return noSuchOverload();
  if (keys.length !== values.length)
    return new ErrorValue(
      `listObjToMap must take lists of equal length. list1: ${keys.length}, list2: ${values.length}`,
    );
  const map = newMap();
  for (const [i, holder] of keys.entries()) {
    const other = values[i] ?? null;
    const key = isMap(holder) ? mapGet(holder, keyName) : undefined;
    if (typeof key !== 'string')
      return new ErrorValue('the passed key name cannot be handled as a string in the key object list');
    if (!isMap(other))
      return new ErrorValue('object cannot be handled as a map string to any in the value object list');
    map[key] = mapGet(other, valueName) ?? null;
  }
  return map;
}

/** What is no optional goes through, and both operands are computed (kyverno pkg/cel/compiler/env.go). */
function orValue(value: Value = null, other: Value = null): Value {
  return value instanceof Optional ? (value.value ?? other) : value;
}

/** Kyverno's functions that look at nothing but their arguments (kyverno/sdk extensions/cel/libs). */
export const kyvernoFunctions = (): readonly CelFunction[] => [
  ...alsoIn('hash', ofText('md5', digests.md5)),
  ...alsoIn('hash', ofText('sha1', digests.sha1)),
  ...alsoIn('hash', ofText('sha256', digests.sha256)),
  ofText('json.unmarshal', unmarshal),
  global('json.marshal', [1], (value = null) => unknownIn(value) ?? marshal(value)),
  ...alsoIn('user', ofText('parseServiceAccount', parseServiceAccount)),
  global('time.truncate', [2], (time = null, by = null) => truncate(time, by)),
  global('time.toCron', [1], (time = null) => toCron(time)),
  // Beside the one of cel-go's math, which takes no places: this one is both.
  { ...global('math.round', [1, 2], (value = null, places) => round(value, places)), accepts: () => true },
  ...alsoIn(
    'transform',
    global('listObjToMap', [4], (...args) => unknownIn(args) ?? listObjToMap(...args)),
  ),
  { name: 'orValue', style: 'member', arity: [2], apply: orValue, accepts: () => true },
];
