import type { Activation, Program } from '../program.ts';
import type { Expr, Macro } from '../syntax/ast.ts';
import { Fault } from '../values/fault.ts';
import { Optional } from '../values/optional.ts';
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
  return mostPrecise([...new Set(reasons(tracer, program.ast.expr, tracer.outermost).map(({ path }) => path))]);
}

/** Leaves out a path where another one goes further into the same field: `a.b` beside `a.b.c`. */
function mostPrecise(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`) || other.startsWith(`${path}[`)));
}

/** A path that counts, and whether there is anything at it. */
interface Reason {
  readonly path: string;
  readonly present: boolean;
}

function reasons(tracer: Tracer, expr: Expr, place: Place): readonly Reason[] {
  switch (expr.kind) {
    case 'literal':
      return [];
    case 'logical': {
      const decisive = expr.operator === '||';
      const deciding = expr.args.find((arg) => tracer.value(arg, place) === decisive);
      if (deciding !== undefined) return reasons(tracer, deciding, place);
      return whatIsThere(expr.args.flatMap((arg) => reasons(tracer, arg, place)));
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

/**
 * Of an alternative that failed altogether, `hostUsers is false || runAsUser is not 0`, a field that says the wrong
 * thing explains more than one that is absent.
 */
function whatIsThere(found: readonly Reason[]): readonly Reason[] {
  const present = found.filter((reason) => reason.present);
  return present.length > 0 ? present : found;
}

function isPresent(tracer: Tracer, expr: Expr, place: Place): boolean {
  if (expr.kind === 'call' && expr.name === 'orValue' && expr.target !== null)
    return isPresent(tracer, expr.target, place);
  const value = tracer.value(expr, place);
  if (expr.kind === 'select' && expr.test) return value === true;
  return !(value instanceof Fault) && !(value instanceof Optional && value.value === undefined);
}

function reasonsOfReading(tracer: Tracer, expr: Expr, place: Place): readonly Reason[] {
  const composed = tracer.composed(expr);
  if (composed !== null) return reasons(tracer, composed, tracer.outermost);
  const path = tracer.path(expr, place);
  if (path !== null) return [{ path, present: isPresent(tracer, expr, place) }];
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
    case 'struct':
      return expr.fields.flatMap((field) => reasons(tracer, field.value, place));
    default:
      return [];
  }
}

function reasonsOfMacro(tracer: Tracer, macro: Macro, place: Place): readonly Reason[] {
  const range = (): readonly Reason[] => {
    const path = tracer.path(macro.range, place);
    return path === null ? reasons(tracer, macro.range, place) : [{ path, present: true }];
  };
  if (macro.name === 'bind' || macro.name === 'optMap' || macro.name === 'optFlatMap') {
    const inner = tracer.bound(macro, place);
    const found = inner === null ? [] : reasons(tracer, macro.body, inner);
    return found.length > 0 ? found : range();
  }
  if (macro.name !== 'all' && macro.name !== 'exists') return range();
  const decisive = macro.name === 'exists';
  const turns = tracer.turns(macro, place);
  const deciding: (readonly Reason[])[] = [];
  const all: (readonly Reason[])[] = [];
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
