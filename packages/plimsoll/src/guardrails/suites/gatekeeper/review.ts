import { type Json, type JsonObject, member } from '../../../model/json.ts';
import { FileKinds } from '../../../model/kinds.ts';
import type { Resource } from '../../../model/resource.ts';
import type { FileObject } from '../../../sources/files/file-item.ts';
import { newestDialect } from '../../evaluate/dialect.ts';
import { evaluateResource } from '../../evaluate/evaluator.ts';
import { namespaceByName, namespaceThere } from '../../namespace-view.ts';
import { type Guardrail, guardrailsOf } from '../../policy-set.ts';
import type { Binding, Policy } from '../../policy.ts';
import type { World } from '../../world.ts';

const kinds = new FileKinds();
const point = 'gator.gatekeeper.sh';

/** What a constraint says of an object: a message for each violation; or why that cannot be told. */
export type Review = { readonly messages: readonly string[] } | { readonly unknown: string };

/** Holds objects to one constraint as gator does: each validation gives a violation of its own, and so does an error. */
export class Reviewer {
  readonly #alone: readonly Guardrail[];

  constructor(policy: Policy, binding: Binding) {
    // A verdict is an error or a list of violations; a review counts both.
    this.#alone = isEnforced(binding)
      ? policy.validations.flatMap(
          (validation) =>
            guardrailsOf(
              [
                { part: 'policy', policy: { ...policy, validations: [validation] } },
                { part: 'binding', binding },
              ],
              () => newestDialect,
            ).guardrails,
        )
      : [];
  }

  review(object: FileObject, inventory: readonly FileObject[]): Review {
    const resource = resourceOf(object);
    const world = worldOf(inventory.map(resourceOf));
    const verdicts = evaluateResource(resource, this.#alone, world, false);
    const messages: string[] = [];
    for (const { outcome, violations, reason } of verdicts) {
      const said = reason ?? '';
      if (outcome === 'fail') messages.push(...violations.map(({ message }) => message));
      else if (outcome === 'unknown' && !isAutoreject(said)) return { unknown: said };
      else if (outcome === 'unknown' || outcome === 'error') messages.push(said);
    }
    return { messages: ofWholeTemplate(messages[0]) ? messages.slice(0, 1) : messages };
  }
}

/** A constraint that is scoped to other points is not there for gator (frameworks constraint_client.go `matches`). */
function isEnforced({ enforcement, param }: Binding): boolean {
  if (member(param?.['spec'], 'enforcementAction') !== 'scoped') return true;
  return enforcement.some(({ points }) => points.length === 0 || points.includes(point));
}

const missing = 'it is not in the inventory of the case';

/** Gatekeeper takes what it cannot match for a violation (frameworks pkg/client/errors `ErrAutoreject`). */
function isAutoreject(reason: string): boolean {
  return reason.startsWith('binding: label ') && reason.endsWith(missing);
}

/** What went wrong before the first validation is one violation, however many validations there are. */
function ofWholeTemplate(message: string | undefined): boolean {
  return message !== undefined && (message.startsWith('matchCondition ') || isAutoreject(message));
}

/** An object without a namespace is in none, whatever its kind: so gator takes it. */
function resourceOf({ apiVersion, kind, body, place }: FileObject): Resource {
  const text = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);
  const metadata = body['metadata'];
  return {
    source: 'files',
    type: kinds.of(apiVersion, kind)?.type ?? kinds.guess(apiVersion, kind),
    scope: text(member(metadata, 'namespace')),
    name: text(member(metadata, 'name')) ?? '',
    apiVersion,
    kind,
    uid: null,
    version: null,
    body,
    unseen: [],
    place,
  };
}

function worldOf(inventory: readonly Resource[]): World {
  const namespaces = new Map(
    inventory.flatMap((one) => (one.type === 'core/namespaces' ? [[one.name, one] as const] : [])),
  );
  return {
    namespace: (_, name) => {
      const found = namespaces.get(name);
      return found === undefined ? namespaceByName(name, missing) : namespaceThere(found);
    },
    list: () => ({ items: [] }),
    has: () => false,
    typeOfKind: (_, apiVersion, kind) => kinds.of(apiVersion, kind),
    served: () => null,
  };
}

/** An AdmissionReview's own object; null for any other operation than a creation, which cannot be judged at rest. */
export function reviewedObject(object: FileObject): FileObject | null {
  if (object.kind !== 'AdmissionReview' || !object.apiVersion.startsWith('admission.k8s.io/')) return object;
  const request = member(object.body, 'request');
  const operation = member(request, 'operation') ?? 'CREATE';
  const body = member(request, 'object');
  if (operation !== 'CREATE' || !isObject(body)) return null;
  return { ...object, apiVersion: String(body['apiVersion']), kind: String(body['kind']), body };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof member(value, 'kind') === 'string';
}
