import { type Value, isFault, isObject } from '../values/value.ts';
import { at } from './fault-place.ts';
import { hasField, hasNoOther, isOpen } from './field.ts';
import type { Evaluate, Frame } from './frame.ts';
import { negated } from './negation.ts';
import { type Start, type Step, select, startValue } from './path.ts';

/** `has(from.field)` costs the step alone. */
function tested(from: Value, step: Step, isFound: boolean, frame: Frame): Value {
  const found = hasField(from, step, isFound);
  if (typeof found === 'boolean') {
    frame.cost += found || !isOpen(from, isFound) ? 1 : 0;
    return found;
  }
  // What the operand failed with goes on: nothing was tested.
  if (found === from) return from;
  frame.cost += 1;
  return at(found, step.offset);
}

/** `has(a.b.c)`, or with `positive` false `!has(a.b.c)`: `steps` lead to what is asked for `last`. */
export function testPath(start: Start, steps: Step | null, last: Step, positive: boolean): Evaluate {
  const { slot } = start;
  return (frame) => {
    let value = slot === null ? undefined : frame.values[slot];
    // A negation costs one as well.
    let cost = positive ? 1 : 2;
    for (let step = steps; step !== null; step = step.next) {
      value = isObject(value) ? step.read(value) : undefined;
      cost += 1;
    }
    if (isObject(value)) {
      const found = last.read(value);
      if (found === undefined ? hasNoOther(value) : !isFault(found)) {
        frame.cost += cost;
        return (found !== undefined) === positive;
      }
    }
    return testSlowly(start, steps, last, positive, frame);
  };
}

/** The same step by step, for anything. */
function testSlowly(start: Start, steps: Step | null, last: Step, positive: boolean, frame: Frame): Value {
  const from = select(startValue(start, 0, frame), steps, start.isFound, frame);
  const found = tested(from, last, start.isFound || steps !== null, frame);
  return positive ? found : negated(found, last.offset, frame);
}
