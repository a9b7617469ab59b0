import { type Scope, missing } from '../environment/scope.ts';
import type { Expr, Select } from '../syntax/ast.ts';
import { Fault } from '../values/fault.ts';
import { type Value, isFault, isObject } from '../values/value.ts';
import { constantOf } from './constant.ts';
import { fieldOfOptional, hasNoOther, selectField } from './field.ts';
import { type Field, fieldNamed } from './field-reader.ts';
import type { Evaluate, EvaluateOptional, Frame } from './frame.ts';
import { type Comparison, compared } from './operand.ts';
import { isOptionalNode } from './optional-form.ts';

/** A step of a path: a field, where it stands in the source, and the steps behind it. */
export interface Step {
  readonly field: Field;
  readonly offset: number;
  readonly next: Step | null;
}

/** Where a path begins: at a variable in a slot, or at any other value. */
export type Start =
  | { readonly slot: number; readonly name: string; readonly offset: number }
  | { readonly slot: null; readonly evaluate: Evaluate };

/** `a.b.?c.d`, and what is asked at its end. */
export interface Path {
  readonly start: Start;
  /** What the variable costs that it begins at; each step costs one. */
  readonly root: 0 | 1;
  /** Up to the first `.?`: what is not there is an error. */
  readonly steps: Step | null;
  /** From it on: what is not there, or fails, ends the path uncharged. */
  readonly further: Step | null;
  /** What it gives then, without its wrapper. */
  readonly none: Value | undefined;
  /** What its value is compared with; null where it is the value that is wanted. */
  readonly comparison: Comparison | null;
}

/** Reads a path by one closure; where anything is out of the ordinary, anew from its start. */
export function readPath(path: Path): EvaluateOptional {
  const { slot } = path.start;
  return slot === null ? (frame) => readSlowly(path, frame) : readVariable(slot, path);
}

function readVariable(slot: number, path: Path): EvaluateOptional {
  return (frame) => {
    const { root, steps, further, comparison } = path;
    const from = frame.values[slot];
    if (from === undefined) return readSlowly(path, frame);
    let value: Value = from;
    let cost: number = root;
    for (let step = steps; step !== null; step = step.next) {
      const found: Value | undefined = isObject(value) ? step.field.read(value) : undefined;
      if (found === undefined) return readSlowly(path, frame);
      value = found;
      cost += 1;
    }
    for (let step = further; step !== null; step = step.next) {
      const found: Value | undefined = isObject(value) ? step.field.read(value) : undefined;
      if (found === undefined) {
        if (isObject(value) && !hasNoOther(value)) return readSlowly(path, frame);
        frame.cost += cost;
        return ended(path.none, comparison, frame);
      }
      value = found;
      cost += 1;
    }
    if (isFault(value)) return readSlowly(path, frame);
    frame.cost += cost;
    return ended(value, comparison, frame);
  };
}

/** The same step by step, for anything. */
function readSlowly({ start, root, steps, further, none, comparison }: Path, frame: Frame): Value | undefined {
  const value = select(startValue(start, root, frame), steps, frame);
  const found = further === null ? value : follow(value, further, frame);
  return ended(found === undefined ? none : found, comparison, frame);
}

function ended(value: Value | undefined, comparison: Comparison | null, frame: Frame): Value | undefined {
  return comparison === null || value === undefined ? value : compared(value, comparison, frame);
}

/** What a path begins at. */
export function startValue(start: Start, root: 0 | 1, frame: Frame): Value {
  if (start.slot === null) return start.evaluate(frame);
  frame.cost += root;
  const value = frame.values[start.slot];
  return value === undefined ? missing(start.name, start.offset) : value;
}

/** Takes the steps one after the other. */
export function select(from: Value, steps: Step | null, frame: Frame): Value {
  let value = from;
  let before = -1;
  for (let step = steps; step !== null; step = step.next) {
    const { field, offset } = step;
    if (isObject(value)) {
      const found = field.read(value);
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
  return isFault(value) ? placed(value, before) : value;
}

/** A fault that a step found has its place; -1: no step was taken. */
function placed(fault: Fault, offset: number): Fault {
  if (fault.offset === -1) fault.offset = offset;
  return fault;
}

/** The further steps of a path from a value that is optional already. */
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
    if (!isObject(value)) return undefined;
    let found = field.read(value);
    if (found === undefined) {
      if (hasNoOther(value)) return undefined;
      if (value instanceof Fault) return uncharged(value, before, frame);
      found = fieldOfOptional(value, field);
      if (found === undefined) return undefined;
      if (found instanceof Fault) return placed(found, offset);
    }
    frame.cost += 1;
    value = found;
    before = offset;
  }
  return isFault(value) ? uncharged(value, before, frame) : value;
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
