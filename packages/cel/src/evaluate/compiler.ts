import type { Conditional, Expr, ListExpr, Literal, Logical, MapExpr, Select } from '../syntax/ast.ts';
import { ErrorValue, Fault, Unknown, noSuchOverload } from '../values/fault.ts';
import { makeMap } from '../values/make-map.ts';
import { NONE, Optional } from '../values/optional.ts';
import type { Value } from '../values/value.ts';
import type { Compiler, Scope } from '../environment/scope.ts';
import { compileCall } from './call.ts';
import { at, worse } from './fault-place.ts';
import { fieldOfOptional, hasField, indexOfOptional, isInherited, selectField } from './field.ts';
import type { Evaluate, EvaluateOptional } from './frame.ts';
import { literalValue } from './literal-value.ts';
import { compileMacro } from './macro.ts';
import { isOptionalNode } from './optional-form.ts';

/**
 * Turns an expression into a closure. Faults are values; a fault made here carries the offset of its node.
 * `scope` resolves names and collects what does not compile.
 */
function compileExpr(expr: Expr, scope: Scope): Evaluate {
  switch (expr.kind) {
    case 'literal':
      return compileLiteral(expr);
    case 'ident':
      return scope.resolve(expr.name, expr, expr.absolute);
    case 'select':
      return compileSelect(expr, scope);
    case 'call':
      return isOptionalNode(expr) ? wrapOptional(compileOptional(expr, scope)) : compileCall(expr, scope);
    case 'logical':
      return compileLogical(expr, scope);
    case 'conditional':
      return compileConditional(expr, scope);
    case 'list':
      return compileList(expr, scope);
    case 'map':
      return compileMap(expr, scope);
    case 'macro':
      return compileMacro(expr, scope);
    case 'struct':
      scope.fault(`undeclared reference to '${expr.type}' (in container '')`, expr.offset);
      return () => noSuchOverload();
  }
}

function compileLiteral(literal: Literal): Evaluate {
  const value = literalValue(literal);
  return () => value;
}

/** Compiles a node of optional type without wrappers: `a.?b.c[?0]` makes no Optional on its way. */
function compileOptional(expr: Expr, scope: Scope): EvaluateOptional {
  if (expr.kind === 'select' && isOptionalNode(expr) && scope.qualified(expr) === null) {
    const operand = compileOptional(expr.operand, scope);
    const { field, offset } = expr;
    return (frame) => {
      frame.cost += 1;
      const found = fieldOfOptional(operand(frame), field);
      return found instanceof Fault ? at(found, offset) : found;
    };
  }
  if (expr.kind === 'call' && isOptionalNode(expr)) {
    const [container, index] = expr.args;
    if (container !== undefined && index !== undefined) {
      const operand = compileOptional(container, scope);
      const key = compileExpr(index, scope);
      return (frame) => {
        frame.cost += 1;
        const found = indexOfOptional(operand(frame), key(frame));
        return found instanceof Fault ? at(found, expr.offset) : found;
      };
    }
  }
  // A value that may turn out to be an optional: unwrapped here, so that none stays none.
  const plain = compileExpr(expr, scope);
  return (frame) => {
    const value = plain(frame);
    return value instanceof Optional ? value.value : value;
  };
}

function wrapOptional(optional: EvaluateOptional): Evaluate {
  return (frame) => {
    const value = optional(frame);
    return value === undefined ? NONE : value instanceof Fault ? value : new Optional(value);
  };
}

function compileSelect(expr: Select, scope: Scope): Evaluate {
  const { field, offset, test } = expr;
  const qualified = scope.qualified(expr);
  if (qualified !== null) return qualified;
  if (isOptionalNode(expr)) return wrapOptional(compileOptional(expr, scope));
  const operand = compileExpr(expr.operand, scope);
  if (test) return (frame) => at(hasField(operand(frame), field), offset);
  const inherited = isInherited(field);
  return (frame) => {
    frame.cost += 1;
    const value = selectField(operand(frame), field, inherited);
    if (value instanceof Fault && value.offset === -1) value.offset = offset;
    return value;
  };
}

