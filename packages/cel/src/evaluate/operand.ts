import { type Scope, missing } from '../environment/scope.ts';
import { operandSize, walk } from '../functions/cost.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import { Fault, noSuchOverload } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import { type EqualityPlan, type OptionalPlan, planCall } from './call-plan.ts';
import { constantOf } from './constant.ts';
import { at } from './fault-place.ts';
import { hasField } from './field.ts';
import type { Evaluate, Frame } from './frame.ts';
import { isOptionalNode } from './optional-form.ts';
import { type Step, follow, isPlainSelect, select, stepOf } from './path.ts';

const CONSTANT = 0;
/** `a`, `a.b.c` */
const PATH = 1;
/** `a.?b.c.orValue(constant)` */
const PATH_OR_CONSTANT = 2;
/** `has(a.b.c)` */
const TEST = 3;
/** `a.?b.c.hasValue()` */
const PRESENCE = 4;
/** `!a` */
const NEGATION = 5;
/** `a == 'b'`, `a != true` */
const COMPARISON = 6;
const ANY = 7;

/** What is computed by a closure. */
interface Computed {
  readonly form: typeof ANY;
  readonly evaluate: Evaluate;
}

interface Constant {
  readonly form: typeof CONSTANT;
  readonly constant: Value;
}

/** A path of a variable, and what is asked at its end. */
interface Path {
  readonly form: typeof PATH | typeof PATH_OR_CONSTANT | typeof TEST | typeof PRESENCE;
  readonly slot: number;
  /** What reading the variable costs. */
  readonly root: 0 | 1;
  readonly steps: Step | null;
  /** From the first `.?` on; the last field of a test. */
  readonly further: Step | null;
  readonly constant: Value;
  /** The variable, and where it stands, for the fault of one that was not given. */
  readonly name: string;
  readonly offset: number;
}

/** A negation, where `comparison` is null, or a comparison with a constant. */
interface Derived {
  readonly form: typeof NEGATION | typeof COMPARISON;
  readonly inner: Operand;
  readonly comparison: Comparison | null;
  readonly offset: number;
}

interface Comparison {
  readonly constant: string | boolean;
  /** True for `==`. */
  readonly positive: boolean;
  /** The constant's size, and what walking it costs. */
  readonly size: number;
  readonly whole: number;
}

/**
 * A sub-expression as its reader holds it. What policies are made of, paths of a variable, is read by `operandValue`
 * itself: a call of a closure that V8 does not know takes longer than reading a field.
 */
export type Operand = Computed | Constant | Path | Derived;

/** The value of an operand. */
export function operandValue(operand: Operand, frame: Frame): Value {
  switch (operand.form) {
    case ANY:
      return operand.evaluate(frame);
    case CONSTANT:
      return operand.constant;
    case NEGATION:
    case COMPARISON: {
      const value = operandValue(operand.inner, frame);
      const { comparison } = operand;
      return comparison === null ? negated(value, operand.offset, frame) : compared(value, comparison, frame);
    }
    default:
      return pathValue(operand, frame);
  }
}

function pathValue(path: Path, frame: Frame): Value {
  frame.cost += path.root;
  const from = frame.values[path.slot];
  const { steps, further, form } = path;
  if (from === undefined) {
    if (form === PRESENCE) frame.cost += 1;
    return missing(path.name, path.offset);
  }
  const value = steps === null ? from : select(from, steps, frame);
  if (further === null) return value;
  if (form === TEST) return tested(value, further, frame);
  const found = follow(value, further, frame);
  if (form === PRESENCE) {
    frame.cost += 1;
    return typeof found === 'object' && found instanceof Fault ? found : found !== undefined;
  }
  return found === undefined ? path.constant : found;
}

function negated(value: Value, offset: number, frame: Frame): Value {
  frame.cost += 1;
  if (typeof value === 'boolean') return !value;
  return value instanceof Fault ? value : at(noSuchOverload(), offset);
}

function compared(value: Value, { constant, positive, size, whole }: Comparison, frame: Frame): Value {
  if (value !== constant) return differs(frame, value, size, positive);
  frame.cost += whole;
  return positive;
}

