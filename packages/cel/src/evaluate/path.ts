import type { Scope } from '../environment/scope.ts';
import type { Expr, Select } from '../syntax/ast.ts';
import { Fault } from '../values/fault.ts';
import { FieldHolder } from '../values/field-holder.ts';
import { type PlainMap, type Value, isList } from '../values/value.ts';
import { constantOf } from './constant.ts';
import { fieldOfOptional, selectField } from './field.ts';
import { type Field, fieldNamed } from './field-reader.ts';
import type { Evaluate, EvaluateOptional, Frame } from './frame.ts';
import { isOptionalNode } from './optional-form.ts';

/** A step of a path: a field, where it stands in the source, and the steps behind it. */
export interface Step {
  readonly field: Field;
  readonly offset: number;
  readonly next: Step | null;
}

/** Where a path begins: the slot of a variable, which is read without a call of its own, or any value. */
export type Start = { readonly slot: number; readonly otherwise: Evaluate } | { readonly evaluate: Evaluate };

/** `a.b.c`: fields one after the other, by one closure. `root` is what the variable costs; each step costs one. */
export function selectPath(start: Start, steps: Step | null, root: 0 | 1): Evaluate {
  if ('slot' in start) {
    const { slot, otherwise } = start;
    return (frame) => {
      const from = frame.values[slot];
      if (from === undefined) return otherwise(frame);
      frame.cost += root;
      return select(from, steps, frame);
    };
  }
  const { evaluate } = start;
  return (frame) => select(evaluate(frame), steps, frame);
}

/** Takes the steps one after the other. */
export function select(from: Value, steps: Step | null, frame: Frame): Value {
  let value = from;
  let before = -1;
  for (let step = steps; step !== null; step = step.next) {
    const { field, offset } = step;
    if (field.direct && typeof value === 'object' && value !== null) {
      const found = field.read(value as PlainMap);
      if (found !== undefined) {
        frame.cost += 1;
        value = found;
        before = offset;
        continue;
      }
    }
    // What the operand failed with goes on: this step was not taken.
    if (value instanceof Fault) return placed(value, before);
    value = selectField(value, field);
    frame.cost += 1;
    before = offset;
  }
  return typeof value === 'object' && !isList(value) && value instanceof Fault ? placed(value, before) : value;
}

/** A fault that a step found has its place; -1: no step was taken. */
function placed(fault: Fault, offset: number): Fault {
  if (fault.offset === -1) fault.offset = offset;
  return fault;
}

/**
 * `a.?b.c`: from the first `.?` on, a step to what is not there, or that fails, ends the path uncharged. Gives the value
 * without its wrapper: undefined is none.
 */
export function optionalPath(start: Start, steps: Step | null, root: 0 | 1): EvaluateOptional {
  if ('slot' in start) {
    const { slot, otherwise } = start;
    return (frame) => {
      const from = frame.values[slot];
      if (from === undefined) return otherwise(frame);
      frame.cost += root;
      return follow(from, steps, frame);
    };
  }
  const { evaluate } = start;
  return (frame) => follow(evaluate(frame), steps, frame);
}

/** The same from a value that is optional already. */
export function continuePath(start: EvaluateOptional, steps: Step | null): EvaluateOptional {
  return (frame) => {
    const from = start(frame);
    return from === undefined ? undefined : follow(from, steps, frame);
  };
}

/** Takes the steps one after the other, as far as there is anything. */
export function follow(from: Value, steps: Step | null, frame: Frame): Value | undefined {
  let value = from;
  let before = -1;
  for (let step = steps; step !== null; step = step.next) {
    const { field, offset } = step;
    if (typeof value !== 'object' || value === null) return undefined;
    let found = field.direct ? field.read(value as PlainMap) : undefined;
    if (found === undefined) {
      if (field.direct && !(value instanceof FieldHolder) && !isList(value)) return undefined;
      if (value instanceof Fault) return uncharged(value, before, frame);
      found = fieldOfOptional(value, field);
      if (found === undefined) return undefined;
      if (found instanceof Fault) return placed(found, offset);
    }
    frame.cost += 1;
    value = found;
    before = offset;
  }
  return typeof value === 'object' && value instanceof Fault ? uncharged(value, before, frame) : value;
}

/** A fault that a step found: that step is not charged, and its place is the fault's. */
function uncharged(fault: Fault, offset: number, frame: Frame): Fault {
  if (offset !== -1) frame.cost -= 1;
  return placed(fault, offset);
}

/** A selection that is neither a constant nor of optional type. */
export function isPlainSelect(expr: Expr, scope: Scope): expr is Select {
  return expr.kind === 'select' && !expr.test && !isOptionalNode(expr) && constantOf(expr, scope) === undefined;
}

export function stepOf({ field, offset }: Select, next: Step | null): Step {
  return { field: fieldNamed(field), offset, next };
}
