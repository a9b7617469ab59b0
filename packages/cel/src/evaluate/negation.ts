import { Fault, noSuchOverload } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import { at } from './fault-place.ts';
import type { Evaluate, Frame } from './frame.ts';

/** `!x`. */
export function negate(operand: Evaluate, offset: number): Evaluate {
  return (frame) => negated(operand(frame), offset, frame);
}

/** What a negation gives for a value. */
export function negated(value: Value, offset: number, frame: Frame): Value {
  frame.cost += 1;
  if (typeof value === 'boolean') return !value;
  return value instanceof Fault ? value : at(noSuchOverload(), offset);
}
