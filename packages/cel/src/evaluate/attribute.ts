import type { Scope } from '../environment/scope.ts';
import type { Call, Expr, Ident, Select } from '../syntax/ast.ts';
import { Fault } from '../values/fault.ts';
import { NONE, Optional } from '../values/optional.ts';
import type { Value } from '../values/value.ts';
import { isLenient, planCall } from './call-plan.ts';
import { constantOf } from './constant.ts';
import { at } from './fault-place.ts';
import { indexInto, indexOfOptional, isOpen, stepCost } from './field.ts';
import type { Evaluate, EvaluateOptional, Frame } from './frame.ts';
import { isOptionalNode } from './optional-form.ts';
import {
  type Path,
  type Start,
  type Step,
  continuePath,
  isPlainSelect,
  pathOf,
  readPath,
  startingAt,
  stepOf,
} from './path.ts';
import { testPath } from './presence.ts';
import { type Question, asked, equalityQuestion, negatedQuestion, negationQuestion } from './question.ts';

/**
 * Reading names, fields and elements, and its cost: one unit for the chain (`root`) and one for each step that is
 * taken (cel-go interpreter/attributes.go, runtimecost.go). A chain that is a branch of `?:`, or the index of another
 * one, is not charged for itself: `root` is 0 there.
 */
export type Root = 0 | 1;

/** An index: `container[key]`, `container[?key]`. */
export function indexParts(expr: Expr): readonly [Expr, Expr] | null {
  if (expr.kind !== 'call' || expr.target !== null) return null;
  const [container, key] = expr.args;
  if (expr.name !== '_[_]' && expr.name !== '_[?_]') return null;
  return container === undefined || key === undefined ? null : [container, key];
}

/** True for a chain of names, fields and elements. */
export function isAttribute(expr: Expr): expr is Ident | Select | Call {
  return expr.kind === 'ident' || (expr.kind === 'select' && !expr.test) || indexParts(expr) !== null;
}

/** True for one that is no constant: it is charged for itself. */
export function isChain(expr: Expr, scope: Scope): expr is Ident | Select | Call {
  return constantOf(expr, scope) === undefined && isAttribute(expr);
}

/** `?:` passes a selection on to its branches, and is charged for nothing; `optMap` is one inside. */
export function isConditional(expr: Expr): boolean {
  return (
    expr.kind === 'conditional' || (expr.kind === 'macro' && (expr.name === 'optMap' || expr.name === 'optFlatMap'))
  );
}

/** Compiles a name, a selection, a presence test or an index. */
export function compileAttribute(expr: Ident | Select | Call, scope: Scope, root: Root): Evaluate {
  if (expr.kind === 'ident') return scope.resolve(expr, root);
  if (isOptionalNode(expr)) return wrapOptional(compileChain(expr, scope, root));
  if (expr.kind === 'select') return compileSelect(expr, scope, root);
  const parts = indexParts(expr);
  if (parts === null) throw new Error('an attribute that is none');
  const container = compileOperand(parts[0], scope, root);
  const key = compileUncharged(parts[1], scope);
  const isFound = isStep(parts[0]);
  const { offset } = expr;
  return (frame) => {
    const from = container(frame);
    return from instanceof Fault ? from : index(frame, from, key(frame), isFound, offset);
  };
}

/** `from[key]`. */
function index(frame: Frame, from: Value, key: Value, isFound: boolean, offset: number): Value {
  const found = key instanceof Fault ? key : indexInto(from, key, isFound);
  frame.cost += stepCost(from, isFound, found);
  return at(found, offset);
}

/** True for a chain with a step at its end. */
function isStep(expr: Expr): boolean {
  return expr.kind !== 'ident' && isAttribute(expr) && !isOptionalNode(expr);
}

function compileSelect(expr: Select, scope: Scope, root: Root): Evaluate {
  if (expr.test) return compileTest(expr, scope, true);
  const [start, steps] = pathTo(expr, scope, root);
  if (steps === null && start.evaluate !== null) return start.evaluate;
  return present(readPath(pathOf(start, { root, steps, further: null, none: undefined, question: null })));
}

