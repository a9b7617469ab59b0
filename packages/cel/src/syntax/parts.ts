import type { Expr } from './ast.ts';

/** The expressions that an expression is made of, as they stand in the source. */
export function parts(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return [expr.operand];
    case 'call':
      return expr.target === null ? expr.args : [expr.target, ...expr.args];
    case 'logical':
      return expr.args;
    case 'conditional':
      return [expr.condition, expr.yes, expr.no];
    case 'list':
      return expr.elements.map(({ value }) => value);
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return expr.fields.map(({ value }) => value);
    case 'macro':
      return [expr.range, ...(expr.condition === null ? [] : [expr.condition]), expr.body];
  }
}
