import { type PlainMap, type Value, isFault, isObject } from '../values/value.ts';
import { at } from './fault-place.ts';
import { leadOf, readFirst } from './field-reader.ts';
import { hasField, hasNoOther, isOpen } from './field.ts';
import type { Evaluate, Frame } from './frame.ts';
import { type Start, type Step, select, startValue } from './path.ts';
import { asked, negationQuestion } from './question.ts';

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
  const lead = leadOf(steps?.name);
  // A negation costs one as well.
  const units = positive ? 1 : 2;
  return (frame) => {
    let from = slot === null ? undefined : frame.values[slot];
    let cost = units;
    if (steps !== null) {
      from = isObject(from) ? readFirst(from, lead, steps.read) : undefined;
      cost += 1;
      for (let step = steps.next; step !== null; step = step.next) {
        from = isObject(from) ? step.read(from) : undefined;
        cost += 1;
      }
    }
    if (typeof from !== 'object' || from === null) return testSlowly(start, steps, last, positive, frame);
    const found = last.read(from as PlainMap);
    if (found === undefined ? !hasNoOther(from) : typeof found === 'object' && isFault(found))
      return testSlowly(start, steps, last, positive, frame);
    frame.cost += cost;
    return (found !== undefined) === positive;
  };
}

/** The same step by step, for anything. */
function testSlowly(start: Start, steps: Step | null, last: Step, positive: boolean, frame: Frame): Value {
  const from = select(startValue(start, 0, frame), steps, start.isFound, frame);
  const found = tested(from, last, start.isFound || steps !== null, frame);
  return positive ? found : asked(found, negationQuestion(last.offset), frame);
}
