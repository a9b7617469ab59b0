import type { Expr } from '../syntax/ast.ts';

/** True where a node's value is of optional type by its form, so that the wrapper can be left out. */
export function isOptionalNode(expr: Expr): boolean {
  if (expr.kind === 'select') return !expr.test && (expr.optional || isOptionalNode(expr.operand));
  if (expr.kind !== 'call' || (expr.name !== '_[_]' && expr.name !== '_[?_]')) return false;
  const [container] = expr.args;
  return expr.name === '_[?_]' || (container !== undefined && isOptionalNode(container));
}
