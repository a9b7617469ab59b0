import type { Json } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';

/** Why a resource is not simply judged: `none` is no verdict at all. */
export interface MatchReason {
  readonly outcome: 'none' | 'skip' | 'unknown';
  readonly reason: string;
}

/** A namespace's labels as far as they are known. */
interface NamespaceLabels {
  readonly labels: Json | undefined;
  /** Why labels that are not `known` are unknown; null where all are known. */
  readonly unknown: string | null;
  readonly known: (key: string) => boolean;
}

/** Gives the labels of the namespace of this name, in the judged resource's source. */
export type LabelsOfNamespace = (name: string) => NamespaceLabels;

/** One condition: a reason why the resource is not judged, or null. */
export type MatchStep = (resource: Resource, namespaces: LabelsOfNamespace) => MatchReason | null;

/** True for the steps of a type of which something may be judged. */
export function isSteps(steps: readonly MatchStep[] | MatchReason): steps is readonly MatchStep[] {
  return Array.isArray(steps);
}

/** The first reason why the resource is not judged; a `none` comes before a skip or an unknown. */
export function firstReason(
  steps: readonly MatchStep[],
  resource: Resource,
  namespaces: LabelsOfNamespace,
): MatchReason | null {
  let found: MatchReason | null = null;
  for (const step of steps) {
    const reason = step(resource, namespaces);
    if (reason === null) continue;
    if (reason.outcome === 'none') return reason;
    found = strongest(found, reason);
  }
  return found;
}

/** A skip is certain whatever is unknown beside it. */
function strongest(a: MatchReason | null, b: MatchReason): MatchReason {
  return a === null || (a.outcome === 'unknown' && b.outcome === 'skip') ? b : a;
}
