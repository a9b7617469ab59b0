import type { Activation, Program } from '../program.ts';
import { type Fact, type Reason, implies, partsOf } from './fact.ts';
import { Reasons } from './reasons.ts';
import { Tracer } from './tracer.ts';

/**
 * The facts that made a program's result what it is, as few as will do: on any other object where these are so the
 * result is the same, and of none of them can that be said without it, as far as logic tells: with everything else
 * unknown the program still gives its result, with one of them unknown too it gives none. (How many elements a loop
 * has counts as needed, though its body may look at none of them.) For people see {@link blame}. `activation` must hold
 * what the program ran on, and the result be no fault.
 */
export function facts(program: Program, activation: Activation): readonly Fact[] {
  const tracer = new Tracer(program, activation);
  activation.cost = 0;
  activation.limit = Number.POSITIVE_INFINITY;
  const reason = new Reasons(tracer, true).of(program.ast.expr, tracer.outermost);
  const enough = withoutImplied(fewest(reason));
  return hasChoice(reason) ? withoutNeedless(enough, reason) : enough;
}

/** What holds a reason, of each choice the one that takes fewest. */
function fewest(reason: Reason): readonly Fact[] {
  if (reason.kind === 'fact') return [reason.fact];
  const parts = partsOf(reason).map(fewest);
  if (reason.kind !== 'either' && reason.kind !== 'turns') return parts.flat();
  return parts.reduce((best, part) => (part.length < best.length ? part : best));
}

function withoutImplied(given: readonly Fact[]): readonly Fact[] {
  const distinct = new Map(given.map((fact) => [`${fact.kind} ${fact.path}`, fact]));
  for (const [key, fact] of distinct)
    if ([...distinct.values()].some((other) => other !== fact && implies(other, fact))) distinct.delete(key);
  return [...distinct.values()];
}

/** Choices that were made one by one may come to more than one of them alone. */
function withoutNeedless(given: readonly Fact[], reason: Reason): readonly Fact[] {
  let kept = given;
  for (const fact of given) {
    const others = kept.filter((other) => other !== fact);
    if (holds(reason, others)) kept = others;
  }
  return kept;
}

function hasChoice(reason: Reason): boolean {
  return reason.kind === 'either' || reason.kind === 'turns' || partsOf(reason).some(hasChoice);
}

/** True where these facts are enough. */
function holds(reason: Reason, given: readonly Fact[]): boolean {
  if (reason.kind === 'fact') return given.some((fact) => implies(fact, reason.fact));
  const parts = partsOf(reason);
  return reason.kind === 'either' || reason.kind === 'turns'
    ? parts.some((part) => holds(part, given))
    : parts.every((part) => holds(part, given));
}
