import type { Position } from '../errors.ts';
import { limitMessage } from '../evaluate/limits.ts';
import type { Activation, Program } from '../program.ts';
import type { Expr, Macro, MacroName } from '../syntax/ast.ts';
import { parts } from '../syntax/parts.ts';
import { ErrorValue, Fault } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import { type Place, Tracer } from './tracer.ts';

/** What the sub-expression that failed was given. */
export interface Culprit {
  /** Its source text. */
  readonly text: string;
  /** The field path that it was read from, `object.spec.containers[1].image`; null where it was computed. */
  readonly path: string | null;
  readonly value: Value;
}

/** Where an evaluation came to a fault, and with what. */
export interface Culprits {
  /** The composed variable in whose expression that is, `variables.containers`; null for the program's own. */
  readonly variable: string | null;
  /** The text of that expression. */
  readonly source: string;
  /** The place in it; null where the fault has none. */
  readonly position: Position | null;
  readonly operands: readonly Culprit[];
}

/**
 * The values with which an evaluation came to a fault: the operands of the innermost sub-expression that gives it, in
 * the turn of a loop in which it does; literals and faults are left out. None where a limit ended it. Where something had to be true or false, or a
 * list or map to loop over, it is what was neither. Without operands where `fault` is not what the program gives on this
 * activation.
 */
export function culprits(program: Program, activation: Activation, fault: Fault): Culprits {
  const tracer = new Tracer(program, activation);
  const { composed } = program.environment;
  const name = fault.variable;
  const source = (name === null ? null : composed?.sourceOf(name)) ?? program.source;
  const found = isLimit(fault) ? null : innermost(tracer, program.ast.expr, tracer.outermost, fault);
  const place = {
    variable: composed === null || name === null ? null : `${composed.root}.${name}`,
    source,
    position: program.positionOf(fault),
  };
  if (found === null) return { ...place, operands: [] };
  const operands = found.operands.flatMap((operand) => {
    if (operand.kind === 'literal') return [];
    const value = tracer.value(operand, found.place);
    if (value instanceof Fault) return [];
    const text = source.slice(operand.offset, operand.end);
    return [{ text, path: tracer.path(operand, found.place), value }];
  });
  return { ...place, operands };
}

/** The end of a run, or of a composed variable's, by its limit: it comes from no operand. */
function isLimit(fault: Fault): boolean {
  return fault instanceof ErrorValue && (fault.kind === 'cost' || fault.message.endsWith(limitMessage));
}

interface Found {
  /** What the innermost sub-expression that gives the fault was given. */
  readonly operands: readonly Expr[];
  readonly place: Place;
}

function innermost(tracer: Tracer, expr: Expr, place: Place, fault: Fault): Found | null {
  if (expr.kind === 'macro') return inMacro(tracer, expr, place, fault);
  const composed = tracer.composed(expr, place);
  if (composed !== null) return innermost(tracer, composed, tracer.outermost, fault);
  const child = parts(expr).find((candidate) => gives(tracer, candidate, place, fault));
  if (child !== undefined) return innermost(tracer, child, place, fault);
  if (!gives(tracer, expr, place, fault)) return null;
  if (expr.kind === 'logical') return { operands: expr.args.filter((arg) => isNoTruth(tracer, arg, place)), place };
  if (expr.kind === 'conditional') return { operands: [expr.condition], place };
  return { operands: expr.kind === 'select' || expr.kind === 'call' ? parts(expr) : [], place };
}

/** Macros whose body may be anything; the others ask whether it is true. */
const free: ReadonlySet<MacroName> = new Set([
  'map',
  'bind',
  'optMap',
  'optFlatMap',
  'transformList',
  'transformMap',
  'transformMapEntry',
]);

function inMacro(tracer: Tracer, macro: Macro, place: Place, fault: Fault): Found | null {
  if (gives(tracer, macro.range, place, fault)) return innermost(tracer, macro.range, place, fault);
  const turns = tracer.turns(macro, place);
  for (const turn of turns) {
    for (const part of [macro.condition, macro.body]) {
      const inner = turn.enter();
      if (part !== null && gives(tracer, part, inner, fault)) return innermost(tracer, part, inner, fault);
    }
  }
  if (!gives(tracer, macro, place, fault)) return null;
  const truths = [macro.condition, free.has(macro.name) ? null : macro.body].filter((part) => part !== null);
  for (const turn of turns) {
    const inner = turn.enter();
    const wrong = truths.filter((part) => isNoTruth(tracer, part, inner));
    if (wrong.length > 0) return { operands: wrong, place: inner };
  }
  return turns.length === 0 ? { operands: [macro.range], place } : null;
}

/** A value that is neither true nor false where one of these has to be. */
function isNoTruth(tracer: Tracer, expr: Expr, place: Place): boolean {
  const value = tracer.value(expr, place);
  return typeof value !== 'boolean' && !(value instanceof Fault);
}

/**
 * Each evaluation makes a fault anew: it is known by the place that it comes from, and an error by its message, before
 * which the composed variables stand that it has come through.
 */
function gives(tracer: Tracer, expr: Expr, place: Place, fault: Fault): boolean {
  const value = tracer.value(expr, place);
  if (!(value instanceof Fault) || value.offset !== fault.offset) return false;
  return !(value instanceof ErrorValue) || !(fault instanceof ErrorValue) || fault.message.endsWith(value.message);
}
