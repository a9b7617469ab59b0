import type { Change } from '../../model/change.ts';
import { type Resource, type ResourceKey, keyText } from '../../model/resource.ts';
import { templateOwner } from '../evaluate/pod-template.ts';

/** Types of templates that others control: a Deployment's ReplicaSets, a CronJob's Jobs. */
export const ownedTypes = ['apps/replicasets', 'batch/jobs'] as const;

/** Which templates an owner controls: they are judged by themselves where there is none. */
export class OwnedTemplates {
  readonly #children = new Map<string, Map<string, ResourceKey>>();

  /** Takes in who controls a template, where somebody does. */
  adopt(resource: Resource): void {
    if (resource.type === 'core/pods') return;
    const owner = templateOwner(resource);
    if (owner === null) return;
    const { source, type, scope, name } = resource;
    let children = this.#children.get(keyText(owner));
    if (children === undefined) this.#children.set(keyText(owner), (children = new Map()));
    children.set(keyText(resource), { source, type, scope, name });
  }

  /** The templates, by their keys' texts, whose owner came or went with a change. */
  of({ operation, key }: Change): Iterable<readonly [string, ResourceKey]> {
    return operation === 'updated' ? [] : (this.#children.get(keyText(key)) ?? []);
  }
}
