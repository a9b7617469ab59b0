import { Duration } from '../values/duration.ts';
import { noSuchOverload } from '../values/fault.ts';
import { isInt } from '../values/numbers.ts';
import { Timestamp } from '../values/timestamp.ts';
import type { Value } from '../values/value.ts';
import type { CelFunction } from './function.ts';

type WallClock = ReturnType<Timestamp['inZone']>;

/** A getter of timestamps, in UTC or a given zone, and of durations where they have it (as a total). */
function getter(
  name: string,
  ofTimestamp: (clock: WallClock, at: Timestamp) => number,
  ofDuration?: (value: Duration) => number,
): CelFunction {
  return {
    name,
    style: 'member',
    arity: [1, 2],
    apply: (value, zone) => {
      if (value instanceof Timestamp && (zone === undefined || typeof zone === 'string'))
        return ofTimestamp(value.inZone(zone), value);
      return value instanceof Duration && zone === undefined && ofDuration !== undefined
        ? ofDuration(value)
        : noSuchOverload();
    },
  };
}

function timestamp(value: Value): Value {
  if (value instanceof Timestamp) return value;
  if (isInt(value)) return new Timestamp(Number(value), 0);
  return typeof value === 'string' ? Timestamp.parse(value) : noSuchOverload();
}

function duration(value: Value): Value {
  if (value instanceof Duration) return value;
  if (isInt(value)) return new Duration(BigInt(value));
  return typeof value === 'string' ? Duration.parse(value) : noSuchOverload();
}

/** Timestamps and durations of the standard library (cel-go common/types/{timestamp,duration}.go). */
export const timeFunctions = (): readonly CelFunction[] => [
  { name: 'timestamp', style: 'global', arity: [1], apply: (value) => timestamp(value ?? null) },
  { name: 'duration', style: 'global', arity: [1], apply: (value) => duration(value ?? null) },
  getter('getFullYear', (clock) => clock.year),
  getter('getMonth', (clock) => clock.month),
  getter('getDate', (clock) => clock.day),
  getter('getDayOfMonth', (clock) => clock.day - 1),
  getter('getDayOfWeek', (clock) => clock.weekday),
  getter('getDayOfYear', (clock) => clock.dayOfYear),
  getter(
    'getHours',
    (clock) => clock.hours,
    (value) => value.hours,
  ),
  getter(
    'getMinutes',
    (clock) => clock.minutes,
    (value) => value.minutes,
  ),
  getter(
    'getSeconds',
    (clock) => clock.seconds,
    (value) => value.seconds,
  ),
  getter(
    'getMilliseconds',
    (_, at) => Math.trunc(at.nanos / 1e6),
    (value) => value.milliseconds,
  ),
];
