import { CelError } from '../errors.ts';
import type { CelFunction, Cost } from '../functions/function.ts';
import { ErrorValue, Fault } from '../values/fault.ts';
import { type Value, isFault } from '../values/value.ts';
import { at, worse } from './fault-place.ts';
import type { Frame } from './frame.ts';
import { checkCost } from './limits.ts';

/** Charges a call and makes it. */
export function call(
  frame: Frame,
  apply: CelFunction['apply'],
  cost: Cost | undefined,
  offset: number,
  values: Value[],
): Value {
  charge(frame, cost === undefined ? 1 : cost(values));
  return strict(apply, offset, values);
}

/** Makes a call; a fault among its arguments is its result. */
function strict(apply: CelFunction['apply'], offset: number, values: Value[]): Value {
  let fault: Fault | undefined;
  for (const value of values) if (value instanceof Fault) fault = worse(fault, value);
  return fault ?? guarded(apply, offset, values);
}

/** Before the function runs, so that one call too large is not begun. */
export function charge(frame: Frame, cost: number): void {
  frame.cost += cost;
  if (frame.cost > frame.limit) checkCost(frame);
}

/** Calls a function; what it throws as CelError becomes an error value at the call's place. */
function guarded(apply: CelFunction['apply'], offset: number, args: readonly Value[]): Value {
  try {
    return at(apply(...args), offset);
  } catch (error) {
    return thrown(error, offset);
  }
}

/** The same of one argument, which needs no list. */
export function guardedUnary(apply: CelFunction['apply'], offset: number, a: Value): Value {
  try {
    return at(apply(a), offset);
  } catch (error) {
    return thrown(error, offset);
  }
}

function guardedBinary(apply: CelFunction['apply'], offset: number, a: Value, b: Value): Value {
  try {
    return at(apply(a, b), offset);
  } catch (error) {
    return thrown(error, offset);
  }
}

function thrown(error: unknown, offset: number): Value {
  if (error instanceof CelError) return at(new ErrorValue(error.message), offset);
  throw error;
}

/** Makes a call of two arguments, both of which are looked at. */
export function ofTwo(apply: CelFunction['apply'], offset: number, a: Value, b: Value): Value {
  if (isFault(a)) return isFault(b) ? worse(a, b) : a;
  return isFault(b) ? b : guardedBinary(apply, offset, a, b);
}
