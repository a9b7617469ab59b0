import type { Activation, Program } from '../program.ts';
import { type Fact, type Reason, isWithin } from './fact.ts';
import { Reasons } from './reasons.ts';
import { Tracer } from './tracer.ts';

/**
 * The field paths to look at, for a validation that came out false, the likeliest first. Paths begin with the variable's
 * name: `object.spec.containers[0].securityContext.privileged`. `activation` must hold what the program ran on.
 *
 * People want other facts than the fewest that will do ({@link facts}): every element of a loop that is wrong, not one;
 * of `a && b` the one that is asked first; what was looked at under a condition, not the condition; fields that say the
 * wrong thing, not the absent ones of the other alternatives, and of those what got furthest before what is missing.
 */
export function blame(program: Program, activation: Activation): readonly string[] {
  const tracer = new Tracer(program, activation);
  activation.cost = 0;
  activation.limit = Number.POSITIVE_INFINITY;
  const found = looked(new Reasons(tracer, false).of(program.ast.expr, tracer.outermost));
  return mostPrecise([...new Set(found.map(({ read }) => read))]);
}

/** Leaves out a path where another one goes further into the same field: `a.b` beside `a.b.c`. */
function mostPrecise(paths: readonly string[]): readonly string[] {
  return paths.length < 2 ? paths : paths.filter((path) => !paths.some((other) => isWithin(other, path)));
}

function looked(reason: Reason): readonly Fact[] {
  switch (reason.kind) {
    case 'fact':
      return [reason.fact];
    case 'under': {
      const found = looked(reason.body);
      return found.length > 0 ? found : looked(reason.condition);
    }
    case 'alternatives':
      return likeliest(reason.of.map(looked));
    case 'either':
      return reason.of[0] === undefined ? [] : looked(reason.of[0]);
    default:
      return reason.of.flatMap(looked);
  }
}

/**
 * Of alternatives that failed altogether, `hostUsers is false || runAsUser is not 0`, a field that says the wrong thing
 * explains more than one that is absent. Where all are absent, what gets furthest comes first, and of what gets as far
 * the last: escape clauses, `os.name == 'windows' || …`, stand before what they let off.
 */
function likeliest(alternatives: readonly (readonly Fact[])[]): readonly Fact[] {
  const all = alternatives.flat();
  const present = all.filter((fact) => fact.present);
  if (present.length > 0) return present;
  return alternatives
    .map((found) => ({ found, depth: deepest(found) }))
    .toReversed()
    .toSorted((a, b) => b.depth - a.depth)
    .flatMap(({ found }) => found);
}

function deepest(found: readonly Fact[]): number {
  let most = 0;
  for (const { path } of found) {
    let depth = 0;
    for (const character of path) if (character === '.' || character === '[') depth += 1;
    if (depth > most) most = depth;
  }
  return most;
}
