import type { Expr } from '../syntax/ast.ts';

/** A field path that an expression may read: the variable, then fields; `*` for an index or key that is computed. */
export type FieldPath = readonly string[];

/**
 * Every field path that an expression can read, through loop variables; `variables.x` stays as it is. A path stands
 * for everything under it. For the dependency index: more than what one evaluation reads, never less.
 */
export function paths(expr: Expr): readonly FieldPath[] {
  const found = new Map<string, FieldPath>();
  const add = (path: FieldPath): void => void found.set(path.join('\0'), path);
  collect(expr, new Map(), add);
  return [...found.values()];
}

type Locals = ReadonlyMap<string, FieldPath | null>;

/** The path that an expression names, null where it is computed. */
function named(expr: Expr, locals: Locals): FieldPath | null {
  if (expr.kind === 'ident')
    return locals.has(expr.name) && !expr.absolute ? (locals.get(expr.name) ?? null) : [expr.name];
  if (expr.kind === 'select') {
    const operand = named(expr.operand, locals);
    return operand === null ? null : [...operand, expr.field];
  }
  if (expr.kind === 'call' && (expr.name === '_[_]' || expr.name === '_[?_]')) {
    const [container, index] = expr.args;
    const operand = container === undefined ? null : named(container, locals);
    if (operand === null) return null;
    return [...operand, index?.kind === 'literal' && index.value.type === 'string' ? index.value.value : '*'];
  }
  if (expr.kind === 'call' && expr.name === 'orValue' && expr.target !== null) return named(expr.target, locals);
  return null;
}

function collect(expr: Expr, locals: Locals, add: (path: FieldPath) => void): void {
  const path = named(expr, locals);
  if (path !== null) add(path);
  switch (expr.kind) {
    case 'select':
      if (path === null) collect(expr.operand, locals, add);
      return;
    case 'call':
      if (expr.target !== null && path === null) collect(expr.target, locals, add);
      for (const arg of path === null || expr.name === 'orValue' ? expr.args : expr.args.slice(1))
        collect(arg, locals, add);
      return;
    case 'logical':
      for (const arg of expr.args) collect(arg, locals, add);
      return;
    case 'conditional':
      for (const part of [expr.condition, expr.yes, expr.no]) collect(part, locals, add);
      return;
    case 'list':
      for (const element of expr.elements) collect(element.value, locals, add);
      return;
    case 'map':
      for (const part of expr.entries.flatMap((entry) => [entry.key, entry.value])) collect(part, locals, add);
      return;
    case 'struct':
      for (const field of expr.fields) collect(field.value, locals, add);
      return;
    case 'macro': {
      collect(expr.range, locals, add);
      const range = named(expr.range, locals);
      // Without a name for the range, whatever it reads is read whole already.
      const inner = new Map([
        ...locals,
        ...expr.variables.map((name) => [name, range === null ? null : [...range, '*']] as const),
      ]);
      if (expr.condition !== null) collect(expr.condition, inner, add);
      collect(expr.body, inner, add);
      return;
    }
    default:
  }
}
