import type { Activation, Program } from '../program.ts';
import { type Fact, type Reason, distinct, implies, overReason, partsOf } from './fact.ts';
import { Reasons } from './reasons.ts';
import { Tracer } from './tracer.ts';
import { namesRead, orTooDeep } from './variables-read.ts';

/**
 * The facts that made a program's result what it is, as few as will do: on any other object where these are so the
 * result is the same, and of none of them can that be said without it, as far as logic tells: with everything else
 * unknown the program still gives its result, with one of them unknown too it gives none. (How many elements a loop
 * has counts as needed, though its body may look at none of them; of what is nested too deep for the stack, every
 * variable that is mentioned.) For people see {@link blame}. `activation` must hold
 * what the program ran on, and the result be no fault.
 */
export function facts(program: Program, activation: Activation): readonly Fact[] {
  const tracer = new Tracer(program, activation);
  const { ast, environment } = program;
  return orTooDeep(
    () => {
      const reason = new Reasons(tracer, true).of(ast.expr, tracer.outermost);
      const enough = withoutImplied(fewest(reason));
      return hasChoice(reason) ? withoutNeedless(enough, reason) : enough;
    },
    () => {
      const names = new Set(namesRead(ast.expr, environment.composed));
      const variables = environment.variableNames.filter((name) => names.has(name.split('.', 1)[0] ?? ''));
      return variables.map((path) => ({ path, kind: 'value', present: true, read: path }));
    },
  );
}

/** What holds a reason, of each choice the one that takes fewest. */
const fewest = overReason<readonly Fact[]>((reason, inner) => {
  if (reason.kind === 'fact') return [reason.fact];
  const parts = partsOf(reason).map(inner);
  if (reason.kind !== 'either' && reason.kind !== 'turns') return distinct(parts.flat());
  return parts.reduce((best, part) => (part.length < best.length ? part : best));
});

function withoutImplied(given: readonly Fact[]): readonly Fact[] {
  const named = new Map(given.map((fact) => [`${fact.kind} ${fact.path}`, fact]));
  for (const [key, fact] of named)
    if ([...named.values()].some((other) => other !== fact && implies(other, fact))) named.delete(key);
  return [...named.values()];
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

const hasChoice = overReason<boolean>(
  (reason, inner) => reason.kind === 'either' || reason.kind === 'turns' || partsOf(reason).some(inner),
);

/** True where these facts are enough. */
function holds(reason: Reason, given: readonly Fact[]): boolean {
  const isHeld = overReason<boolean>((part, inner) => {
    if (part.kind === 'fact') return given.some((fact) => implies(fact, part.fact));
    const parts = partsOf(part);
    return part.kind === 'either' || part.kind === 'turns' ? parts.some(inner) : parts.every(inner);
  });
  return isHeld(reason);
}
