import type { Compiler, Scope } from '../environment/scope.ts';
import type { Conditional, Expr, ListExpr, Logical, MapExpr } from '../syntax/ast.ts';
import { ErrorValue, Fault } from '../values/fault.ts';
import { makeMap } from '../values/make-map.ts';
import { Optional } from '../values/optional.ts';
import type { Value } from '../values/value.ts';
import { compileAttribute, compileOptional, compileUncharged } from './attribute.ts';
import { compileCall } from './call.ts';
import { constantOf } from './constant.ts';
import { asFault, at, worse } from './fault-place.ts';
import type { Evaluate } from './frame.ts';
import { compileMacro } from './macro.ts';
import { isOptionalNode } from './optional-form.ts';
import { isReread, reread } from './reread.ts';
import { compileStruct } from './struct.ts';

/** What new lists and maps cost (cel-go common/cost.go). */
export const LIST_COST = 10;
const MAP_COST = 30;

/**
 * Turns an expression into a closure. Faults are values; a fault made here carries the offset of its node.
 * `scope` resolves names and collects what does not compile.
 */
function compileExpr(expr: Expr, scope: Scope): Evaluate {
  const constant = constantOf(expr, scope);
  if (constant !== undefined) return () => constant;
  switch (expr.kind) {
    case 'ident':
    case 'select':
      return compileAttribute(expr, scope, 1);
    case 'call':
      return expr.name === '_[_]' || isOptionalNode(expr) ? compileAttribute(expr, scope, 1) : compileCall(expr, scope);
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
      return compileStruct(expr, scope);
    case 'literal':
      throw new Error('a literal that is no constant');
  }
}

function compileLogical(expr: Logical, scope: Scope): Evaluate {
  const args = expr.args.map((arg) => scope.compile(arg));
  return logical(args, expr.operator === '||', expr.offset);
}

// What a closure is made in keeps all that any function in it reads: one that is made beside the tree and the scope
// keeps them too. So closures are made in functions that have their parts alone.

function logical(args: readonly Evaluate[], decisive: boolean, offset: number): Evaluate {
  const [first, second] = args;
  if (args.length === 2 && first !== undefined && second !== undefined) {
    return (frame) => {
      const a = first(frame);
      if (a === decisive) return decisive;
      const b = second(frame);
      if (b === decisive) return decisive;
      if (a === !decisive && b === !decisive) return b;
      return undecided([a, b], decisive, offset);
    };
  }
  return (frame) => {
    let others: Value[] | null = null;
    for (const arg of args) {
      const value = arg(frame);
      if (value === decisive) return decisive;
      if (value !== !decisive) (others ??= []).push(value);
    }
    return others === null ? !decisive : undecided(others, decisive, offset);
  };
}

/** What `&&` or `||` gives where no operand decides: unknowns outrank errors (cel-go interpreter, evalAnd/evalOr). */
function undecided(values: readonly Value[], decisive: boolean, offset: number): Value {
  let fault: Fault | undefined;
  for (const value of values) if (value !== !decisive) fault = worse(fault, asFault(value, offset));
  return fault ?? !decisive;
}

function compileConditional(expr: Conditional, scope: Scope): Evaluate {
  const condition = scope.compile(expr.condition);
  const yes = compileUncharged(expr.yes, scope);
  const no = compileUncharged(expr.no, scope);
  const [rereadsYes, rereadsNo] = [isReread(expr.yes), isReread(expr.no)];
  const { offset } = expr.condition;
  return (frame) => {
    const value = condition(frame);
    if (value === true) return rereadsYes ? reread(yes(frame)) : yes(frame);
    if (value === false) return rereadsNo ? reread(no(frame)) : no(frame);
    return asFault(value, offset);
  };
}

function compileList(expr: ListExpr, scope: Scope): Evaluate {
  requireOptionals(expr.elements, expr.offset, scope);
  const elements = expr.elements.map(({ value, optional }) => ({
    optional,
    evaluate: scope.compile(value),
    offset: value.offset,
  }));
  return listOf(elements);
}

interface Element {
  readonly optional: boolean;
  readonly evaluate: Evaluate;
  readonly offset: number;
}

function listOf(elements: readonly Element[]): Evaluate {
  return (frame) => {
    const list: Value[] = [];
    let fault: Fault | undefined;
    for (const { optional, evaluate, offset } of elements) {
      const value = optional ? unwrapEntry(evaluate(frame), offset) : evaluate(frame);
      if (value instanceof Fault) {
        fault = value;
        break;
      }
      if (value !== undefined) list.push(value);
    }
    frame.cost += LIST_COST;
    return fault ?? list;
  };
}

/** `[?x]` and `{?k: v}` came with optionals. */
function requireOptionals(parts: readonly { readonly optional: boolean }[], offset: number, scope: Scope): void {
  if (parts.some(({ optional }) => optional)) scope.requires('optional syntax', "unsupported syntax '?'", offset);
}

/** The value of an entry that may be left out: undefined for none. */
function unwrapEntry(value: Value, offset: number): Value | undefined {
  if (value instanceof Fault) return value;
  return value instanceof Optional
    ? value.value
    : at(new ErrorValue('cannot initialize optional entry from a non-optional value'), offset);
}

function compileMap(expr: MapExpr, scope: Scope): Evaluate {
  requireOptionals(expr.entries, expr.offset, scope);
  const entries = expr.entries.map((entry) => ({
    optional: entry.optional,
    key: scope.compile(entry.key),
    value: scope.compile(entry.value),
    offset: entry.key.offset,
  }));
  return mapOf(entries, expr.offset);
}

interface Entry {
  readonly optional: boolean;
  readonly key: Evaluate;
  readonly value: Evaluate;
  readonly offset: number;
}

function mapOf(entries: readonly Entry[], offset: number): Evaluate {
  return (frame) => {
    const built: { key: Value; value: Value | undefined }[] = [];
    let fault: Fault | undefined;
    for (const entry of entries) {
      const key = entry.key(frame);
      const value =
        key instanceof Fault
          ? key
          : entry.optional
            ? unwrapEntry(entry.value(frame), entry.offset)
            : entry.value(frame);
      if (value instanceof Fault) {
        fault = value;
        break;
      }
      built.push({ key, value });
    }
    frame.cost += MAP_COST;
    return fault ?? at(makeMap(built), offset);
  };
}

/** The compiler to closures, as scopes hand it to the parts that compile sub-expressions. */
export const closures: Compiler = { expr: compileExpr, optional: compileOptional };
