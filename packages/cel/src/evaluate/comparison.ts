import { operandSize, walk } from '../functions/cost.ts';
import { Fault } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import type { EqualityPlan } from './call-plan.ts';
import type { Frame } from './frame.ts';

/** `x == 'literal'`. */
export interface Comparison {
  readonly constant: string | boolean;
  /** True for `==`. */
  readonly positive: boolean;
  /** The constant's size, and what walking it costs. */
  readonly size: number;
  readonly whole: number;
}

export function comparisonOf({ constant, positive, size }: EqualityPlan): Comparison {
  return { constant, positive, size, whole: walk(size) };
}

/** What a comparison gives for a value. */
export function compared(value: Value, { constant, positive, size, whole }: Comparison, frame: Frame): Value {
  if (value !== constant) return differs(frame, value, size, positive);
  frame.cost += whole;
  return positive;
}

/** What it gives for one that is not the constant, which counts as `size`: the shorter one is walked. */
function differs(frame: Frame, found: Value, size: number, positive: boolean): Value {
  if (typeof found === 'string' && size <= 10) frame.cost += found === '' ? 0 : walk(size);
  else frame.cost += walk(Math.min(operandSize(found), size));
  return found instanceof Fault ? found : !positive;
}
