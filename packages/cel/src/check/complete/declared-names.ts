import type { Core, CoreComprehension } from '../core.ts';
import { placeOf, skipSpace } from '../place.ts';
import { type Type, dyn, int } from '../types/type.ts';

/** A name that a macro declares: where it does, and the type that the name has in its body. */
export interface DeclaredName {
  readonly start: number;
  readonly end: number;
  readonly type: Type;
}

/** The names that a macro declares; none for any other part. */
export function declaredIn(core: Core, source: string): readonly DeclaredName[] {
  if (core.kind !== 'comprehension') return [];
  let at = placeOf(core.source, source) + 1;
  return namesOf(core).map(([name, type]) => {
    const start = skipSpace(source, at);
    const end = start + name.length;
    // Behind the comma.
    at = skipSpace(source, end) + 1;
    return { start, end, type };
  });
}

function namesOf(core: CoreComprehension): readonly (readonly [string, Type])[] {
  const { variable, variable2, accumulator, init, range } = core;
  // cel.bind and optMap bind the accumulator, sortBy one that has no name in the source.
  if (variable.startsWith('#')) return accumulator.startsWith('@') ? [] : [[accumulator, init.type]];
  const [first = dyn, second = dyn] = range.type.params;
  const two = variable2 !== null;
  // As the checker has it (checker/checker.go checkComprehension).
  const types = range.type.kind === 'list' ? [two ? int : first, first] : [first, second];
  return [variable, ...(two ? [variable2] : [])].map((name, i) => [name, types[i] ?? dyn] as const);
}
