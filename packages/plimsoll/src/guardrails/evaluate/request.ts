import { Unknown } from '@plimsoll/cel';
import type { Value } from '@plimsoll/cel';
import type { Resource } from '../../model/resource.ts';
import type { SubjectType } from '../match/subject.ts';

const atRest = (what: string) => new Unknown([`${what} of a stored object's request is not known`]);

/** What `authorizer` is at rest: nobody asks. */
export const authorizer = new Unknown(['authorizer: nobody sends a request at rest']);

/** `request` of a stored object, as if it were created now (guardrails.md, At rest). */
export function requestAtRest(resource: Resource, subject: SubjectType): Value {
  const gvk = { group: subject.group, version: subject.version, kind: resource.kind };
  const gvr = { group: subject.group, version: subject.version, resource: subject.resource };
  return {
    kind: gvk,
    resource: gvr,
    subResource: '',
    requestKind: gvk,
    requestResource: gvr,
    requestSubResource: '',
    name: resource.name,
    namespace: resource.type === 'core/namespaces' ? resource.name : (resource.scope ?? ''),
    operation: 'CREATE',
    dryRun: false,
    uid: atRest('uid'),
    userInfo: atRest('userInfo'),
    options: atRest('options'),
  };
}