/** `has(a.b)`, or `!has(a.b)`. */
export function compileTest(expr: Select, scope: Scope, positive: boolean): Evaluate {
  const [start, steps] = pathTo(expr.operand, scope, 0);
  return testPath(start, steps, stepOf(expr, null), positive);
}

/** The fields of a plain selection, and what they are read from. */
function pathTo(expr: Expr, scope: Scope, root: Root): readonly [Start, Step | null] {
  let steps: Step | null = null;
  let from = expr;
  while (isPlainSelect(from, scope)) {
    const whole = scope.resolveWhole(from, root);
    if (whole !== null) return [startingAt(whole, true), steps];
    steps = stepOf(from, steps);
    from = from.operand;
  }
  return [startOf(from, scope, root), steps];
}

function startOf(expr: Expr, scope: Scope, root: Root): Start {
  const source = expr.kind === 'ident' && constantOf(expr, scope) === undefined ? scope.sourceOf(expr) : null;
  if (source?.kind === 'slot')
    return { slot: source.slot, name: source.name, offset: expr.offset, evaluate: null, isFound: false };
  return startingAt(compileOperand(expr, scope, root), isStep(expr));
}

/** A path that gives something in any case. */
function present(path: EvaluateOptional): Evaluate {
  return path as Evaluate;
}

/** `a.b == 'c'`, `!a.?b.orValue(false)`: read and asked by one closure where it is a path. */
export function compileQuestion(value: Expr, question: Question, scope: Scope): Evaluate {
  const path = readable(value, question, scope);
  return path === null ? askedOf(scope.compile(value), question) : present(readPath(path));
}

function askedOf(value: Evaluate, question: Question): Evaluate {
  return (frame) => asked(value(frame), question, frame);
}

/** A negation; of a comparison it is the comparison with the opposite answer. */
export function compileNegation(operand: Expr, offset: number, scope: Scope): Evaluate {
  const isComparison = operand.kind === 'call' && (operand.name === '_==_' || operand.name === '_!=_');
  const plan = isComparison ? planCall(operand, scope) : null;
  return plan?.kind === 'equality'
    ? compileQuestion(plan.value, negatedQuestion(equalityQuestion(plan)), scope)
    : compileQuestion(operand, negationQuestion(offset), scope);
}

/** A path of a variable; null for any other expression, of which nothing is compiled then. */
export function variablePath(expr: Expr, scope: Scope): Path | null {
  let from = expr.kind === 'call' && expr.target !== null ? expr.target : expr;
  while (from.kind === 'select' && !from.test && scope.wholeSource(from) === null) from = from.operand;
  if (from.kind !== 'ident' || constantOf(from, scope) !== undefined) return null;
  return scope.sourceOf(from)?.kind === 'slot' ? readable(expr, null, scope) : null;
}

/** A path of which something is asked; null for any other value, of which nothing is compiled then. */
function readable(value: Expr, question: Question | null, scope: Scope): Path | null {
  if (!isPlainSelect(value, scope)) return value.kind === 'call' ? pathOr(value, question, scope) : null;
  const [start, steps] = pathTo(value, scope, 1);
  return pathOf(start, { root: 1, steps, further: null, none: undefined, question });
}

/** `a.?b.c.orValue('d')`, for which no optional is made; null for anything else. */
export function compilePathOr(call: Call, scope: Scope): Evaluate | null {
  const path = pathOr(call, null, scope);
  return path === null ? null : present(readPath(path));
}

function pathOr(call: Call, question: Question | null, scope: Scope): Path | null {
  const { name, target, args } = call;
  const [argument] = args;
  if (name !== 'orValue' || args.length !== 1 || target?.kind !== 'select' || argument === undefined) return null;
  if (!isOptionalNode(target) || !scope.hasFeature('optional syntax') || isLenient(name, scope)) return null;
  const none = constantOf(argument, scope);
  if (none === undefined) return null;
  const [further, from] = optionalSteps(target, scope);
  if (isOptionalNode(from)) return null;
  const [start, steps] = pathTo(from, scope, 1);
  return pathOf(start, { root: 1, steps, further, none, question });
}

