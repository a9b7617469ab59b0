import { type Scope, missing } from '../environment/scope.ts';
import type { Expr, Select } from '../syntax/ast.ts';
import { type PlainMap, type Value, isFault, isObject } from '../values/value.ts';
import { constantOf } from './constant.ts';
import { at } from './fault-place.ts';
import { fieldOfOptional, hasNoOther, isOpen, selectField, stepCost } from './field.ts';
import { type Field, type Read, fieldNamed, leadOf, readFirst } from './field-reader.ts';
import type { Evaluate, EvaluateOptional, Frame } from './frame.ts';
import { isOptionalNode } from './optional-form.ts';
import { type Question, asked } from './question.ts';

/** A step of a path: a field, where it stands in the source, and the steps behind it. */
export interface Step extends Field {
  readonly offset: number;
  readonly next: Step | null;
}

/** Where a path begins: at a variable in a slot, or at any other value. */
export interface Start {
  readonly slot: number | null;
  /** Of the variable, for the fault of one that was not given. */
  readonly name: string;
  readonly offset: number;
  /** The other value; null for a variable. */
  readonly evaluate: Evaluate | null;
  /** True where that is what a step found. */
  readonly isFound: boolean;
}

/** Where a path begins that begins at no variable. */
export function startingAt(evaluate: Evaluate, isFound: boolean): Start {
  return { slot: null, name: '', offset: -1, evaluate, isFound };
}

/** The rest of it: `a.b.?c.d`, and what is asked at its end. */
export interface Rest {
  /** What the variable costs that it begins at; each step costs one. */
  readonly root: 0 | 1;
  /** Up to the first `.?`: what is not there is an error. */
  readonly steps: Step | null;
  /** From it on: what is not there, or fails, ends the path uncharged. */
  readonly further: Step | null;
  /** What it gives then, without its wrapper. */
  readonly none: Value | undefined;
  /** What is asked of its value; null where it is the value that is wanted. */
  readonly question: Question | null;
}

export type Path = Start & Rest;

/** One object, since many are held. */
export function pathOf({ slot, name, offset, evaluate, isFound }: Start, rest: Rest): Path {
  const { root, steps, further, none, question } = rest;
  return { slot, name, offset, evaluate, isFound, root, steps, further, none, question };
}

/** Reads a path by one closure; where anything is out of the ordinary, anew from its start. */
export function readPath(path: Path): EvaluateOptional {
  const { slot, root, steps, further } = path;
  const reads: Read[] = [];
  for (let step = steps; step !== null; step = step.next) reads.push(step.read);
  const firm = reads.length;
  for (let step = further; step !== null; step = step.next) reads.push(step.read);
  const [first, second = null, third = null] = reads;
  if (slot === null || root === 0 || first === undefined || reads.length > 3) return longPath(path);
  return shortPath(path, slot, firm, first, second, third);
}

/**
 * A path of a variable and up to three steps, `firm` of which have to be there; it is charged for itself. The closure
 * keeps by itself all that it needs: a list of steps would have to be fetched.
 */
function shortPath(
  path: Path,
  slot: number,
  firm: number,
  first: Read,
  second: Read | null,
  third: Read | null,
): EvaluateOptional {
  const { question, none } = path;
  const lead = leadOf((path.steps ?? path.further)?.name);
  return (frame) => {
    let from = frame.values[slot];
    if (typeof from !== 'object' || from === null) return readSlowly(path, frame);
    let found = readFirst(from as PlainMap, lead, first);
    let taken = 1;
    if (second !== null && typeof found === 'object' && found !== null) {
      from = found;
      found = second(from as PlainMap);
      taken = 2;
      if (third !== null && typeof found === 'object' && found !== null) {
        from = found;
        found = third(from as PlainMap);
        taken = 3;
      }
    }
    if (found === undefined) {
      if (taken <= firm || !hasNoOther(from)) return readSlowly(path, frame);
      frame.cost += taken;
      return question === null ? none : asked(none, question, frame);
    }
    const isWhole = second === null || (third === null ? taken === 2 : taken === 3);
    if (!isWhole || (typeof found === 'object' && isFault(found))) return readSlowly(path, frame);
    frame.cost += taken + 1;
    return question === null ? found : asked(found, question, frame);
  };
}

