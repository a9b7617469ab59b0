import { CelError } from '../errors.ts';
import type { Scope } from '../environment/scope.ts';
import { operandSize, walk } from '../functions/cost.ts';
import { contains } from '../functions/operators.ts';
import type { CelFunction, Cost } from '../functions/function.ts';
import { compilePattern } from '../libraries/regex.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import { dottedName } from '../syntax/parser.ts';
import { ErrorValue, Fault, noSuchOverload } from '../values/fault.ts';
import { Uint, isDouble, isInt } from '../values/numbers.ts';
import { Optional } from '../values/optional.ts';
import type { Value } from '../values/value.ts';
import { unwrapped } from './attribute.ts';
import { constantOf } from './constant.ts';
import { at, worse } from './fault-place.ts';
import type { Evaluate, Frame } from './frame.ts';
import { checkCost } from './limits.ts';
import { isOptionalNode } from './optional-form.ts';
import { compileSortBy } from './sort-by.ts';

/** Compiles a call: forms that have a fast way of their own first, then any function of the environment. */
export function compileCall(call: Call, scope: Scope): Evaluate {
  if (call.target !== null) {
    const dotted = namespacedName(call);
    const namespaced = dotted === null ? undefined : scope.function(dotted, 'global', call.args.length);
    if (namespaced !== undefined) return compileFunction(call, namespaced, call.args, scope);
    const special = compileOptionalMember(call, scope) ?? compileSortBy(call, scope);
    if (special !== null) return special;
    const member = scope.function(call.name, 'member', call.args.length + 1);
    if (member !== undefined) return compileFunction(call, member, [call.target, ...call.args], scope);
  } else {
    const [left, right] = call.args;
    if (left !== undefined && right !== undefined) {
      const constant = compileAgainstConstant(call, left, right, scope);
      if (constant !== null) return constant;
    }
    const global = scope.function(call.name, 'global', call.args.length);
    if (global !== undefined) return compileFunction(call, global, call.args, scope);
  }
  for (const arg of call.target === null ? call.args : [call.target, ...call.args]) scope.compile(arg);
  return scope.unknownFunction(call);
}

/** `x == 'literal'` and `x in ['a', 'b']`, which are most of what policies compare. */
function compileAgainstConstant(call: Call, left: Expr, right: Expr, scope: Scope): Evaluate | null {
  if (call.name === '_==_' || call.name === '_!=_') return compileEquality(call, left, right, scope);
  if (call.name !== '@in') return null;
  // Behind dyn() the checker does not know that it is a list.
  const list = scope.overload(call) === 'in_list' ? constantOf(right, scope) : undefined;
  if (!Array.isArray(list) || !list.every(isHashed)) return null;
  const value = scope.compile(left);
  const { offset } = call;
  const set = list.every((item) => typeof item === 'string') ? new Set<Value>(list) : null;
  // cel-go makes a set of it, and charges nothing for asking that (decorators.go maybeOptimizeSetMembership).
  return (frame) => {
    const found = value(frame);
    if (found instanceof Fault) return found;
    // Bytes have no hash in Go.
    if (found instanceof Uint8Array) return at(new ErrorValue('internal error: hash of unhashable type'), offset);
    return set === null ? contains(found, list) : set.has(found);
  };
}

/** What cel-go can look up by its hash. */
function isHashed(value: Value): boolean {
  return (
    typeof value === 'string' || typeof value === 'boolean' || isInt(value) || isDouble(value) || value instanceof Uint
  );
}

function compileEquality(call: Call, left: Expr, right: Expr, scope: Scope): Evaluate | null {
  if (right.kind !== 'literal' || (right.value.type !== 'string' && right.value.type !== 'bool')) return null;
  const value = scope.compile(left);
  const constant = right.value.value;
  const size = operandSize(constant);
  const positive = call.name === '_==_';
  const whole = walk(size);
  return (frame) => {
    const found = value(frame);
    if (found === constant) {
      frame.cost += whole;
      return positive;
    }
    if (typeof found === 'string' && size <= 10) frame.cost += found === '' ? 0 : whole;
    else frame.cost += walk(Math.min(operandSize(found), size));
    return found instanceof Fault ? found : !positive;
  };
}