/** What a selection reads from: another chain, or any other value, which makes a chain of its own. */
function compileOperand(expr: Expr, scope: Scope, root: Root): Evaluate {
  const constant = constantOf(expr, scope);
  if (constant !== undefined)
    return (frame) => {
      frame.cost += root;
      return constant;
    };
  if (isAttribute(expr)) return compileAttribute(expr, scope, root);
  const evaluate = scope.compile(expr);
  if (root === 0 || isConditional(expr)) return evaluate;
  return (frame) => {
    const value = evaluate(frame);
    frame.cost += 1;
    return value;
  };
}

/** Compiles a key, or a branch of `?:`: without what a chain costs by itself. */
export function compileUncharged(expr: Expr, scope: Scope): Evaluate {
  return isChain(expr, scope) ? compileAttribute(expr, scope, 0) : scope.compile(expr);
}

/** Compiles a node of optional type without its wrapper: `a.?b.c[?0]` makes no Optional on its way. */
export function compileOptional(expr: Expr, scope: Scope): EvaluateOptional {
  if (isOptionalNode(expr)) return compileChain(expr, scope, 1);
  // A value that may turn out to be an optional: unwrapped here, so that none stays none.
  return opening(scope.compile(expr), false);
}

/** The fields of an optional selection from the first `.?` on, and what they are read from. */
function optionalSteps(expr: Select, scope: Scope): readonly [Step | null, Expr] {
  let steps: Step | null = null;
  let from: Expr = expr;
  while (from.kind === 'select' && isOptionalNode(from)) {
    if (from.optional) scope.requires('optional syntax', "unsupported syntax '?'", from.offset);
    steps = stepOf(from, steps);
    from = from.operand;
  }
  return [steps, from];
}

/** From the first `.?` on, a step to what is not there, or that fails, ends the chain uncharged. */
function compileChain(expr: Expr, scope: Scope, root: Root): EvaluateOptional {
  if (expr.kind === 'call' && expr.name === '_[?_]')
    scope.requires('optional syntax', "unsupported syntax '?'", expr.offset);
  const parts = indexParts(expr);
  if (parts !== null) {
    const container = compileChainOperand(parts[0], scope, root);
    const key = compileUncharged(parts[1], scope);
    const { offset } = expr;
    return (frame) => {
      const from = container(frame);
      if (from === undefined || from instanceof Fault) return from;
      return indexOptional(frame, from, key(frame), offset);
    };
  }
  if (expr.kind !== 'select') throw new Error('an optional chain that is none');
  const [further, from] = optionalSteps(expr, scope);
  if (isOptionalNode(from)) return continuePath(compileChain(from, scope, root), further);
  const [start, steps] = pathTo(from, scope, root);
  return readPath(pathOf(start, { root, steps, further, none: undefined, question: null }));
}

/** `from[?key]`; undefined is none. */
function indexOptional(frame: Frame, from: Value, key: Value, offset: number): Value | undefined {
  const found = indexOfOptional(from, key);
  if (found === undefined) return undefined;
  if (found instanceof Fault) return at(found, offset);
  frame.cost += 1;
  return found;
}

function compileChainOperand(expr: Expr, scope: Scope, root: Root): EvaluateOptional {
  if (isOptionalNode(expr)) return compileChain(expr, scope, root);
  return opening(compileOperand(expr, scope, root), isStep(expr));
}

function opening(operand: Evaluate, isFound: boolean): EvaluateOptional {
  return (frame) => {
    const value = operand(frame);
    return isOpen(value, isFound) ? value.value : value;
  };
}

function wrapOptional(optional: EvaluateOptional): Evaluate {
  return (frame) => wrapped(optional(frame));
}

/** The optional of what an optional chain found. */
export function wrapped(value: Value | undefined): Value {
  return value === undefined ? NONE : value instanceof Fault ? value : new Optional(value);
}

/** The value in an optional, undefined for none; what is no optional stays as it is. */
export function unwrapped(value: Value): Value | undefined {
  return value instanceof Optional ? value.value : value;
}
