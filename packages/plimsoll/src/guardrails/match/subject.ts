import { fieldSteps } from '../../model/field-path.ts';
import { member } from '../../model/json.ts';
import type { Json } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { ServedType } from '../../model/served.ts';

/** What all resources of one type, version and scope have in common for matching. */
export interface SubjectType {
  readonly type: string;
  /** `''` is core. */
  readonly group: string;
  /** The version it is held in. */
  readonly version: string;
  /** Plural, as rules name it. */
  readonly resource: string;
  /** As it is held. */
  readonly kind: string;
  readonly namespaced: boolean;
  /** What the cluster serves; null where that is not known (files). */
  readonly served: readonly ServedType[] | null;
}

/** The type of a resource as rules see it. */
export function subjectType(
  resource: Pick<Resource, 'type' | 'apiVersion' | 'kind' | 'scope'>,
  served: readonly ServedType[] | null,
): SubjectType {
  return {
    type: resource.type,
    ...typeWords(resource.type),
    version: resource.apiVersion.slice(resource.apiVersion.lastIndexOf('/') + 1),
    kind: resource.kind,
    namespaced: resource.scope !== null,
    served,
  };
}

/** The group and the plural of a type, as rules name them. */
export function typeWords(type: string): Pick<SubjectType, 'group' | 'resource'> {
  const slash = type.indexOf('/');
  const group = type.slice(0, Math.max(slash, 0));
  return { group: group === 'core' ? '' : group, resource: type.slice(slash + 1) };
}

const labelPath = ['metadata', 'labels'];

/** Whether a label's presence and value are known of an object of which these paths were not kept; null: all are. */
export function knownLabels(unseen: readonly string[]): ((key: string) => boolean) | null {
  if (!unseen.some((path) => path === 'metadata' || path.startsWith('metadata.labels'))) return null;
  const hidden = unseen.map((path) => fieldSteps(path) ?? []).filter(([first]) => first === 'metadata');
  return (key) => !hidden.some((steps) => steps.every((step, at) => step === [...labelPath, key][at]));
}

/** An object's `metadata.labels`; undefined where it has none. */
export function labelsOf(body: Json): Json | undefined {
  return member(member(body, 'metadata'), 'labels');
}
