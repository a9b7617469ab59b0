import { operandSize, walk } from '../functions/cost.ts';
import { Fault, noSuchOverload } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import type { EqualityPlan } from './call-plan.ts';
import { at } from './fault-place.ts';
import type { Frame } from './frame.ts';

/** What is asked of the value at a path's end: `== 'literal'`, or `!`, with any number of negations around it. */
export interface Question {
  readonly constant: string | boolean;
  /** What it gives where the value is the constant. */
  readonly positive: boolean;
  /** The constant's size, and what it costs where the value is the constant. */
  readonly size: number;
  readonly whole: number;
  /** What the negations cost. */
  readonly negations: number;
  /** Of `!`, which is a question to booleans alone; -1 for `==`. */
  readonly offset: number;
}

export function equalityQuestion({ constant, positive, size }: EqualityPlan): Question {
  return { constant, positive, size, whole: walk(size), negations: 0, offset: -1 };
}

/** `!x` is `x == false`, but for what is no boolean. */
export function negationQuestion(offset: number): Question {
  return { constant: false, positive: true, size: 1, whole: 1, negations: 0, offset };
}

/** The same with a negation around it. */
export function negatedQuestion(question: Question): Question {
  const { positive, whole, negations } = question;
  return { ...question, positive: !positive, whole: whole + 1, negations: negations + 1 };
}

/** What a question gives for a value. */
export function asked(value: Value | undefined, question: Question, frame: Frame): Value {
  if (value !== question.constant) return differs(value, question, frame);
  frame.cost += question.whole;
  return question.positive;
}

/** What it gives for one that is not the constant, which counts as `size`: of two texts the shorter one is walked. */
function differs(value: Value | undefined, { positive, size, negations, offset }: Question, frame: Frame): Value {
  const isShort = typeof value === 'string' && size <= 10;
  if (offset !== -1) frame.cost += negations + 1;
  else if (isShort) frame.cost += negations + (value === '' ? 0 : walk(size));
  else frame.cost += negations + walk(Math.min(operandSize(value), size));
  if (value instanceof Fault) return value;
  return offset === -1 || typeof value === 'boolean' ? !positive : at(noSuchOverload(), offset);
}
