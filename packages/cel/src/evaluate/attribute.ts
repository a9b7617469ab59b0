import type { Scope } from '../environment/scope.ts';
import type { Call, Expr, Ident, Select } from '../syntax/ast.ts';
import { Fault } from '../values/fault.ts';
import { NONE, Optional } from '../values/optional.ts';
import type { Value } from '../values/value.ts';
import { constantOf } from './constant.ts';
import { at } from './fault-place.ts';
import { fieldOfOptional, hasField, indexInto, indexOfOptional, isInherited, selectField } from './field.ts';
import type { Evaluate, EvaluateOptional, Frame } from './frame.ts';
import { isOptionalNode } from './optional-form.ts';

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
  const key = compileKey(parts[1], scope);
  return (frame) => {
    const from = container(frame);
    return from instanceof Fault ? from : index(frame, from, key(frame), expr.offset);
  };
}

/** `from[key]`; a container that failed is not asked. */
export function index(frame: Frame, from: Value, key: Value, offset: number): Value {
  if (from instanceof Fault) return from;
  frame.cost += 1;
  return key instanceof Fault ? key : at(indexInto(from, key), offset);
}

function compileSelect(expr: Select, scope: Scope, root: Root): Evaluate {
  const whole = scope.resolveWhole(expr, root);
  if (whole !== null) return whole;
  const { field, offset } = expr;
  if (expr.test) return compileTest(expr, scope);
  const operand = compileOperand(expr.operand, scope, root);
  const inherited = isInherited(field);
  return (frame) => select(frame, operand(frame), field, inherited, offset);
}

/** One step of a chain, `from.field`. */
export function select(frame: Frame, from: Value, field: string, inherited: boolean, offset: number): Value {
  const value = selectField(from, field, inherited);
  if (value instanceof Fault) {
    // What the operand failed with goes on: this step was not taken.
    if (value === from) return value;
    if (value.offset === -1) value.offset = offset;
  }
  frame.cost += 1;
  return value;
}

/** `has(a.b)` costs the steps alone. */
function compileTest(expr: Select, scope: Scope): Evaluate {
  const operand = compileOperand(expr.operand, scope, 0);
  const { field, offset } = expr;
  return (frame) => test(frame, operand(frame), field, offset);
}

/** `has(from.field)` of an operand that was read. */
export function test(frame: Frame, from: Value, field: string, offset: number): Value {
  if (from instanceof Fault) return from;
  frame.cost += 1;
  return at(hasField(from, field), offset);
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

/** A key, without what a chain costs by itself. */
function compileKey(expr: Expr, scope: Scope): Evaluate {
  const constant = constantOf(expr, scope);
  if (constant !== undefined) return () => constant;
  return isAttribute(expr) ? compileAttribute(expr, scope, 0) : scope.compile(expr);
}

/** A branch of `?:`. */
export function compileBranch(expr: Expr, scope: Scope): Evaluate {
  return constantOf(expr, scope) === undefined && isAttribute(expr)
    ? compileAttribute(expr, scope, 0)
    : scope.compile(expr);
}

/** Compiles a node of optional type without its wrapper: `a.?b.c[?0]` makes no Optional on its way. */
export function compileOptional(expr: Expr, scope: Scope): EvaluateOptional {
  if (isOptionalNode(expr)) return compileChain(expr, scope, 1);
  // A value that may turn out to be an optional: unwrapped here, so that none stays none.
  const plain = scope.compile(expr);
  return (frame) => {
    const value = plain(frame);
    return value instanceof Optional ? value.value : value;
  };
}

/** From the first `.?` on, a step to what is not there, or that fails, ends the chain uncharged. */
function compileChain(expr: Expr, scope: Scope, root: Root): EvaluateOptional {
  if ((expr.kind === 'select' && expr.optional) || (expr.kind === 'call' && expr.name === '_[?_]'))
    scope.requires('optional syntax', "unsupported syntax '?'", expr.offset);
  const parts = indexParts(expr);
  if (parts !== null) {
    const container = compileChainOperand(parts[0], scope, root);
    const key = compileKey(parts[1], scope);
    return (frame) => {
      const from = container(frame);
      if (from === undefined || from instanceof Fault) return from;
      return indexOptional(frame, from, key(frame), expr.offset);
    };
  }
  if (expr.kind !== 'select') throw new Error('an optional chain that is none');
  const operand = compileChainOperand(expr.operand, scope, root);
  const { field, offset } = expr;
  return (frame) => selectOptional(frame, operand(frame), field, offset);
}

/** `from[?key]`; undefined is none. */
export function indexOptional(frame: Frame, from: Value | undefined, key: Value, offset: number): Value | undefined {
  if (from === undefined || from instanceof Fault) return from;
  const found = indexOfOptional(from, key);
  if (found === undefined) return undefined;
  if (found instanceof Fault) return at(found, offset);
  frame.cost += 1;
  return found;
}

/** One step of an optional chain, `from.?field`; undefined is none. */
export function selectOptional(
  frame: Frame,
  from: Value | undefined,
  field: string,
  offset: number,
): Value | undefined {
  if (from === undefined || from instanceof Fault) return from;
  const found = fieldOfOptional(from, field);
  if (found === undefined) return undefined;
  if (found instanceof Fault) return at(found, offset);
  frame.cost += 1;
  return found;
}

function compileChainOperand(expr: Expr, scope: Scope, root: Root): EvaluateOptional {
  if (isOptionalNode(expr)) return compileChain(expr, scope, root);
  const plain = compileOperand(expr, scope, root);
  return (frame) => {
    const value = plain(frame);
    return value instanceof Optional ? value.value : value;
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