function compileLogical(expr: Logical, scope: Scope): Evaluate {
  const args = expr.args.map((arg) => compileExpr(arg, scope));
  const decisive = expr.operator === '||';
  const [first, second] = args;
  if (args.length === 2 && first !== undefined && second !== undefined) {
    return (frame) => {
      const a = first(frame);
      if (a === decisive) return decisive;
      const b = second(frame);
      if (b === decisive) return decisive;
      if (a === !decisive && b === !decisive) return b;
      return undecided([a, b], decisive, expr.offset);
    };
  }
  return (frame) => {
    let clean = true;
    const values: Value[] = [];
    for (const arg of args) {
      const value = arg(frame);
      if (value === decisive) return decisive;
      if (value !== !decisive) clean = false;
      if (!clean) values.push(value);
    }
    return clean ? !decisive : undecided(values, decisive, expr.offset);
  };
}

/** What `&&` or `||` gives where no operand decides: unknowns outrank errors (cel-go interpreter, evalAnd/evalOr). */
function undecided(values: readonly Value[], decisive: boolean, offset: number): Value {
  let unknown: Unknown | undefined;
  let error: Value | undefined;
  for (const value of values) {
    if (value instanceof Unknown) unknown = unknown === undefined ? value : Unknown.merge(unknown, value);
    else if (value !== !decisive) error ??= value instanceof ErrorValue ? value : at(noSuchOverload(), offset);
  }
  return unknown ?? error ?? !decisive;
}

function compileConditional(expr: Conditional, scope: Scope): Evaluate {
  const condition = compileExpr(expr.condition, scope);
  const yes = compileExpr(expr.yes, scope);
  const no = compileExpr(expr.no, scope);
  return (frame) => {
    const value = condition(frame);
    if (value === true) return yes(frame);
    if (value === false) return no(frame);
    return value instanceof Fault ? value : at(noSuchOverload(), expr.condition.offset);
  };
}

function compileList(expr: ListExpr, scope: Scope): Evaluate {
  if (expr.elements.every((element) => element.value.kind === 'literal' && !element.optional)) {
    const constant = expr.elements.map((element) => literalValue(element.value as Literal));
    return (frame) => {
      frame.cost += 10;
      return constant;
    };
  }
  const elements = expr.elements.map(({ value, optional }) => ({
    optional,
    evaluate: compileExpr(value, scope),
    offset: value.offset,
  }));
  return (frame) => {
    frame.cost += 10;
    const list: Value[] = [];
    let fault: Fault | undefined;
    for (const { optional, evaluate, offset } of elements) {
      const value = optional ? unwrapEntry(evaluate(frame), offset) : evaluate(frame);
      if (value instanceof Fault) fault = worse(fault, value);
      else if (value !== undefined) list.push(value);
    }
    return fault ?? list;
  };
}

function unwrapEntry(value: Value, offset: number): Value | undefined {
  if (value instanceof Fault) return value;
  return value instanceof Optional
    ? value.value
    : at(new ErrorValue('cannot initialize optional entry from a non-optional value'), offset);
}

function compileMap(expr: MapExpr, scope: Scope): Evaluate {
  const entries = expr.entries.map((entry) => ({
    optional: entry.optional,
    key: compileExpr(entry.key, scope),
    value: compileExpr(entry.value, scope),
    offset: entry.key.offset,
  }));
  return (frame) => {
    frame.cost += 30;
    const built: { key: Value; value: Value }[] = [];
    let fault: Fault | undefined;
    for (const entry of entries) {
      const key = entry.key(frame);
      const value = entry.optional ? unwrapEntry(entry.value(frame), entry.offset) : entry.value(frame);
      if (key instanceof Fault) fault = worse(fault, key);
      if (value instanceof Fault) fault = worse(fault, value);
      else if (value !== undefined && fault === undefined) built.push({ key, value });
    }
    return fault ?? at(makeMap(built), expr.offset);
  };
}

/** The compiler to closures, as scopes hand it to the parts that compile sub-expressions. */
export const closures: Compiler = { expr: compileExpr, optional: compileOptional };
