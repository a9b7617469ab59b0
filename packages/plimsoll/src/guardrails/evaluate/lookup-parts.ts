import { type FieldPath, reads } from '@plimsoll/cel';
import { type Parts, noParts, partsUnder } from '../../model/json-parts.ts';
import type { CompiledPolicy } from './compiled-policy.ts';

const known = new WeakMap<CompiledPolicy, ReadonlyMap<string, Parts>>();

/** What a policy's expressions, its messages among them, read of each resource that a look-up lists, by its name. */
export function lookupParts(compiled: CompiledPolicy): ReadonlyMap<string, Parts> {
  let found = known.get(compiled);
  if (found === undefined) known.set(compiled, (found = findParts(compiled)));
  return found;
}

function findParts({ policy, environment, matchConditions, validations, auditAnnotations }: CompiledPolicy) {
  const { composed } = environment;
  const messages = validations.flatMap(({ messageProgram }) => (messageProgram === null ? [] : [messageProgram]));
  const programs = [...matchConditions, ...validations, ...auditAnnotations].map(({ program }) => program);
  const found = [...programs, ...messages].map(({ ast }) => reads(ast.expr, composed));
  // Of two variables of one name, which the API server refuses, the first may be read by what stands between them.
  const isTwice = new Set(policy.variables.map(({ name }) => name)).size < policy.variables.length;
  const whole = found.flatMap((read) => read.whole);
  // How many resources a list has is known whatever is kept of them.
  const counted = found.flatMap((read) => read.extents).filter((path) => path.length > 2);
  const paths = [...whole, ...counted].filter(([root]) => root === 'lookups' || root === composed?.root);
  // Kyverno's expressions are given what they look up by functions, and may read all of it.
  const isDark =
    isTwice || policy.engine === 'kyverno' || paths.some(([root, name]) => root !== 'lookups' || name === undefined);
  return new Map(policy.lookups.map(({ name }) => [name, isDark ? 'whole' : partsOfEach(paths, name)]));
}

/** Of `lookups.NAME.*` what stands under it. */
function partsOfEach(paths: readonly FieldPath[], name: string): Parts {
  const own = paths.filter((path) => path[1] === name || path[1] === '*');
  if (own.length === 0) return noParts;
  return own.some(([, , each]) => each !== '*') ? 'whole' : partsUnder(own.map((path) => path.slice(3)));
}
