import { isMap, mapSize } from '../values/equality.ts';
import { ErrorValue, Fault, noSuchOverload } from '../values/fault.ts';
import { Duration } from '../values/duration.ts';
import { Uint, doubleOf, isDouble } from '../values/numbers.ts';
import { NONE, Optional } from '../values/optional.ts';
import { StructValue } from '../values/struct-value.ts';
import { Timestamp } from '../values/timestamp.ts';
import { doubtIn, unknownIn } from '../values/unseen.ts';
import { type Value, isList } from '../values/value.ts';
import type { CelFunction } from './function.ts';

function isZero(value: Value): boolean {
  if (value === null || value === false || value === '' || value === 0) return true;
  if (isDouble(value)) return doubleOf(value) === 0;
  if (value instanceof Uint) return value.value === 0n;
  if (isList(value) || value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Duration) return value.nanos === 0n;
  // Go's zero time is the year 1.
  if (value instanceof Timestamp) return value.isZero;
  if (value instanceof StructValue) return value.isZero;
  return isMap(value) && mapSize(value) === 0;
}

function end(name: string, at: number): CelFunction {
  return {
    name,
    style: 'member',
    arity: [1],
    apply: (list = null) => {
      if (!isList(list)) return noSuchOverload();
      const value = list.at(at);
      return value === undefined ? NONE : value instanceof Fault ? value : new Optional(value);
    },
  };
}

function member(name: string, arity: number): CelFunction {
  return { name, style: 'member', arity: [arity], apply: () => noSuchOverload() };
}

function unwrapAll(list: Value = null): Value {
  if (!isList(list)) return noSuchOverload();
  const values: Value[] = [];
  for (const element of list) {
    if (!(element instanceof Optional)) return unknownIn(list) ?? new ErrorValue('value is not optional');
    if (element.value !== undefined) values.push(element.value);
  }
  return values;
}

/** cel-go's optionals (cel/library.go); what reads them without making one is in evaluate/call.ts. */
export const optionalFunctions = (): readonly CelFunction[] => [
  { name: 'optional.of', style: 'global', arity: [1], apply: (value) => new Optional(value) },
  { name: 'optional.none', style: 'global', arity: [0], apply: () => NONE },
  {
    name: 'optional.ofNonZeroValue',
    style: 'global',
    arity: [1],
    apply: (value = null) =>
      (isMap(value) ? doubtIn(value) : undefined) ?? (isZero(value) ? NONE : new Optional(value)),
  },
  { name: 'optional.unwrap', style: 'global', arity: [1], apply: unwrapAll },
  { name: 'unwrapOpt', style: 'member', arity: [1], apply: unwrapAll },
  // By name alone: evaluate/call.ts compiles them without making an optional.
  ...['hasValue', 'value'].map((name) => member(name, 1)),
  ...['or', 'orValue'].map((name) => member(name, 2)),
  end('first', 0),
  end('last', -1),
];
