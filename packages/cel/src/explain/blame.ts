import type { Activation, Program } from '../program.ts';
import { type Fact, distinct, overReason, rootOf } from './fact.ts';
import { Reasons } from './reasons.ts';
import { Tracer } from './tracer.ts';
import { orTooDeep } from './variables-read.ts';

/**
 * The field paths to look at, for a validation that came out false, the likeliest first. Paths begin with the variable's
 * name: `object.spec.containers[0].securityContext.privileged`; none of what is nested too deep for the stack. `activation`
 * must hold what the program ran on.
 *
 * People want other facts than the fewest that will do ({@link facts}): every element of a loop that is wrong (the first
 * hundred), not one; of `a && b` the one that is asked first; what was looked at under a condition, not the condition;
 * fields that say the wrong thing, not the absent ones of the other alternatives, and of those what got furthest before
 * what is missing, not what an escape clause would have let off.
 *
 * `about`: of the fields of this variable alone. Loops over what others hold, lists that were looked up, are then looked
 * at for what their first turns read of it.
 */
export function blame(program: Program, activation: Activation, about?: string): readonly string[] {
  const tracer = new Tracer(program, activation);
  const found = orTooDeep(
    () => looked(new Reasons(tracer, false, about).of(program.ast.expr, tracer.outermost)),
    () => [],
  );
  const paths = new Set(found.map(({ read }) => read));
  return mostPrecise([...paths].filter((path) => about === undefined || rootOf(path) === about));
}

/** Leaves out a path where another one goes further into the same field: `a.b` beside `a.b.c`. */
function mostPrecise(paths: readonly string[]): readonly string[] {
  if (paths.length < 2) return paths;
  const above = new Set<string>();
  for (const path of paths)
    for (let end = stepBefore(path, path.length); end > 0; end = stepBefore(path, end)) {
      const prefix = path.slice(0, end);
      // What is above it was noted with it.
      if (above.has(prefix)) break;
      above.add(prefix);
    }
  return paths.filter((path) => !above.has(path));
}

/** Where the last step of a path's first `end` characters begins; -1 where there is none. */
function stepBefore(path: string, end: number): number {
  return Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1));
}

/** What was looked at, as people want it. */
const looked = overReason<readonly Fact[]>((reason, inner) => {
  switch (reason.kind) {
    case 'fact':
      return [reason.fact];
    case 'under': {
      const found = inner(reason.body);
      return found.length > 0 ? found : inner(reason.condition);
    }
    case 'alternatives':
      return likeliest(reason.of.map((one) => ({ found: inner(one), asked: reason.asked.has(one) })));
    case 'either':
      return reason.of[0] === undefined ? [] : inner(reason.of[0]);
    default:
      return distinct(reason.of.flatMap(inner));
  }
});

/**
 * Of alternatives that failed altogether, `hostUsers is false || runAsUser is not 0`, a field that says the wrong thing
 * explains more than one that is absent. Where all are absent, what gets furthest comes first, and of what gets as far
 * the last: escape clauses, `os.name == 'windows' || …`, stand before what they let off and get less far; they are left
 * out, for nobody is to add their fields. An alternative that asks for a field, `has(…)`, stays: its absence is wrong.
 */
function likeliest(alternatives: readonly Alternative[]): readonly Fact[] {
  const present = alternatives.flatMap(({ found }) => found.filter((fact) => fact.present));
  if (present.length > 0) return distinct(present);
  const ranked = alternatives
    .filter(({ found }) => found.length > 0)
    .toReversed()
    .toSorted((a, b) => byReach(b.found, a.found));
  const [first] = ranked;
  if (first === undefined) return [];
  const furthest = ranked.filter(({ found, asked }) => asked || byReach(found, first.found) === 0);
  return distinct(furthest.flatMap(({ found }) => found));
}

/** What an alternative looked at; `asked`: it asks for a field. */
interface Alternative {
  readonly found: readonly Fact[];
  readonly asked: boolean;
}

/** Orders by how far into the object something got, then by how far it would have gone. */
function byReach(a: readonly Fact[], b: readonly Fact[]): number {
  return (
    deepest(a.map(({ path }) => path)) - deepest(b.map(({ path }) => path)) ||
    deepest(a.map(({ read }) => read)) - deepest(b.map(({ read }) => read))
  );
}

function deepest(paths: readonly string[]): number {
  return paths.reduce((most, path) => Math.max(most, path.match(/[.[]/g)?.length ?? 0), 0);
}
