import type { Activation, Program } from '../program.ts';
import type { Expr } from '../syntax/ast.ts';
import { Fault } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import { type Place, Tracer } from './tracer.ts';

/** An operand of the sub-expression that failed. */
export interface Culprit {
  /** Its source text. */
  readonly text: string;
  /** The field path that it was read from, `object.spec.containers[1].image`; null where it was computed. */
  readonly path: string | null;
  readonly value: Value;
}

/**
 * The values with which an evaluation came to a fault: the operands of the innermost sub-expression that gives it, in
 * the turn of a loop in which it does; literals and faults are left out. Empty where `fault` is not what the program
 * gives on this activation.
 */
export function culprits(program: Program, activation: Activation, fault: Fault): readonly Culprit[] {
  const tracer = new Tracer(program, activation);
  activation.cost = 0;
  activation.limit = Number.POSITIVE_INFINITY;
  const found = innermost(tracer, program.ast.expr, tracer.outermost, fault);
  if (found === null) return [];
  return operands(found.expr).flatMap((operand) => {
    if (operand.kind === 'literal') return [];
    const value = tracer.value(operand, found.place);
    if (value instanceof Fault) return [];
    const text = program.ast.source.slice(operand.offset, operand.end);
    return [{ text, path: tracer.path(operand, found.place), value }];
  });
}

interface Found {
  readonly expr: Expr;
  readonly place: Place;
}

function innermost(tracer: Tracer, expr: Expr, place: Place, fault: Fault): Found | null {
  if (expr.kind === 'macro') {
    const inRange = gives(tracer, expr.range, place, fault);
    if (inRange) return innermost(tracer, expr.range, place, fault);
    for (const turn of tracer.turns(expr, place)) {
      for (const part of [expr.condition, expr.body]) {
        const inner = turn.enter();
        if (part !== null && gives(tracer, part, inner, fault)) return innermost(tracer, part, inner, fault);
      }
    }
    return null;
  }
  const child = children(expr).find((candidate) => gives(tracer, candidate, place, fault));
  if (child !== undefined) return innermost(tracer, child, place, fault);
  return gives(tracer, expr, place, fault) ? { expr, place } : null;
}

/** Each evaluation makes a fault anew: it is known by the place that it comes from. */
function gives(tracer: Tracer, expr: Expr, place: Place, fault: Fault): boolean {
  const value = tracer.value(expr, place);
  return value instanceof Fault && value.offset === fault.offset;
}

function operands(expr: Expr): readonly Expr[] {
  if (expr.kind === 'select') return [expr.operand];
  if (expr.kind === 'call') return expr.target === null ? expr.args : [expr.target, ...expr.args];
  return [];
}

function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
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
    default:
      return operands(expr);
  }
}
