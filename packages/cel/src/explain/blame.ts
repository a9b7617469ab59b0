import type { Activation, Program } from '../program.ts';
import type { Expr, Macro } from '../syntax/ast.ts';
import { type Place, Tracer } from './tracer.ts';

/**
 * The field paths that made a program's result what it is, the fewest that explain it: for a validation that came out
 * false, what to look at. Paths begin with the variable's name: `object.spec.containers[0].securityContext.privileged`.
 * `activation` must hold what the program ran on.
 */
export function blame(program: Program, activation: Activation): readonly string[] {
  const tracer = new Tracer(program, activation);
  activation.cost = 0;
  activation.limit = Number.POSITIVE_INFINITY;
  return [...new Set(reasons(tracer, program.ast.expr, tracer.outermost))];
}

function reasons(tracer: Tracer, expr: Expr, place: Place): readonly string[] {
  switch (expr.kind) {
    case 'literal':
      return [];
    case 'logical': {
      const decisive = expr.operator === '||';
      const deciding = expr.args.find((arg) => tracer.value(arg, place) === decisive);
      return deciding === undefined
        ? expr.args.flatMap((arg) => reasons(tracer, arg, place))
        : reasons(tracer, deciding, place);
    }
    case 'conditional': {
      const branch = tracer.value(expr.condition, place) === true ? expr.yes : expr.no;
      const found = reasons(tracer, branch, place);
      return found.length > 0 ? found : reasons(tracer, expr.condition, place);
    }
    case 'macro':
      return reasonsOfMacro(tracer, expr, place);
    default:
      return reasonsOfReading(tracer, expr, place);
  }
}

function reasonsOfReading(tracer: Tracer, expr: Expr, place: Place): readonly string[] {
  const composed = tracer.composed(expr);
  if (composed !== null) return reasons(tracer, composed, tracer.outermost);
  const path = tracer.path(expr, place);
  if (path !== null) return [path];
  switch (expr.kind) {
    case 'select':
      return reasons(tracer, expr.operand, place);
    case 'call': {
      const parts = expr.target === null ? expr.args : [expr.target, ...expr.args];
      return parts.flatMap((part) => reasons(tracer, part, place));
    }
    case 'list':
      return expr.elements.flatMap((element) => reasons(tracer, element.value, place));
    case 'map':
      return expr.entries.flatMap((entry) => reasons(tracer, entry.value, place));
    default:
      return [];
  }
}

function reasonsOfMacro(tracer: Tracer, macro: Macro, place: Place): readonly string[] {
  const range = (): readonly string[] => {
    const path = tracer.path(macro.range, place);
    return path === null ? reasons(tracer, macro.range, place) : [path];
  };
  if (macro.name === 'bind' || macro.name === 'optMap' || macro.name === 'optFlatMap') return range();
  if (macro.name !== 'all' && macro.name !== 'exists') return range();
  const decisive = macro.name === 'exists';
  const turns = tracer.turns(macro, place);
  const deciding: (readonly string[])[] = [];
  const all: (readonly string[])[] = [];
  for (const turn of turns) {
    const inner = turn.enter();
    const value = tracer.value(macro.body, inner);
    const found = reasons(tracer, macro.body, inner);
    all.push(found);
    if (value === decisive) deciding.push(found);
  }
  if (deciding.length > 0) return deciding.flat();
  const found = all.flat();
  return found.length > 0 ? found : range();
}
