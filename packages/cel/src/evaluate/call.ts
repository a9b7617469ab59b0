import { CelError } from '../errors.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import type { Scope } from '../environment/scope.ts';
import type { CelFunction } from '../functions/function.ts';
import { ErrorValue, Fault, noSuchOverload } from '../values/fault.ts';
import { Optional } from '../values/optional.ts';
import type { Value } from '../values/value.ts';
import { dottedName } from '../syntax/parser.ts';
import { at, worse } from './fault-place.ts';
import { indexInto } from './field.ts';
import type { Evaluate } from './frame.ts';
import { literalValue } from './literal-value.ts';
import { isOptionalNode } from './optional-form.ts';

/** Compiles a call: forms that have a fast way of their own first, then any function of the environment. */
export function compileCall(call: Call, scope: Scope): Evaluate {
  if (call.target !== null) {
    const dotted = namespacedName(call);
    const namespaced = dotted === null ? undefined : scope.function(dotted, 'global', call.args.length);
    if (namespaced !== undefined) return compileFunction(call, namespaced, call.args, scope);
    const optional = compileOptionalMember(call, scope);
    if (optional !== null) return optional;
    const member = scope.function(call.name, 'member', call.args.length + 1);
    if (member !== undefined) return compileFunction(call, member, [call.target, ...call.args], scope);
  } else {
    const [left, right] = call.args;
    if (left !== undefined && right !== undefined) {
      if (call.name === '_[_]') return compileIndex(call, left, right, scope);
      const constant = compileAgainstConstant(call, left, right, scope);
      if (constant !== null) return constant;
    }
    const global = scope.function(call.name, 'global', call.args.length);
    if (global !== undefined) return compileFunction(call, global, call.args, scope);
  }
  for (const arg of call.target === null ? call.args : [call.target, ...call.args]) scope.compile(arg);
  scope.unknownFunction(call);
  return () => noSuchOverload();
}

function compileIndex(call: Call, container: Expr, index: Expr, scope: Scope): Evaluate {
  const operand = scope.compile(container);
  const key = scope.compile(index);
  return (frame) => {
    frame.cost += 1;
    return at(indexInto(operand(frame), key(frame)), call.offset);
  };
}

/** `x == 'literal'` and `x in ['a', 'b']`, which are most of what policies compare. */
function compileAgainstConstant(call: Call, left: Expr, right: Expr, scope: Scope): Evaluate | null {
  if (call.name === '_==_' || call.name === '_!=_') {
    if (right.kind !== 'literal' || (right.value.type !== 'string' && right.value.type !== 'bool')) return null;
    const value = scope.compile(left);
    const constant = literalValue(right);
    const positive = call.name === '_==_';
    return (frame) => {
      frame.cost += 1;
      const found = value(frame);
      if (found === constant) return positive;
      if (typeof found !== 'object' || found === null) return !positive;
      return found instanceof Fault ? found : !positive;
    };
  }
  if (call.name !== '@in' || right.kind !== 'list') return null;
  const names: string[] = [];
  for (const { value, optional } of right.elements) {
    if (optional || value.kind !== 'literal' || value.value.type !== 'string') return null;
    names.push(value.value.value);
  }
  const value = scope.compile(left);
  const set = new Set<Value>(names);
  return (frame) => {
    frame.cost += 10 + names.length;
    const found = value(frame);
    return found instanceof Fault ? found : set.has(found);
  };
}

/** The members of optionals, without making one: `a.?b.orValue(c)`, `a.?b.hasValue()`. */
function compileOptionalMember(call: Call, scope: Scope): Evaluate | null {
  const { name, target } = call;
  if (target === null || !isOptionalMember(call)) return null;
  const optional = scope.compileOptional(target);
  const wrapped = scope.compile(target);
  const byForm = isOptionalNode(target);
  const [argument] = call.args;
  const other = argument === undefined ? null : scope.compile(argument);
  /** The value in the optional, undefined for none; an error where the target is no optional at all. */
  const inside = byForm
    ? optional
    : (frame: Parameters<Evaluate>[0]): Value | undefined => {
        const value = wrapped(frame);
        if (value instanceof Optional) return value.value;
        return value instanceof Fault ? value : at(noSuchOverload(), call.offset);
      };
  if (name === 'hasValue')
    return (frame) => {
      frame.cost += 1;
      const value = inside(frame);
      return value instanceof Fault ? value : value !== undefined;
    };
  if (name === 'value')
    return (frame) => {
      frame.cost += 1;
      const value = inside(frame);
      return value === undefined ? at(new ErrorValue('optional.none() dereference'), call.offset) : value;
    };
  if (other === null) return null;
  if (name === 'orValue')
    return (frame) => {
      frame.cost += 1;
      const value = inside(frame);
      return value === undefined ? other(frame) : value;
    };
  return (frame) => {
    frame.cost += 1;
    const value = inside(frame);
    if (value === undefined) return other(frame);
    return value instanceof Fault ? value : new Optional(value);
  };
}

function isOptionalMember(call: Call): boolean {
  const wanted = { hasValue: 0, value: 0, orValue: 1, or: 1 }[call.name];
  return wanted === call.args.length && Object.hasOwn({ hasValue: 0, value: 0, orValue: 0, or: 0 }, call.name);
}

function compileFunction(call: Call, fn: CelFunction, args: readonly Expr[], scope: Scope): Evaluate {
  const evaluated = args.map((arg) => scope.compile(arg));
  const { apply, cost } = fn;
  const { offset } = call;
  const [first, second] = evaluated;
  if (cost === undefined && evaluated.length === 1 && first !== undefined)
    return (frame) => {
      frame.cost += 1;
      const a = first(frame);
      return a instanceof Fault ? a : guarded(apply, offset, a);
    };
  if (evaluated.length === 2 && first !== undefined && second !== undefined)
    return (frame) => {
      frame.cost += 1;
      const a = first(frame);
      const b = second(frame);
      if (a instanceof Fault) return b instanceof Fault ? worse(a, b) : a;
      if (b instanceof Fault) return b;
      const result = guarded(apply, offset, a, b);
      if (cost !== undefined && !(result instanceof Fault)) frame.cost += cost([a, b], result);
      return result;
    };
  return (frame) => {
    frame.cost += 1;
    const values: Value[] = [];
    let fault: Fault | undefined;
    for (const evaluate of evaluated) {
      const value = evaluate(frame);
      if (value instanceof Fault) fault = worse(fault, value);
      values.push(value);
    }
    if (fault !== undefined) return fault;
    const result = guarded(apply, offset, ...values);
    if (cost !== undefined && !(result instanceof Fault)) frame.cost += cost(values, result);
    return result;
  };
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
