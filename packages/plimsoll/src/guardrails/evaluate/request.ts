import { Unknown } from '@plimsoll/cel';
import type { Value } from '@plimsoll/cel';
import { member } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { OtherForm } from '../match/rules.ts';
import type { SubjectType } from '../match/subject.ts';

const atRest = (what: string) => new Unknown([`${what} of a stored object's request is not known`]);

/** What `authorizer` is at rest: nobody asks. */
export const authorizer = new Unknown(['authorizer: nobody sends a request at rest']);

/**
 * `request` of a stored object, as if it were created now. As in the API server, whose
 * AdmissionRequest leaves out what is empty, `subResource` and `requestSubResource` are absent, and `namespace` is for
 * what is cluster-scoped. `kind` and `resource` are those of the form that the policy judges, `requestKind` and
 * `requestResource` those of the held one. The `name` of what has a generateName alone is made before it is admitted, so it is unknown.
 */
export function requestAtRest(resource: Resource, subject: SubjectType, form: OtherForm | null): Value {
  const { group, version } = subject;
  const held = { group, version, kind: resource.kind };
  const heldResource = { group, version, resource: subject.resource };
  const namespace = resource.type === 'core/namespaces' ? resource.name : resource.scope;
  const isNamed = typeof member(resource.body['metadata'], 'name') === 'string';
  return {
    kind: form === null ? held : { group: form.group, version: form.version, kind: form.kind },
    resource: form === null ? heldResource : { group: form.group, version: form.version, resource: form.resource },
    requestKind: held,
    requestResource: heldResource,
    name: isNamed ? resource.name : new Unknown(['the name is generated when the object is created']),
    ...(namespace === null ? {} : { namespace }),
    operation: 'CREATE',
    dryRun: false,
    uid: atRest('uid'),
    userInfo: atRest('userInfo'),
    options: atRest('options'),
  };
}

/** The request of a policy of Kyverno's, which holds the object too (kyverno pkg/cel/compiler/request.go). */
export function withObject(request: Value, object: Value): Value {
  return { ...(request as Record<string, Value>), object, oldObject: null };
}