type Inside = (frame: Frame) => Value | undefined;

/** The members of optionals, without making one: `a.?b.orValue(c)`, `a.?b.hasValue()`. */
function compileOptionalMember(call: Call, scope: Scope): Evaluate | null {
  const { name, target, args, offset } = call;
  if (target === null || !isOptionalMember(call) || !scope.hasFeature('optional syntax')) return null;
  const [argument] = args;
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

const optionalMembers: ReadonlyMap<string, number> = new Map([
  ['hasValue', 0],
  ['value', 0],
  ['orValue', 1],
  ['or', 1],
]);

function isOptionalMember(call: Call): boolean {
  return optionalMembers.get(call.name) === call.args.length;
}

/**
 * True where the first fault ends the call before its other argument is looked at: cel-go finds the overload at run time
 * then, in a function of any number of arguments; format is one always.
 */
function endsEarly(call: Call, scope: Scope): boolean {
  return call.name === 'format' || (overloaded.has(call.name) && scope.overload(call) === null);
}

/** Functions of several overloads of two arguments. */
const overloaded: ReadonlySet<string> = new Set(
  'indexOf lastIndexOf compareTo isGreaterThan isLessThan add sub containsIP containsCIDR'.split(' '),
);

const patterned: ReadonlySet<string> = new Set(['matches', 'find', 'findAll']);

function compileFunction(call: Call, fn: CelFunction, args: readonly Expr[], scope: Scope): Evaluate {
  const constantPattern = checkPattern(call, args, scope);
  const evaluated = args.map((arg) => scope.compile(arg));
  const { apply } = fn;
  const cost = fn.costFor === undefined ? fn.cost : fn.costFor(scope.overload(call));
  const { offset } = call;
  const [first, second] = evaluated;
  if (evaluated.length === 1 && first !== undefined)
    return cost === undefined ? unary(apply, first, offset) : charged(apply, [first], cost, offset);
  if (evaluated.length === 2 && first !== undefined && second !== undefined && !endsEarly(call, scope)) {
    if (cost === undefined) return binary(apply, first, second, offset);
    if (!constantPattern) return charged(apply, [first, second], cost, offset);
  }
  return (frame) => {
    const values: Value[] = [];
    for (const evaluate of evaluated) {
      const value = evaluate(frame);
      values.push(value);
      if (value instanceof Fault) break;
    }
    // Charged where all arguments were looked at, whatever the last one gave.
    if (values.length === evaluated.length) charge(frame, cost === undefined ? 1 : cost(values));
    const last = values.at(-1);
    return last instanceof Fault ? last : guarded(apply, offset, ...values);
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
  return (frame) => {
    const values = args.map((arg) => arg(frame));
    charge(frame, cost(values));
    let fault: Fault | undefined;
    for (const value of values) if (value instanceof Fault) fault = worse(fault, value);
    return fault ?? guarded(apply, offset, ...values);
  };
}

/** Before the function runs, so that one call too large is not begun. */
function charge(frame: Frame, cost: number): void {
  frame.cost += cost;
  if (frame.cost > frame.limit) checkCost(frame);
}

/** A pattern that stands there as a constant is tried when the program is planned. True where there is one. */
function checkPattern(call: Call, args: readonly Expr[], scope: Scope): boolean {
  const [, expr] = args;
  const pattern = patterned.has(call.name) && expr !== undefined ? constantOf(expr, scope) : undefined;
  if (expr === undefined || typeof pattern !== 'string') return false;
  try {
    compilePattern(pattern);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    scope.fault(error.message, expr.offset);
  }
  return true;
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

/** The dotted name of a call's target and function, for functions such as `optional.of`. */
function namespacedName(call: Call): string | null {
  const prefix = call.target === null ? null : dottedName(call.target);
  return prefix === null ? null : `${prefix}.${call.name}`;
}
