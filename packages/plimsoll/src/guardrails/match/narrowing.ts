import type { Json } from '../../model/json.ts';
import type { Selector } from '../../model/label-selector.ts';
import type { MatchResources, Rule } from '../policy.ts';
import { matchSteps } from './plan.ts';
import { mayConcern } from './rules.ts';
import { type MatchReason, type MatchStep, isSteps } from './step.ts';
import type { SubjectType } from './subject.ts';

/** A type in whatever version it is held in. */
export type NarrowedType = Pick<SubjectType, 'type' | 'group' | 'resource' | 'served'>;

/** A kind, or `*` for all of a group or of all groups. */
interface NarrowedKind {
  /** `''` is core. */
  readonly group: string;
  readonly kind: string;
}

/** What narrows a policy, in the terms of a ValidatingAdmissionPolicy: all of it must match. */
export interface AdmissionMatch {
  /** Empty: every resource. */
  readonly rules: readonly Rule[];
  /** null: all. */
  readonly namespaceSelector: Selector | null;
  /** null: all. */
  readonly objectSelector: Selector | null;
  readonly conditions: readonly { readonly name: string; readonly expression: string }[];
}

/**
 * What a policy or a binding of another tool matches by besides MatchResources: all of them must match. A format makes
 * it; nobody else knows what it means.
 */
export interface Narrowing {
  /** What it was made of: two that say the same match the same. A change of it has everything judged anew. */
  readonly says: Json;
  /** The kinds that it is about, for people; empty: it does not say. It may be about fewer, not about others. */
  readonly kinds: readonly NarrowedKind[];
  /** The parts of a resource's body that its steps read, as members that lead there; `[]` is the whole body. */
  readonly reads: readonly (readonly string[])[];
  /** Whether its steps read the labels of a resource's namespace. */
  readonly readsNamespaces: boolean;
  /** The same as the API server can be told it, of what is created or updated; a text: why it cannot. */
  readonly admission: AdmissionMatch | string;
  /** False where it matches no resource of a type, whatever it is named and in whatever version; true in doubt. */
  mayConcern(about: NarrowedType): boolean;
  /** The steps that remain for resources of one type; or why none of them is judged. */
  steps(subject: SubjectType): readonly MatchStep[] | MatchReason;
}

/** What a policy, or a binding, is about. */
interface Matching {
  /** null: everything. */
  readonly match: MatchResources | null;
  readonly narrowing: readonly Narrowing[];
}

/** The steps of MatchResources, then those of what narrows it; only a `none` says that nothing of a type is judged. */
export function narrowedSteps(
  { match, narrowing }: Matching,
  subject: SubjectType,
): readonly MatchStep[] | MatchReason {
  const own = match === null ? [] : matchSteps(match, subject);
  if (narrowing.length === 0 || !isSteps(own)) return own;
  const steps = [...own];
  for (const one of narrowing) {
    const more = one.steps(subject);
    if (isSteps(more)) steps.push(...more);
    else if (more.outcome === 'none') return more;
    else steps.push(() => more);
  }
  return steps;
}

/** False where nothing of a type is matched, whatever it is named and in whatever version it is held. */
export function mayConcernNarrowed({ match, narrowing }: Matching, about: NarrowedType): boolean {
  return (match === null || mayConcern(match, about)) && narrowing.every((one) => one.mayConcern(about));
}

/** Whether labels of namespaces are read to match. */
export function readsNamespacesToMatch({ match, narrowing }: Matching): boolean {
  return (match !== null && match.namespaceSelector !== null) || narrowing.some((one) => one.readsNamespaces);
}

/** The parts of a body that are read to match. */
export function partsReadToMatch({ match, narrowing }: Matching): readonly (readonly string[])[] {
  const selects = match !== null && (match.namespaceSelector !== null || match.objectSelector !== null);
  return [...(selects ? [['metadata', 'labels']] : []), ...narrowing.flatMap(({ reads }) => reads)];
}

/** A binding's matching; a policy has its own in fields of these names. */
export function bindingMatching(binding: {
  readonly matchResources: MatchResources | null;
  readonly narrowing: readonly Narrowing[];
}): Matching {
  return { match: binding.matchResources, narrowing: binding.narrowing };
}
