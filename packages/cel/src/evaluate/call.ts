import { CelError } from '../errors.ts';
import type { Scope } from '../environment/scope.ts';
import { operandSize, walk } from '../functions/cost.ts';
import type { CelFunction, Cost } from '../functions/function.ts';
import { contains } from '../functions/operators.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import { ErrorValue, Fault, noSuchOverload } from '../values/fault.ts';
import { Optional } from '../values/optional.ts';
import type { Value } from '../values/value.ts';
import { unwrapped } from './attribute.ts';
import { type EqualityPlan, type FunctionPlan, type MembershipPlan, type OptionalPlan, planCall } from './call-plan.ts';
import { at, worse } from './fault-place.ts';
import type { Evaluate, Frame } from './frame.ts';
import { checkCost } from './limits.ts';
import { isOptionalNode } from './optional-form.ts';
import { compileSortBy } from './sort-by.ts';

/** Compiles a call, as it is planned. */
export function compileCall(call: Call, scope: Scope): Evaluate {
  const plan = planCall(call, scope);
  switch (plan.kind) {
    case 'function':
      return compileFunction(plan, call.offset, scope);
    case 'optional':
      return compileOptionalMember(plan, call.offset, scope);
    case 'equality':
      return compileEquality(plan, scope);
    case 'membership':
      return compileMembership(plan, call.offset, scope);
    case 'sortBy':
      return compileSortBy(plan, call, scope);
    case 'none': {
      for (const arg of call.target === null ? call.args : [call.target, ...call.args]) scope.compile(arg);
      return scope.unknownFunction(call);
    }
  }
}

function compileMembership({ value, list, set }: MembershipPlan, offset: number, scope: Scope): Evaluate {
  const evaluate = scope.compile(value);
  return (frame) => isMember(evaluate(frame), list, set, offset);
}

/** cel-go makes a set of the list, and charges nothing for asking that (decorators.go maybeOptimizeSetMembership). */
export function isMember(found: Value, list: readonly Value[], set: ReadonlySet<Value> | null, offset: number): Value {
  if (found instanceof Fault) return found;
  // Bytes have no hash in Go.
  if (found instanceof Uint8Array) return at(new ErrorValue('internal error: hash of unhashable type'), offset);
  return set === null ? contains(found, list) : set.has(found);
}

function compileEquality({ value, constant, size, positive }: EqualityPlan, scope: Scope): Evaluate {
  const evaluate = scope.compile(value);
  const whole = walk(size);
  return (frame) => {
    const found = evaluate(frame);
    if (found === constant) {
      frame.cost += whole;
      return positive;
    }
    return differs(frame, found, size, positive);
  };
}

/** What an equality gives where the operand is not the constant, which counts as `size`. */
export function differs(frame: Frame, found: Value, size: number, positive: boolean): Value {
  if (typeof found === 'string' && size <= 10) frame.cost += found === '' ? 0 : walk(size);
  else frame.cost += walk(Math.min(operandSize(found), size));
  return found instanceof Fault ? found : !positive;
}

type Inside = (frame: Frame) => Value | undefined;

function compileOptionalMember({ name, target, argument }: OptionalPlan, offset: number, scope: Scope): Evaluate {
  if (argument === undefined)
    return name === 'value' ? valueOf(target, offset, scope) : hasValue(target, offset, scope);
  const byForm = isOptionalNode(target);
  const inside: Inside = byForm ? scope.compileOptional(target) : scope.compile(target);
  const other = scope.compile(argument);
  // cel-go charges nothing for them, and lets what is no optional through (cel/library.go evalOptionalOr).
  if (name === 'orValue')
    return (frame) => {
      const value = byForm ? inside(frame) : unwrapped(inside(frame) ?? null);
      return value === undefined ? other(frame) : value;
    };
  return (frame) => {
    const value = inside(frame);
    if (value === undefined || (value instanceof Optional && value.value === undefined && !byForm)) return other(frame);
    return value instanceof Fault || !byForm ? value : new Optional(value);
  };
}

/** The value in the optional, undefined for none; an error where the target is no optional at all. */
function insideOptional(target: Expr, offset: number, scope: Scope): Inside {
  if (isOptionalNode(target)) return scope.compileOptional(target);
  const wrapped = scope.compile(target);
  return (frame) => {
    const value = wrapped(frame);
    if (value instanceof Optional) return value.value;
    return value instanceof Fault ? value : at(noSuchOverload(), offset);
  };
}

function hasValue(target: Expr, offset: number, scope: Scope): Evaluate {
  const inside = insideOptional(target, offset, scope);
  return (frame) => {
    const value = inside(frame);
    frame.cost += 1;
    return value instanceof Fault ? value : value !== undefined;
  };
}

function valueOf(target: Expr, offset: number, scope: Scope): Evaluate {
  const inside = insideOptional(target, offset, scope);
  return (frame) => {
    const value = inside(frame);
    frame.cost += 1;
    return value === undefined ? at(new ErrorValue('optional.none() dereference'), offset) : value;
  };
}

function compileFunction({ fn, args, cost, looksAtAll }: FunctionPlan, offset: number, scope: Scope): Evaluate {
  const evaluated = args.map((arg) => scope.compile(arg));
  const { apply } = fn;
  const [first, second] = evaluated;
  if (looksAtAll) {
    if (cost !== undefined) return charged(apply, evaluated, cost, offset);
    if (first !== undefined)
      return second === undefined ? unary(apply, first, offset) : binary(apply, first, second, offset);
  }
  return (frame) => {
    const values: Value[] = [];
    for (const evaluate of evaluated) {
      const value = evaluate(frame);
      if (value instanceof Fault && values.length < evaluated.length - 1) return value;
      values.push(value);
    }
    return call(frame, apply, cost, offset, values);
  };
}

function unary(apply: CelFunction['apply'], first: Evaluate, offset: number): Evaluate {
  return (frame) => {
    const a = first(frame);
    frame.cost += 1;
    return a instanceof Fault ? a : guarded(apply, offset, a);
  };
}

function binary(apply: CelFunction['apply'], first: Evaluate, second: Evaluate, offset: number): Evaluate {
  return (frame) => {
    const a = first(frame);
    const b = second(frame);
    frame.cost += 1;
    if (a instanceof Fault) return b instanceof Fault ? worse(a, b) : a;
    return b instanceof Fault ? b : guarded(apply, offset, a, b);
  };
}

/** A call of one or two arguments, both of which are looked at whatever the first one is. */
function charged(apply: CelFunction['apply'], args: readonly Evaluate[], cost: Cost, offset: number): Evaluate {
  return (frame) =>
    call(
      frame,
      apply,
      cost,
      offset,
      args.map((arg) => arg(frame)),
    );
}

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
export function strict(apply: CelFunction['apply'], offset: number, values: Value[]): Value {
  let fault: Fault | undefined;
  for (const value of values) if (value instanceof Fault) fault = worse(fault, value);
  return fault ?? guarded(apply, offset, ...values);
}

/** Before the function runs, so that one call too large is not begun. */
function charge(frame: Frame, cost: number): void {
  frame.cost += cost;
  if (frame.cost > frame.limit) checkCost(frame);
}

/** Calls a function; what it throws as CelError becomes an error value at the call's place. */
function guarded(apply: CelFunction['apply'], offset: number, ...args: Value[]): Value {
  try {
    return at(apply(...args), offset);
  } catch (error) {
    if (error instanceof CelError) return at(new ErrorValue(error.message), offset);
    throw error;
  }
}
