import { type FieldPath, paths } from '@plimsoll/cel';
import type { ServedType } from '../../model/served.ts';
import { bindingMatching, mayConcernNarrowed, partsReadToMatch } from '../match/narrowing.ts';
import { neverMatched } from '../match/never-matched.ts';
import { typeWords } from '../match/subject.ts';
import type { Guardrail } from '../policy-set.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import { podTemplateTypes } from './pod-template-types.ts';

/** Members that lead to a part of a body; `[]` is the body. */
export type PartPath = readonly string[];

/** True where a guardrail may judge resources of a type in some version of it; false: it says nothing of any. */
export function mayJudge(
  { compiled, state, policy, bindings }: Guardrail,
  source: string,
  type: string,
  served: readonly ServedType[] | null,
): boolean {
  if (compiled === null || state !== 'ok' || (policy.idle ?? neverMatched(policy, type)) !== null) return false;
  if (policy.origin === 'cluster' && policy.reference.source !== source) return false;
  const about = { type, ...typeWords(type), served };
  if (!mayConcernNarrowed(policy, about)) return false;
  return bindings.length === 0 || bindings.some((binding) => mayConcernNarrowed(bindingMatching(binding), about));
}

/**
 * What of the body of a type's resources a guardrail may read to come to an outcome: its selectors and expressions, but
 * for the messages. Where it judges another form of the resource than the held one, that is read besides.
 */
export function partsRead({ compiled, policy, bindings }: Guardrail, type: string): readonly PartPath[] {
  if (compiled === null) return [];
  // What an exception reads, and what is read of `request.object`, may be anything.
  if (policy.exceptions.length > 0 || (policy.engine === 'kyverno' && compiled.reads.request)) return [[]];
  const parts: PartPath[] = [policy, ...bindings.map(bindingMatching)].flatMap(partsReadToMatch);
  if (compiled.reads.request) parts.push(['metadata', 'name']);
  const read = readOfObject(compiled);
  const template = policy.appliesTo === null ? undefined : podTemplateTypes.get(type);
  if (policy.appliesTo !== null && template === undefined && type !== 'core/pods') return parts;
  if (template === undefined) parts.push(...read);
  else {
    // Who owns the template, and whether there is one.
    parts.push(['metadata', 'ownerReferences'], [...template, 'metadata']);
    for (const path of read) parts.push([...template, ...path]);
  }
  return parts;
}

const known = new WeakMap<CompiledPolicy, readonly PartPath[]>();

/** The parts of `object` that a policy's expressions may read. */
function readOfObject(compiled: CompiledPolicy): readonly PartPath[] {
  let found = known.get(compiled);
  if (found === undefined) known.set(compiled, (found = pathsOfObject(compiled)));
  return found;
}

function pathsOfObject(compiled: CompiledPolicy): PartPath[] {
  const { environment, matchConditions, validations, auditAnnotations, policy, desired } = compiled;
  const { composed } = environment;
  // Of two variables of one name, which the API server refuses, the first may be read by what stands between them.
  if (new Set(policy.variables.map(({ name }) => name)).size < policy.variables.length) return [[]];
  const compared = desired === null ? [] : [...desired.parts];
  const read = [...matchConditions, ...validations, ...auditAnnotations]
    .flatMap(({ program }) => paths(program.ast.expr, composed))
    .flatMap(([root, ...path]) => {
      if (root === 'object') return [untilComputed(path)];
      // A variable that was not looked through may be anything.
      return root === composed?.root ? [[]] : [];
    });
  return [...compared, ...read];
}

/** The part of a path before what is computed or stands in a list: that is read whole. */
function untilComputed(path: FieldPath): PartPath {
  const computed = path.indexOf('*');
  return computed < 0 ? path : path.slice(0, computed);
}
