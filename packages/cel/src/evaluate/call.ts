import type { Scope } from '../environment/scope.ts';
import type { CelFunction, Cost, OfTexts } from '../functions/function.ts';
import { contains } from '../functions/operators.ts';
import type { Call } from '../syntax/ast.ts';
import { ErrorValue, Fault, noSuchOverload } from '../values/fault.ts';
import { isInt } from '../values/numbers.ts';
import { type Value, isFault, isList, isObject, isPlainMap } from '../values/value.ts';
import { compileNegation, compilePathOr, compileQuestion, compileTest } from './attribute.ts';
import { type FunctionPlan, type MembershipPlan, planCall } from './call-plan.ts';
import { constantOf } from './constant.ts';
import { at } from './fault-place.ts';
import { fieldNamed } from './field-reader.ts';
import type { Evaluate } from './frame.ts';
import { call, charge, guardedUnary, ofTwo } from './guarded-call.ts';
import { compileOptionalMember } from './optional-member.ts';
import { equalityQuestion } from './question.ts';
import { compileSortBy } from './sort-by.ts';
import { added, compileSumOfPaths } from './sum.ts';

/** Compiles a call, as it is planned. */
export function compileCall(call: Call, scope: Scope): Evaluate {
  const plan = planCall(call, scope);
  switch (plan.kind) {
    case 'function':
      return sumOfPaths(call, plan, scope) ?? compileFunction(plan, call.offset, scope);
    case 'optional':
      return compilePathOr(call, scope) ?? compileOptionalMember(plan, call.offset, scope);
    case 'sortBy':
      return compileSortBy(plan, call, scope);
    case 'equality':
      return compileQuestion(plan.value, equalityQuestion(plan), scope);
    case 'membership':
      return membership(scope.compile(plan.value), plan, call.offset);
    case 'none': {
      for (const arg of call.target === null ? call.args : [call.target, ...call.args]) scope.compile(arg);
      return scope.unknownFunction(call);
    }
  }
}

function membership(operand: Evaluate, { list, set }: MembershipPlan, offset: number): Evaluate {
  return (frame) => isMember(operand(frame), list, set, offset);
}

/** cel-go makes a set of the list, and charges nothing for asking that (decorators.go maybeOptimizeSetMembership). */
function isMember(found: Value, list: readonly Value[], set: ReadonlySet<Value> | null, offset: number): Value {
  if (found instanceof Fault) return found;
  // Bytes have no hash in Go.
  if (found instanceof Uint8Array) return at(new ErrorValue('internal error: hash of unhashable type'), offset);
  return set === null ? contains(found, list) : set.has(found);
}

function sumOfPaths(call: Call, plan: FunctionPlan, scope: Scope): Evaluate | null {
  return plan.fn.name === '_+_' && plan.cost === undefined ? compileSumOfPaths(call, plan, scope) : null;
}

function compileFunction({ fn, args, cost, looksAtAll }: FunctionPlan, offset: number, scope: Scope): Evaluate {
  const { apply, ofTexts } = fn;
  const [only] = args;
  if (fn.name === '!_' && only !== undefined)
    return only.kind === 'select' && only.test ? compileTest(only, scope, false) : compileNegation(only, offset, scope);
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
  return apply === contains ? textIn(first, second, cost, offset) : chargedBinary(apply, first, second, cost, offset);
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
    return added(a, b, apply, offset);
  };
}

/** `'key' in map`. */
function keyTest(apply: CelFunction['apply'], key: string, container: Evaluate, offset: number): Evaluate {
  const { read } = fieldNamed(key);
  return (frame) => {
    const held = container(frame);
    frame.cost += 1;
    if (isObject(held) && !(apply === contains && isList(held))) {
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

/** `x in list`, whose list is charged by its length, and holds texts mostly. */
function textIn(item: Evaluate, list: Evaluate, cost: Cost, offset: number): Evaluate {
  return (frame) => {
    const a = item(frame);
    const b = list(frame);
    if (typeof a !== 'string' || !isList(b)) {
      charge(frame, cost([a, b]));
      return ofTwo(contains, offset, a, b);
    }
    charge(frame, b.length);
    const found = contains(a, b);
    return typeof found === 'boolean' ? found : at(found, offset);
  };
}
