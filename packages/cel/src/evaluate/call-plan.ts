import { CelError } from '../errors.ts';
import type { Scope } from '../environment/scope.ts';
import { operandSize } from '../functions/cost.ts';
import type { CelFunction, Cost } from '../functions/function.ts';
import { compilePattern } from '../libraries/regex.ts';
import type { Call, Expr, Ident } from '../syntax/ast.ts';
import { dottedName } from '../syntax/parser.ts';
import { Uint, isDouble, isInt } from '../values/numbers.ts';
import type { Value } from '../values/value.ts';
import { constantOf } from './constant.ts';

/** What a call is, whoever compiles it: closures and generated code go by one plan. */
export type CallPlan =
  | FunctionPlan
  | OptionalPlan
  | EqualityPlan
  | MembershipPlan
  | SortByPlan
  /** It fits nothing. */
  | { readonly kind: 'none' };

/** A function of the environment. */
export interface FunctionPlan {
  readonly kind: 'function';
  readonly fn: CelFunction;
  readonly args: readonly Expr[];
  /** What a call costs; 1 where undefined. */
  readonly cost: Cost | undefined;
  /** True where all arguments are looked at whatever the first ones are; else the first fault ends the call. */
  readonly looksAtAll: boolean;
}

/** A member of optionals, for which none is made: `a.?b.orValue(c)`, `a.?b.hasValue()`. */
export interface OptionalPlan {
  readonly kind: 'optional';
  readonly name: 'hasValue' | 'value' | 'orValue' | 'or';
  readonly target: Expr;
  readonly argument: Expr | undefined;
}

/** `x == 'literal'`. */
export interface EqualityPlan {
  readonly kind: 'equality';
  readonly value: Expr;
  readonly constant: string | boolean;
  /** What the constant counts as for costs. */
  readonly size: number;
  /** `==`, or `!=`. */
  readonly positive: boolean;
}

/** `x in ['a', 'b']`. */
export interface MembershipPlan {
  readonly kind: 'membership';
  readonly value: Expr;
  readonly list: readonly Value[];
  /** The same where all are strings. */
  readonly set: ReadonlySet<Value> | null;
}

/** `list.sortBy(e, key)`. */
export interface SortByPlan {
  readonly kind: 'sortBy';
  readonly target: Expr;
  readonly variable: Ident;
  readonly key: Expr;
}

/** Finds what a call is: forms that have a fast way of their own first, then any function of the environment. */
export function planCall(call: Call, scope: Scope): CallPlan {
  const { name, target, args } = call;
  if (target === null) {
    const [left, right] = args;
    const constant = left === undefined || right === undefined ? null : againstConstant(call, left, right, scope);
    if (constant !== null) return constant;
    const global = scope.function(name, 'global', args.length);
    return global === undefined ? { kind: 'none' } : functionPlan(call, global, args, scope);
  }
  const dotted = namespacedName(call);
  const namespaced = dotted === null ? undefined : scope.function(dotted, 'global', args.length);
  if (namespaced !== undefined) return functionPlan(call, namespaced, args, scope);
  if (isOptionalMember(name, args.length) && scope.hasFeature('optional syntax') && !isLenient(name, scope))
    return { kind: 'optional', name, target, argument: args[0] };
  const [variable, key] = args;
  if (name === 'sortBy' && args.length === 2 && variable?.kind === 'ident' && key !== undefined)
    if (scope.hasFeature('sortBy')) return { kind: 'sortBy', target, variable, key };
  const member = scope.function(name, 'member', args.length + 1);
  return member === undefined ? { kind: 'none' } : functionPlan(call, member, [target, ...args], scope);
}

/** `x == 'literal'` and `x in ['a', 'b']`, which are most of what policies compare. */
function againstConstant(call: Call, left: Expr, right: Expr, scope: Scope): EqualityPlan | MembershipPlan | null {
  if (call.name === '_==_' || call.name === '_!=_') {
    if (right.kind !== 'literal' || (right.value.type !== 'string' && right.value.type !== 'bool')) return null;
    const constant = right.value.value;
    const positive = call.name === '_==_';
    return { kind: 'equality', value: left, constant, size: operandSize(constant), positive };
  }
  if (call.name !== '@in') return null;
  // Behind dyn() the checker does not know that it is a list.
  const list = scope.overload(call) === 'in_list' ? constantOf(right, scope) : undefined;
  if (!Array.isArray(list) || !list.every(isHashed)) return null;
  const set = list.every((item) => typeof item === 'string') ? new Set<Value>(list) : null;
  return { kind: 'membership', value: left, list, set };
}

/** What cel-go can look up by its hash. */
function isHashed(value: Value): boolean {
  return (
    typeof value === 'string' || typeof value === 'boolean' || isInt(value) || isDouble(value) || value instanceof Uint
  );
}

function isOptionalMember(name: string, args: number): name is OptionalPlan['name'] {
  return (args === 0 && /^(?:hasV|v)alue$/.test(name)) || (args === 1 && /^or(?:Value)?$/.test(name));
}

/** Kyverno's orValue is a function like others. */
export function isLenient(name: string, scope: Scope): boolean {
  return name === 'orValue' && scope.hasFeature('orValue of all');
}

/** Functions of several overloads of two arguments. */
const overloaded = /^(?:indexOf|lastIndexOf|compareTo|isGreaterThan|isLessThan|add|sub|containsIP|containsCIDR)$/;

/**
 * True where the first fault ends the call before its other argument is looked at: cel-go finds the overload at run
 * time then, in a function of any number of arguments; format is one always.
 */
function endsEarly(call: Call, scope: Scope): boolean {
  return call.name === 'format' || (overloaded.test(call.name) && scope.overload(call) === null);
}

/** Functions whose second argument is a pattern. */
export const patterned: ReadonlySet<string> = new Set(['matches', 'find', 'findAll']);

function functionPlan(call: Call, fn: CelFunction, args: readonly Expr[], scope: Scope): FunctionPlan {
  const constantPattern = checkPattern(call, args, scope);
  const cost = fn.costFor === undefined ? fn.cost : fn.costFor(scope.overload(call));
  const looksAtAll =
    args.length === 1 || (args.length === 2 && !endsEarly(call, scope) && (cost === undefined || !constantPattern));
  return { kind: 'function', fn, args, cost, looksAtAll };
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

/** The dotted name of a call's target and function, for functions such as `optional.of`. */
function namespacedName(call: Call): string | null {
  const prefix = call.target === null ? null : dottedName(call.target);
  return prefix === null ? null : `${prefix}.${call.name}`;
}
