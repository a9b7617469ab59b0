import type { Scope } from '../environment/scope.ts';
import { constantOf } from '../evaluate/constant.ts';
import type { Expr } from '../syntax/ast.ts';
import { parts } from '../syntax/parts.ts';

/** Calls that generated code makes in place, in next to no time. */
const cheap: ReadonlySet<string> = new Set([
  '!_',
  '@in',
  '_!=_',
  '_+_',
  '_<=_',
  '_<_',
  '_==_',
  '_>=_',
  '_>_',
  '_[?_]',
  '_[_]',
  'hasValue',
  'orValue',
  'value',
]);

/** True for what may be computed though nobody may read it: it runs no loop, makes nothing, and calls no function. */
export function isCheap(
  expr: Expr,
  scope: Scope,
  variable: (index: number) => { readonly expr: Expr; readonly scope: Scope } | null,
  looked: Set<number> = new Set(),
): boolean {
  if (constantOf(expr, scope) !== undefined) return true;
  if (expr.kind === 'macro' || expr.kind === 'list' || expr.kind === 'map' || expr.kind === 'struct') return false;
  if (expr.kind === 'call' && !cheap.has(expr.name)) return false;
  const source = expr.kind === 'select' ? scope.wholeSource(expr) : null;
  const read = source?.kind === 'composed' ? variable(source.index) : null;
  if (source?.kind === 'composed' && read !== null) {
    // Once each: variables that read one another twice would be looked through twice as often at every step.
    if (looked.has(source.index)) return true;
    looked.add(source.index);
    return isCheap(read.expr, read.scope, variable, looked);
  }
  return parts(expr).every((part) => isCheap(part, scope, variable, looked));
}