/** The same of any other path. */
function longPath(path: Path): EvaluateOptional {
  return (frame) => {
    const { slot, root, steps, further, question } = path;
    const from = slot === null ? undefined : frame.values[slot];
    if (from === undefined) return readSlowly(path, frame);
    let value: Value = from;
    let cost: number = root;
    for (let step = steps; step !== null; step = step.next) {
      const found: Value | undefined = isObject(value) ? step.read(value) : undefined;
      if (found === undefined) return readSlowly(path, frame);
      value = found;
      cost += 1;
    }
    for (let step = further; step !== null; step = step.next) {
      const found: Value | undefined = isObject(value) ? step.read(value) : undefined;
      if (found === undefined) {
        if (isObject(value) && !hasNoOther(value)) return readSlowly(path, frame);
        frame.cost += cost;
        return question === null ? path.none : asked(path.none, question, frame);
      }
      value = found;
      cost += 1;
    }
    if (isFault(value)) return readSlowly(path, frame);
    frame.cost += cost;
    return question === null ? value : asked(value, question, frame);
  };
}

/** The same step by step, for anything. */
export function readSlowly(path: Path, frame: Frame): Value | undefined {
  const { root, isFound, steps, further, none, question } = path;
  const from = select(startValue(path, root, frame), steps, isFound, frame);
  const found = further === null ? from : follow(from, further, isFound || steps !== null, frame);
  const value = found === undefined ? none : found;
  return question === null ? value : asked(value, question, frame);
}

/** What a path begins at. */
export function startValue(start: Start, root: 0 | 1, frame: Frame): Value {
  const { slot, name, offset, evaluate } = start;
  if (evaluate !== null) return evaluate(frame);
  frame.cost += root;
  const value = slot === null ? undefined : frame.values[slot];
  return value === undefined ? missing(name, offset) : value;
}

/** Takes the steps one after the other; `isFound`: a step found what they begin at. */
export function select(from: Value, steps: Step | null, isFound: boolean, frame: Frame): Value {
  let value = from;
  let before = -1;
  for (let step = steps; step !== null; step = step.next) {
    // What the operand failed with goes on: this step was not taken.
    if (isFault(value)) break;
    const isNext = isFound || step !== steps;
    const found = selectField(value, step, isNext);
    frame.cost += stepCost(value, isNext, found);
    value = found;
    before = step.offset;
  }
  // A fault that a step found has its place; -1: no step was taken.
  return at(value, before);
}

/** The further steps of a path from a value that is optional already. */
export function continuePath(start: EvaluateOptional, steps: Step | null): EvaluateOptional {
  return (frame) => {
    const from = start(frame);
    return from === undefined ? undefined : follow(from, steps, true, frame);
  };
}

/** Takes the steps one after the other, as far as there is anything. */
function follow(from: Value, steps: Step | null, isFound: boolean, frame: Frame): Value | undefined {
  let value = isOpen(from, isFound) ? from.value : from;
  for (let step = steps; step !== null; step = step.next) {
    if (value === undefined || isFault(value)) return value;
    const found = fieldOfOptional(value, step);
    if (found === undefined) return undefined;
    if (isFault(found)) return at(found, step.offset);
    frame.cost += 1;
    value = found;
  }
  return value;
}

/** A selection that is neither a constant nor of optional type. */
export function isPlainSelect(expr: Expr, scope: Scope): expr is Select {
  return expr.kind === 'select' && !expr.test && !isOptionalNode(expr) && constantOf(expr, scope) === undefined;
}

export function stepOf({ field, offset }: Select, next: Step | null): Step {
  const { name, read } = fieldNamed(field);
  return { name, read, offset, next };
}
