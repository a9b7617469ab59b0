import type { Expr, Literal } from '../syntax/ast.ts';
import type { Type } from './types/type.ts';

/**
 * An expression with its macros expanded as cel-go's parser expands them: what its checker and its cost model walk
 * over. Types are filled in by the checker.
 */
export type Core =
  CoreLiteral | CoreIdent | CoreSelect | CoreCall | CoreList | CoreMap | CoreStruct | CoreComprehension;

interface CoreNode {
  /** The expression it comes from: for what a macro made, the macro. */
  readonly source: Expr;
  /** True for what a macro made. */
  readonly made: boolean;
  type: Type;
}

export interface CoreLiteral extends CoreNode {
  readonly kind: 'literal';
  readonly value: Literal['value'];
}

/** A name; a leading dot stays on it. */
export interface CoreIdent extends CoreNode {
  readonly kind: 'ident';
  readonly name: string;
}

/** `operand.field`, `has(operand.field)`, `operand.?field`; `qualified` where the checker found it to be one name. */
export interface CoreSelect extends CoreNode {
  readonly kind: 'select';
  readonly operand: Core;
  readonly field: string;
  readonly test: boolean;
  readonly optional: boolean;
  qualified: string | null;
}

/** A call; the checker notes the overloads that fit, and the full name where the target was but its namespace. */
export interface CoreCall extends CoreNode {
  readonly kind: 'call';
  readonly name: string;
  readonly target: Core | null;
  readonly args: readonly Core[];
  overloads: readonly string[];
  namespaced: string | null;
}

export interface CoreList extends CoreNode {
  readonly kind: 'list';
  readonly elements: readonly { readonly value: Core; readonly optional: boolean }[];
}

export interface CoreMap extends CoreNode {
  readonly kind: 'map';
  readonly entries: readonly { readonly key: Core; readonly value: Core; readonly optional: boolean }[];
}

export interface CoreStruct extends CoreNode {
  readonly kind: 'struct';
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly value: Core; readonly optional: boolean }[];
}

/** A fold (cel-go common/ast, ComprehensionExpr). */
export interface CoreComprehension extends CoreNode {
  readonly kind: 'comprehension';
  readonly range: Core;
  readonly variable: string;
  readonly variable2: string | null;
  readonly accumulator: string;
  readonly init: Core;
  readonly condition: Core;
  readonly step: Core;
  readonly result: Core;
}

/** cel-go's name of a fold's accumulator. */
export const ACCUMULATOR = '@result';

/** `a.b.c` of identifiers and plain selections as one dotted name, null for anything else. */
export function qualifiedName(core: Core): string | null {
  if (core.kind === 'ident') return core.name;
  if (core.kind !== 'select' || core.test || core.optional) return null;
  const operand = qualifiedName(core.operand);
  return operand === null ? null : `${operand}.${core.field}`;
}

/** The name that a selection begins with, without a leading dot; null where it begins with another expression. */
export function rootName(core: Core): string | null {
  let root = core;
  while (root.kind === 'select') root = root.operand;
  if (root.kind !== 'ident') return null;
  return root.name.startsWith('.') ? root.name.slice(1) : root.name;
}

/** The parts of an expression, in cel-go's order. */
export function children(core: Core): readonly Core[] {
  switch (core.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return [core.operand];
    case 'call':
      return core.target === null || core.namespaced !== null ? core.args : [core.target, ...core.args];
    case 'list':
      return core.elements.map(({ value }) => value);
    case 'map':
      return core.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return core.fields.map(({ value }) => value);
    case 'comprehension':
      return [core.range, core.init, core.condition, core.step, core.result];
  }
}

/** Calls `visit` with each part: what {@link children} gives, without a list of them. */
export function eachPart(core: Core, visit: (part: Core) => void): void {
  switch (core.kind) {
    case 'literal':
    case 'ident':
      return;
    case 'select':
      visit(core.operand);
      return;
    case 'call':
      if (core.target !== null && core.namespaced === null) visit(core.target);
      for (const arg of core.args) visit(arg);
      return;
    case 'comprehension':
      visit(core.range);
      visit(core.init);
      visit(core.condition);
      visit(core.step);
      visit(core.result);
      return;
    default:
      for (const part of children(core)) visit(part);
  }
}
