import type { Expr, MacroName } from './ast.ts';

type Unnumbered<T> = T extends unknown ? Omit<T, 'id' | 'offset' | 'end'> : never;

/** A node before the parser gives it id and range. */
export type NewNode = Unnumbered<Extract<Expr, { kind: 'macro' | 'select' }>>;

const oneVariable = /^(?:all|exists|exists_one|map|filter|optMap|optFlatMap)$/;
const twoVariables = /^(?:all|exists|existsOne|exists_one|transform(?:List|Map|MapEntry))$/;

/**
 * What a call becomes when it is a macro (cel-go parser/macro.go, ext/comprehensions.go, cel/library.go), null when it
 * is a plain call: wrong numbers of arguments leave it a call, as in cel-go.
 * @throws what `fault` makes, where a loop variable is no plain name, and where `has` has no selection.
 */
export function expandMacro(
  name: string,
  target: Expr | null,
  args: readonly Expr[],
  fault: (offset: number, message: string) => Error,
): NewNode | null {
  const [first, second, third, fourth] = args;
  if (target === null) {
    if (name !== 'has' || args.length !== 1 || first === undefined) return null;
    if (first.kind !== 'select' || first.test || first.optional)
      throw fault(first.offset, 'invalid argument to has() macro');
    return { kind: 'select', operand: first.operand, field: first.field, test: true, optional: false };
  }
  if (first === undefined || second === undefined || args.length > 4) return null;
  if (name === 'bind' && target.kind === 'ident' && target.name === 'cel' && third !== undefined && args.length === 3)
    return macro(name, second, [variable(first, fault)], null, third);
  if (third === undefined)
    return oneVariable.test(name) ? macro(name, target, [variable(first, fault)], null, second) : null;
  if (name === 'map' && fourth === undefined) return macro(name, target, [variable(first, fault)], second, third);
  if (!twoVariables.test(name) || (fourth !== undefined && !name.startsWith('transform'))) return null;
  const variables = [variable(first, fault), variable(second, fault)];
  if (variables[0] === variables[1]) throw fault(second.offset, `duplicate variable name: ${variables[1]}`);
  const condition = fourth === undefined ? null : third;
  return macro(name === 'existsOne' ? 'exists_one' : name, target, variables, condition, fourth ?? third);
}

/** A macro by a name that is known to be one. */
function macro(name: string, range: Expr, variables: readonly string[], condition: Expr | null, body: Expr): NewNode {
  return { kind: 'macro', name: name as MacroName, range, variables, condition, body };
}

function variable(expr: Expr, fault: (offset: number, message: string) => Error): string {
  if (expr.kind !== 'ident' || expr.absolute) throw fault(expr.offset, 'argument must be a simple name');
  if (expr.name === '__result__' || expr.name === '@result')
    throw fault(expr.offset, 'iteration variable overwrites accumulator variable');
  return expr.name;
}
