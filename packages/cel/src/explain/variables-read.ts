import type { Expr } from '../syntax/ast.ts';
import { parts } from '../syntax/parts.ts';
import { abortOf } from '../values/abort.ts';

/** Composed variables, to be looked through: `variables.x` reads what the expression of `x` reads. */
export interface ComposedVariables {
  readonly root: string;
  readonly names: readonly string[];
  exprOf(name: string): Expr | undefined;
}

/**
 * Every name that an expression mentions, loop variables among them, through composed variables however long their chain
 * is: what can be said of one that is too deep for a closer look.
 */
export function namesRead(expr: Expr, variables: ComposedVariables | null): readonly string[] {
  const names = new Set<string>();
  const looked = new Set<string>();
  const open: Expr[] = [expr];
  const look = (name: string): void => {
    const inner = looked.has(name) ? undefined : variables?.exprOf(name);
    looked.add(name);
    if (inner !== undefined) open.push(inner);
  };
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.kind === 'select' && part.operand.kind === 'ident' && part.operand.name === variables?.root)
      look(part.field);
    else if (part.kind === 'ident' && part.name === variables?.root) for (const name of variables.names) look(name);
    else if (part.kind === 'ident') names.add(part.name);
    else open.push(...parts(part));
  }
  return [...names];
}

/** What `look` finds or, where the stack does not suffice for that, `otherwise`. */
export function orTooDeep<T>(look: () => T, otherwise: () => T): T {
  try {
    return look();
  } catch (error) {
    if (abortOf(error) === null) throw error;
    return otherwise();
  }
}
