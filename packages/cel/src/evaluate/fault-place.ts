import { Fault, Unknown, noSuchOverload } from '../values/fault.ts';
import { type Value, isFault } from '../values/value.ts';

/**
 * Marks a fault with its place, unless it has one from further inside. An unknown is a copy then: an object holds it, which
 * other expressions read as well.
 */
export function at(value: Value, offset: number): Value {
  if (!isFault(value) || value.offset >= 0) return value;
  const placed = value instanceof Unknown ? new Unknown(value.reasons) : value;
  placed.offset = offset;
  return placed;
}

/** Of two faults of strict operands: an unknown outranks an error, else the first. */
export function worse(first: Fault | undefined, second: Fault): Fault {
  if (first === undefined) return second;
  if (first instanceof Unknown) return second instanceof Unknown ? Unknown.merge(first, second) : first;
  return second instanceof Unknown ? second : first;
}

/** The fault that a value is where another kind of value was needed. */
export function asFault(value: Value, offset: number): Fault {
  if (value instanceof Fault) return value;
  const fault = noSuchOverload();
  fault.offset = offset;
  return fault;
}
