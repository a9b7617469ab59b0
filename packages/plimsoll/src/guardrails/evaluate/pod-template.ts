import { isJsonObject, member } from '../../model/json.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Resource, ResourceKey } from '../../model/resource.ts';
import { podTemplateTypes } from './pod-template-types.ts';

/** What a guardrail with `appliesTo: podTemplates` judges of a resource. */
export interface PodView {
  /** The Pod: the resource itself, or made of its template. */
  readonly body: JsonObject;
  /** Put before the paths of `body` to get those of the resource: `spec.template`; empty for a pod. */
  readonly prefix: string;
  /** The resource's unseen paths that lie in the pod, as paths of `body`. */
  readonly unseen: readonly string[];
}

/** The pod in a resource; null where it holds none (a PodTemplate without template, a type that has none). */
export function podView(resource: Resource): PodView | null {
  if (resource.type === 'core/pods') return { body: resource.body, prefix: '', unseen: resource.unseen };
  const path = podTemplateTypes.get(resource.type);
  if (path === undefined) return null;
  let template: Json | undefined = resource.body;
  for (const key of path) template = member(template, key);
  const prefix = path.join('.');
  const unseen = resource.unseen.flatMap((hidden) => unseenIn(hidden, prefix));
  if (!isJsonObject(template) && unseen.length === 0) return null;
  const metadata = member(template, 'metadata');
  const spec = member(template, 'spec');
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(isJsonObject(metadata) ? metadata : {}),
      ...(resource.scope === null ? {} : { namespace: resource.scope }),
    },
    ...(spec === undefined ? {} : { spec }),
  };
  return { body, prefix, unseen };
}

/**
 * The controller that made this template, where it is of a kind that is judged by its own template (a Deployment's
 * ReplicaSet, a CronJob's Job); null for pods, which are judged as they are, and for all others.
 */
export function templateOwner(resource: Resource): (ResourceKey & { readonly uid: string | null }) | null {
  if (resource.type === 'core/pods') return null;
  const owners = member(member(resource.body, 'metadata'), 'ownerReferences');
  if (!Array.isArray(owners)) return null;
  for (const owner of owners as readonly Json[]) {
    if (member(owner, 'controller') !== true) continue;
    const type = typeOfOwner(member(owner, 'apiVersion'), member(owner, 'kind'));
    const name = member(owner, 'name');
    const uid = member(owner, 'uid');
    if (type === null || typeof name !== 'string') return null;
    return { source: resource.source, type, scope: resource.scope, name, uid: typeof uid === 'string' ? uid : null };
  }
  return null;
}

/** The kinds of the eight template types, in any version of their group. */
const typeOfKind = new Map([
  ['apps/ReplicaSet', 'apps/replicasets'],
  ['apps/Deployment', 'apps/deployments'],
  ['apps/StatefulSet', 'apps/statefulsets'],
  ['apps/DaemonSet', 'apps/daemonsets'],
  ['batch/Job', 'batch/jobs'],
  ['batch/CronJob', 'batch/cronjobs'],
  ['extensions/Deployment', 'apps/deployments'],
  ['extensions/ReplicaSet', 'apps/replicasets'],
  ['/ReplicationController', 'core/replicationcontrollers'],
]);

/** `GROUP/KIND` of what {@link templateOwner} finds to be judged by its own template. */
export const templateOwnerKinds: readonly string[] = [...typeOfKind.keys()];

function typeOfOwner(apiVersion: Json | undefined, kind: Json | undefined): string | null {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return null;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return typeOfKind.get(`${group}/${kind}`) ?? null;
}

function unseenIn(hidden: string, prefix: string): string[] {
  if (hidden.startsWith(`${prefix}.`)) return [hidden.slice(prefix.length + 1)];
  // The template itself, or what holds it, was not kept: nothing of the pod is known.
  return prefix === hidden || prefix.startsWith(`${hidden}.`) ? ['metadata', 'spec'] : [];
}