/** What an equality gives where the operand is not the constant, which counts as `size`: the shorter one is walked. */
function differs(frame: Frame, found: Value, size: number, positive: boolean): Value {
  if (typeof found === 'string' && size <= 10) frame.cost += found === '' ? 0 : walk(size);
  else frame.cost += walk(Math.min(operandSize(found), size));
  return found instanceof Fault ? found : !positive;
}

/** `has(from.field)` costs the step alone. */
export function tested(from: Value, { field, offset }: Step, frame: Frame): Value {
  const found = hasField(from, field);
  if (typeof found === 'boolean') {
    frame.cost += 1;
    return found;
  }
  // What the operand failed with goes on: nothing was tested.
  if (found === from) return from;
  frame.cost += 1;
  return at(found, offset);
}

/** Compiles a sub-expression for a reader that uses `operandValue`. */
export function operandOf(expr: Expr, scope: Scope): Operand {
  return direct(expr, scope) ?? { form: ANY, evaluate: scope.compile(expr) };
}

/** The same for what `operandValue` reads by itself; null for the rest, which is not compiled then. */
export function direct(expr: Expr, scope: Scope): Operand | null {
  const constant = constantOf(expr, scope);
  if (constant !== undefined) return { form: CONSTANT, constant };
  switch (expr.kind) {
    case 'ident':
      return path(expr, scope, PATH);
    case 'select':
      if (isOptionalNode(expr)) return null;
      return expr.test ? path(expr.operand, scope, TEST, stepOf(expr, null)) : path(expr, scope, PATH);
    case 'call':
      return directCall(expr, scope);
    default:
      return null;
  }
}

/** Calls that may be direct; planning one of them notes no fault, so that it can be planned once more. */
const directNames = /^(?:_[!=]=_|!_|orValue|hasValue)$/;

function directCall(call: Call, scope: Scope): Operand | null {
  if (!directNames.test(call.name)) return null;
  const plan = planCall(call, scope);
  switch (plan.kind) {
    case 'equality':
      return comparison(plan, call.offset, scope);
    case 'optional':
      return optionalPath(plan, scope);
    case 'function': {
      const [negated] = plan.args;
      if (plan.fn.name !== '!_' || negated === undefined) return null;
      return { form: NEGATION, inner: operandOf(negated, scope), comparison: null, offset: call.offset };
    }
    default:
      return null;
  }
}

/** `orValue` of a constant and `hasValue` of an optional path: it is not made an optional on the way. */
function optionalPath({ name, target, argument }: OptionalPlan, scope: Scope): Operand | null {
  if ((name !== 'orValue' && name !== 'hasValue') || target.kind !== 'select' || !isOptionalNode(target)) return null;
  const constant = argument === undefined ? null : constantOf(argument, scope);
  if (constant === undefined) return null;
  let steps: Step | null = null;
  let from: Expr = target;
  while (from.kind === 'select' && isOptionalNode(from)) {
    steps = stepOf(from, steps);
    from = from.operand;
  }
  return path(from, scope, name === 'orValue' ? PATH_OR_CONSTANT : PRESENCE, steps, constant);
}

function comparison({ value, constant, size, positive }: EqualityPlan, offset: number, scope: Scope): Operand {
  const compared = { constant, positive, size, whole: walk(size) };
  return { form: COMPARISON, inner: operandOf(value, scope), comparison: compared, offset };
}

/** The plain path of a variable and what is asked at its end; null where it is none. */
function path(
  expr: Expr,
  scope: Scope,
  form: Path['form'],
  further: Step | null = null,
  constant: Value = null,
): Path | null {
  let steps: Step | null = null;
  let from = expr;
  while (isPlainSelect(from, scope)) {
    if (scope.wholeSource(from) !== null) return null;
    steps = stepOf(from, steps);
    from = from.operand;
  }
  if (from.kind !== 'ident' || constantOf(from, scope) !== undefined) return null;
  const source = scope.sourceOf(from);
  if (source?.kind !== 'slot') return null;
  const { slot, name } = source;
  return { form, slot, root: form === TEST ? 0 : 1, steps, further, constant, name, offset: from.offset };
}
