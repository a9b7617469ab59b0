import { CelError } from '../errors.ts';
import type { Scope } from '../environment/scope.ts';
import type { CelFunction, Cost, OfTexts } from '../functions/function.ts';
import { contains } from '../functions/operators.ts';
import type { Call } from '../syntax/ast.ts';
import { ErrorValue, Fault, noSuchOverload } from '../values/fault.ts';
import { isInt } from '../values/numbers.ts';
import { type Value, isFault, isList, isObject, isPlainMap } from '../values/value.ts';
import { compileComparison, compilePathOr, compileTest } from './attribute.ts';
import { type FunctionPlan, type MembershipPlan, planCall } from './call-plan.ts';
import { constantOf } from './constant.ts';
import { at, worse } from './fault-place.ts';
import { fieldNamed } from './field-reader.ts';
import type { Evaluate, Frame } from './frame.ts';
import { checkCost } from './limits.ts';
import { negate } from './negation.ts';
import { compileOptionalMember } from './optional-member.ts';
import { compileSortBy } from './sort-by.ts';

/** Compiles a call, as it is planned. */
export function compileCall(call: Call, scope: Scope): Evaluate {
  const plan = planCall(call, scope);
  switch (plan.kind) {
    case 'function':
      return compileFunction(plan, call.offset, scope);
    case 'optional':
      return compilePathOr(call, scope) ?? compileOptionalMember(plan, call.offset, scope);
    case 'equality':
      return compileComparison(plan, scope);
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
  const operand = scope.compile(value);
  return (frame) => isMember(operand(frame), list, set, offset);
}

/** cel-go makes a set of the list, and charges nothing for asking that (decorators.go maybeOptimizeSetMembership). */
function isMember(found: Value, list: readonly Value[], set: ReadonlySet<Value> | null, offset: number): Value {
  if (found instanceof Fault) return found;
  // Bytes have no hash in Go.
  if (found instanceof Uint8Array) return at(new ErrorValue('internal error: hash of unhashable type'), offset);
  return set === null ? contains(found, list) : set.has(found);
}

function compileFunction({ fn, args, cost, looksAtAll }: FunctionPlan, offset: number, scope: Scope): Evaluate {
  const { apply, ofTexts } = fn;
  const [only] = args;
  if (fn.name === '!_' && only !== undefined) {
    if (only.kind === 'select' && only.test) return compileTest(only, scope, false);
    return negate(scope.compile(only), offset);
  }
  const operands = args.map((arg) => scope.compile(arg));
  const [first, second] = operands;
  if (!looksAtAll || first === undefined) return ofMany(apply, operands, cost, offset);
  if (second === undefined) return unary(apply, first, cost, offset);
  const constant = args[1] === undefined ? undefined : constantOf(args[1], scope);
  if (cost === undefined) {
    const key = fn.name === '@in' && args[0] !== undefined ? constantOf(args[0], scope) : undefined;
    if (typeof key === 'string') return keyTest(apply, key, second, offset);
    return fn.name === '_+_' ? sum(apply, first, second, offset) : binary(apply, first, second, offset);
  }
  if (typeof constant === 'string' && ofTexts !== undefined) return textTest(ofTexts, first, constant, cost, offset);
  if (typeof constant === 'number' && isInt(constant) && (fn.name === '_==_' || fn.name === '_!=_'))
    return againstInteger(fn, first, constant, cost, offset);
  return chargedBinary(apply, first, second, cost, offset);
}

/** A call of any number of arguments, which the first fault ends. */
function ofMany(
  apply: CelFunction['apply'],
  args: readonly Evaluate[],
  cost: Cost | undefined,
  offset: number,
): Evaluate {
  return (frame) => {
    const values: Value[] = [];
    for (const arg of args) {
      const value = arg(frame);
      if (value instanceof Fault && values.length < args.length - 1) return value;
      values.push(value);
    }
    return call(frame, apply, cost, offset, values);
  };
}

function unary(apply: CelFunction['apply'], first: Evaluate, cost: Cost | undefined, offset: number): Evaluate {
  if (cost === undefined)
    return (frame) => {
      const a = first(frame);
      frame.cost += 1;
      return a instanceof Fault ? a : guardedUnary(apply, offset, a);
    };
  return (frame) => {
    const a = first(frame);
    charge(frame, cost([a]));
    return a instanceof Fault ? a : guardedUnary(apply, offset, a);
  };
}

/** A call of two arguments, both of which are looked at whatever the first one is. */
function binary(apply: CelFunction['apply'], first: Evaluate, second: Evaluate, offset: number): Evaluate {
  return (frame) => {
    const a = first(frame);
    const b = second(frame);
    frame.cost += 1;
    return ofTwo(apply, offset, a, b);
  };
}

/** `a + b`, of which one is mostly a list without elements: `spec.containers + spec.?initContainers.orValue([])`. */
function sum(apply: CelFunction['apply'], first: Evaluate, second: Evaluate, offset: number): Evaluate {
  return (frame) => {
    const a = first(frame);
    const b = second(frame);
    frame.cost += 1;
    return isList(a) && isList(b) && b.length === 0 ? a : ofTwo(apply, offset, a, b);
  };
}

/** `'key' in map`. */
function keyTest(apply: CelFunction['apply'], key: string, container: Evaluate, offset: number): Evaluate {
  const { read } = fieldNamed(key);
  return (frame) => {
    const held = container(frame);
    frame.cost += 1;
    if (isObject(held)) {
      const found = read(held);
      if (found === undefined ? isPlainMap(held) : !isFault(found)) return found !== undefined;
    }
    return ofTwo(apply, offset, key, held);
  };
}

function chargedBinary(
  apply: CelFunction['apply'],
  first: Evaluate,
  second: Evaluate,
  cost: Cost,
  offset: number,
): Evaluate {
  return (frame) => {
    const a = first(frame);
    const b = second(frame);
    charge(frame, cost([a, b]));
    return ofTwo(apply, offset, a, b);
  };
}

function ofTwo(apply: CelFunction['apply'], offset: number, a: Value, b: Value): Value {
  if (isFault(a)) return isFault(b) ? worse(a, b) : a;
  return isFault(b) ? b : guardedBinary(apply, offset, a, b);
}

/** `x == 1`: a number of JavaScript is equal to it where it is the same one, and costs one unit. */
function againstInteger(
  { name, apply }: CelFunction,
  value: Evaluate,
  constant: number,
  cost: Cost,
  offset: number,
): Evaluate {
  const positive = name === '_==_';
  return (frame) => {
    const found = value(frame);
    charge(frame, typeof found === 'number' ? 1 : cost([found, constant]));
    return typeof found === 'number' ? (found === constant) === positive : ofTwo(apply, offset, found, constant);
  };
}

/** A test of a text by a constant part; of anything else it is no function. */
function textTest({ test, cost }: OfTexts, text: Evaluate, part: string, costOf: Cost, offset: number): Evaluate {
  return (frame) => {
    const value = text(frame);
    if (typeof value !== 'string') {
      charge(frame, costOf([value, part]));
      return value instanceof Fault ? value : at(noSuchOverload(), offset);
    }
    charge(frame, cost(value, part));
    return test(value, part);
  };
}

/** Charges a call and makes it. */
function call(
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
function strict(apply: CelFunction['apply'], offset: number, values: Value[]): Value {
  let fault: Fault | undefined;
  for (const value of values) if (value instanceof Fault) fault = worse(fault, value);
  return fault ?? guarded(apply, offset, values);
}

/** Before the function runs, so that one call too large is not begun. */
function charge(frame: Frame, cost: number): void {
  frame.cost += cost;
  if (frame.cost > frame.limit) checkCost(frame);
}

/** Calls a function; what it throws as CelError becomes an error value at the call's place. */
function guarded(apply: CelFunction['apply'], offset: number, args: readonly Value[]): Value {
  try {
    return at(apply(...args), offset);
  } catch (error) {
    return thrown(error, offset);
  }
}

/** The same of one argument, which needs no list. */
function guardedUnary(apply: CelFunction['apply'], offset: number, a: Value): Value {
  try {
    return at(apply(a), offset);
  } catch (error) {
    return thrown(error, offset);
  }
}

function guardedBinary(apply: CelFunction['apply'], offset: number, a: Value, b: Value): Value {
  try {
    return at(apply(a, b), offset);
  } catch (error) {
    return thrown(error, offset);
  }
}

function thrown(error: unknown, offset: number): Value {
  if (error instanceof CelError) return at(new ErrorValue(error.message), offset);
  throw error;
}
