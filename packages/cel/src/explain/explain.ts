import type { Activation, Program } from '../program.ts';
import type { Expr } from '../syntax/ast.ts';
import { type Position } from '../errors.ts';
import { positionAt } from '../syntax/compile-error.ts';
import { parts } from '../syntax/parts.ts';
import type { Value } from '../values/value.ts';
import { type Place, Tracer, type Turn } from './tracer.ts';

/** One sub-expression of an evaluation. */
export interface Step {
  /** Its source text. */
  readonly text: string;
  readonly position: Position;
  /** Where it ends in the source, as a UTF-16 offset; where it begins, `position` says. */
  readonly end: number;
  /** What evaluating it cost, its parts included; composed variables are not in it. */
  readonly cost: number;
  /** How deep it stands: 0 is the whole expression. */
  readonly depth: number;
  readonly value: Value;
}

/**
 * Every sub-expression's value, outermost first; constants and bare names are left out. A macro's body is shown for the
 * element that decided, or the first.
 */
export function explain(program: Program, activation: Activation): readonly Step[] {
  const tracer = new Tracer(program, activation);
  const steps: Step[] = [];
  const { source } = program;
  const visit = (expr: Expr, place: Place, depth: number): void => {
    if (expr.kind === 'literal' || expr.kind === 'ident') return;
    const value = tracer.evaluate(expr, place);
    const { cost } = activation;
    const text = source.slice(expr.offset, expr.end);
    steps.push({ text, position: positionAt(source, expr.offset), end: expr.end, cost, depth, value });
    for (const [part, inner] of placed(tracer, expr, place, value)) visit(part, inner, depth + 1);
  };
  visit(program.ast.expr, tracer.outermost, 0);
  return steps;
}

/** The parts that are shown of it, each with its place. */
function placed(tracer: Tracer, expr: Expr, place: Place, value: Value): readonly (readonly [Expr, Place])[] {
  const here = (exprs: readonly Expr[]): (readonly [Expr, Place])[] => exprs.map((part) => [part, place] as const);
  switch (expr.kind) {
    case 'select':
      return here(expr.operand.kind === 'select' ? [] : [expr.operand]);
    case 'conditional':
      return here([expr.condition, tracer.value(expr.condition, place) === true ? expr.yes : expr.no]);
    case 'macro': {
      if (expr.name === 'bind' || expr.name === 'optMap' || expr.name === 'optFlatMap') {
        const inner = tracer.bound(expr, place);
        return inner === null ? here([expr.range]) : [...here([expr.range]), [expr.body, inner] as const];
      }
      const turns = tracer.turns(expr, place);
      const decides = (turn: Turn): boolean => tracer.value(expr.body, turn.enter()) === value;
      const turn = (typeof value === 'boolean' ? turns.find(decides) : undefined) ?? turns[0];
      return turn === undefined ? here([expr.range]) : [...here([expr.range]), [expr.body, turn.enter()] as const];
    }
    default:
      return here(parts(expr));
  }
}
