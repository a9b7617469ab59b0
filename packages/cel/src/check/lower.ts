import type { Call, Expr, Logical } from '../syntax/ast.ts';
import type { Core } from './core.ts';
import { expand, expandSortBy } from './expand-macro.ts';
import { Maker } from './maker.ts';

/** Which macros the environment has. */
export interface Macros {
  readonly optionals: boolean;
  readonly twoVariables: boolean;
  readonly sortBy: boolean;
  readonly bind: boolean;
  readonly math: boolean;
  /** Kyverno's `orValue`, a function of its own. */
  readonly orValue: boolean;
}

/** What Kyverno makes of `orValue` (kyverno pkg/cel/compiler/env.go). */
export const OR_VALUE = '__orValueCompat__';

/** What an expression becomes. */
export interface Lowered {
  readonly core: Core;
  /** True where it becomes too large; then some of its parts are missing from `core`. */
  readonly tooLarge: boolean;
}

/** `optMap` has its target twice, so that each further one of a chain doubles the whole: cel-go runs out of memory. */
const mostParts = 100_000;

/** Turns an expression into what cel-go's parser makes of it: macros expanded, chains of `&&` and `||` as trees. */
export function lower(expr: Expr, macros: Macros, source: string): Lowered {
  let parts = 0;
  const inner = (part: Expr): Core => {
    parts += 1;
    return parts > mostParts ? new Maker(part, false).bool(false) : lowerOne(part, macros, inner, source);
  };
  return { core: inner(expr), tooLarge: parts > mostParts };
}

function lowerOne(expr: Expr, macros: Macros, inner: (part: Expr) => Core, source: string): Core {
  const make = new Maker(expr, false);
  switch (expr.kind) {
    case 'literal':
      return make.literal(expr.value);
    case 'ident':
      return make.ident(expr.absolute ? `.${expr.name}` : expr.name);
    case 'select':
      return make.select(inner(expr.operand), expr.field, expr.test, expr.optional);
    case 'call':
      return lowerCall(expr, macros, inner, make);
    case 'logical':
      return balanced(expr, expr.args.map(inner));
    case 'conditional':
      return make.call('_?_:_', [inner(expr.condition), inner(expr.yes), inner(expr.no)]);
    case 'list':
      return make.list(expr.elements.map(({ value, optional }) => ({ value: inner(value), optional })));
    case 'map':
      return make.map(
        expr.entries.map(({ key, value, optional }) => ({ key: inner(key), value: inner(value), optional })),
      );
    case 'struct':
      return make.struct(
        expr.type,
        expr.fields.map(({ name, value, optional }) => ({ name, value: inner(value), optional })),
      );
    case 'macro':
      return expand(expr, macros, inner, source);
  }
}

function lowerCall(expr: Call, macros: Macros, inner: (part: Expr) => Core, make: Maker): Core {
  const { name, target, args } = expr;
  if (target === null) return make.call(name, args.map(inner));
  if (macros.math && target.kind === 'ident' && target.name === 'math' && (name === 'least' || name === 'greatest')) {
    const extreme = name === 'least' ? 'math.@min' : 'math.@max';
    const lowered = args.map(inner);
    const made = new Maker(expr, true);
    return lowered.length < 3
      ? made.call(extreme, lowered)
      : made.call(extreme, [made.list(lowered.map((value) => ({ value, optional: false })))]);
  }
  if (macros.orValue && name === 'orValue' && args.length === 1)
    return new Maker(expr, true).call(OR_VALUE, [inner(target), ...args.map(inner)]);
  const [variable, key] = args;
  if (macros.sortBy && name === 'sortBy' && args.length === 2 && variable?.kind === 'ident' && key !== undefined)
    return expandSortBy(expr, inner(target), variable.name, inner(key));
  return make.member(inner(target), name, args.map(inner));
}

/** cel-go balances chains of one logical operator (parser/helper.go balancedTree). */
function balanced(expr: Logical, terms: readonly Core[]): Core {
  const make = new Maker(expr, false);
  const between = (low: number, high: number): Core => {
    const middle = (low + high + 1) >> 1;
    const left = middle === low ? terms[middle] : between(low, middle - 1);
    const right = middle === high ? terms[middle + 1] : between(middle + 1, high);
    if (left === undefined || right === undefined) throw new Error('a chain of one operand');
    return make.call(`_${expr.operator}_`, [left, right]);
  };
  return between(0, terms.length - 2);
}
