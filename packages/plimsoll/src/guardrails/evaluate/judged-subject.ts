import { Unknown } from '@plimsoll/cel';
import type { Value } from '@plimsoll/cel';
import type { Resource } from '../../model/resource.ts';
import type { OtherForm } from '../match/rules.ts';
import type { LabelsOfNamespace } from '../match/step.ts';
import { knownLabels, labelsOf } from '../match/subject.ts';
import { nameLabel } from '../namespace-view.ts';
import type { World } from '../world.ts';
import { knownObject } from './known-object.ts';
import { type NotPassed, unknownFor } from './not-passed.ts';
import type { Plan } from './plan.ts';
import { type PodView, podView, templateOwner } from './pod-template.ts';
import { requestAtRest, withObject } from './request.ts';

/** What several policies read of one resource, made when the first of them asks. */
export class JudgedSubject {
  readonly resource: Resource;
  readonly plan: Plan;
  readonly namespaces: LabelsOfNamespace;
  readonly #world: World;
  readonly #form: OtherForm | null;
  #inForms: Map<string, JudgedSubject> | undefined;
  #object: Value | undefined;
  #pod: PodView | null | undefined;
  #podObject: Value | undefined;
  #request: Value | undefined;
  #wholeRequest: Value | undefined;
  #namespace: Value | undefined;
  #leftOut: boolean | undefined;

  /** `form`: the version that the resource's body is in, where it is not the held one. */
  constructor(resource: Resource, plan: Plan, world: World, form: OtherForm | null) {
    this.resource = resource;
    this.plan = plan;
    this.#world = world;
    this.#form = form;
    this.namespaces = labelsIn(world, resource.source);
  }

  /** The same resource in another version, or why it is not known in that. */
  inForm(form: OtherForm): JudgedSubject | NotPassed {
    const found = this.#inForms?.get(form.apiVersion);
    if (found !== undefined) return found;
    const read = this.resource.forms?.find(({ apiVersion }) => apiVersion === form.apiVersion);
    if (read === undefined || read.body === null) {
      const why = read?.unknown ?? 'it has not been read in that version yet';
      const reason = `the policy judges it as ${form.apiVersion} ${form.kind}: ${why}`;
      return unknownFor(reason);
    }
    const subject = new JudgedSubject({ ...this.resource, body: read.body }, this.plan, this.#world, form);
    (this.#inForms ??= new Map()).set(form.apiVersion, subject);
    return subject;
  }

  get object(): Value {
    return (this.#object ??= knownObject(this.resource.body, this.resource.unseen));
  }

  get pod(): PodView | null {
    if (this.#pod === undefined) this.#pod = podView(this.resource);
    return this.#pod;
  }

  get podObject(): Value {
    const { pod } = this;
    if (pod === null || pod.prefix === '') return this.object;
    return (this.#podObject ??= knownObject(pod.body, pod.unseen));
  }

  get request(): Value {
    return (this.#request ??= requestAtRest(this.resource, this.plan.subject, this.#form));
  }

  /** The request as Kyverno gives it to its policies: with the object. */
  get wholeRequest(): Value {
    return (this.#wholeRequest ??= withObject(this.request, this.object));
  }

  get namespaceObject(): Value {
    if (this.#namespace !== undefined) return this.#namespace;
    const { scope, source } = this.resource;
    if (scope === null) this.#namespace = null;
    else {
      const { body, unknown, unseen } = this.#world.namespace(source, scope);
      this.#namespace = unknown === null ? knownObject(body, unseen) : partlyKnown(scope, unknown);
    }
    return this.#namespace;
  }

  /** A template whose controller is judged by its own template. */
  get leftOut(): boolean {
    if (this.#leftOut !== undefined) return this.#leftOut;
    const owner = templateOwner(this.resource);
    this.#leftOut = owner !== null && this.#world.has(owner);
    return this.#leftOut;
  }
}

/**
 * Made out here on purpose: V8 13.6 keeps an object whose field was given a closure by the function that made the closure
 * until the next full collection, and with it whatever that function's closures hold.
 */
function labelsIn(world: World, source: string): LabelsOfNamespace {
  return (name) => {
    const { body, unknown, unseen } = world.namespace(source, name);
    const known = unknown === null ? knownLabels(unseen) : (key: string) => key === nameLabel;
    const why = unknown ?? (known === null ? null : 'it was not kept');
    return { labels: labelsOf(body), unknown: why, known: known ?? (() => true) };
  };
}

function partlyKnown(name: string, why: string): Value {
  const unknown = new Unknown([`namespace ${name}: ${why}`]);
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: unknown, annotations: unknown },
    spec: unknown,
    status: unknown,
  };
}
