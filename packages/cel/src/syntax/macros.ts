import type { Expr, MacroName } from './ast.ts';

type Unnumbered<T> = T extends unknown ? Omit<T, 'id' | 'offset' | 'end'> : never;

/** A node before the parser gives it id and range. */
export type NewNode = Unnumbered<Extract<Expr, { kind: 'macro' | 'select' }>>;

const oneVariable: ReadonlyMap<string, MacroName> = new Map([
  ['all', 'all'],
  ['exists', 'exists'],
  ['exists_one', 'exists_one'],
  ['map', 'map'],
  ['filter', 'filter'],
  ['optMap', 'optMap'],
  ['optFlatMap', 'optFlatMap'],
]);

const twoVariables: ReadonlyMap<string, MacroName> = new Map([
  ['all', 'all'],
  ['exists', 'exists'],
  ['existsOne', 'exists_one'],
  ['exists_one', 'exists_one'],
  ['transformList', 'transformList'],
  ['transformMap', 'transformMap'],
  ['transformMapEntry', 'transformMapEntry'],
]);

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
  if (first === undefined || second === undefined) return null;
  if (name === 'bind' && target.kind === 'ident' && target.name === 'cel' && third !== undefined && args.length === 3)
    return {
      kind: 'macro',
      name: 'bind',
      range: second,
      variables: [variable(first, fault)],
      condition: null,
      body: third,
    };
  const one = oneVariable.get(name);
  if (one !== undefined && args.length === 2)
    return {
      kind: 'macro',
      name: one,
      range: target,
      variables: [variable(first, fault)],
      condition: null,
      body: second,
    };
  if (name === 'map' && args.length === 3 && third !== undefined)
    return {
      kind: 'macro',
      name: 'map',
      range: target,
      variables: [variable(first, fault)],
      condition: second,
      body: third,
    };
  const two = twoVariables.get(name);
  if (two === undefined || third === undefined || args.length > 4) return null;
  if (args.length === 4 && !two.startsWith('transform')) return null;
  const variables = [variable(first, fault), variable(second, fault)];
  if (variables[0] === variables[1]) throw fault(second.offset, `duplicate variable name: ${variables[1]}`);
  return {
    kind: 'macro',
    name: two,
    range: target,
    variables,
    condition: fourth === undefined ? null : third,
    body: fourth ?? third,
  };
}

function variable(expr: Expr, fault: (offset: number, message: string) => Error): string {
  if (expr.kind !== 'ident' || expr.absolute) throw fault(expr.offset, 'argument must be a simple name');
  if (expr.name === '__result__' || expr.name === '@result')
    throw fault(expr.offset, 'iteration variable overwrites accumulator variable');
  return expr.name;
}
