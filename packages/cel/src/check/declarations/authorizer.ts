import { type DeclaredLibrary, declare } from './declaration.ts';

const authorizer = 'kubernetes.authorization.Authorizer';
const groupCheck = 'kubernetes.authorization.GroupCheck';
const pathCheck = 'kubernetes.authorization.PathCheck';
const resourceCheck = 'kubernetes.authorization.ResourceCheck';
const decision = 'kubernetes.authorization.Decision';
const narrower = `${resourceCheck}.(string) -> ${resourceCheck}`;

/** Kubernetes' authorizer (k8s.io/apiserver pkg/cel/library/authz.go). */
export const authorizerDeclarations: DeclaredLibrary = {
  name: 'authz',
  since: 27,
  functions: () => [
    declare('path', 'a check of a path that is no resource', {
      authorizer_path: `${authorizer}.(string) -> ${pathCheck}`,
    }),
    declare('group', 'a check of an API group', { authorizer_group: `${authorizer}.(string) -> ${groupCheck}` }),
    declare('serviceAccount', 'the authorizer of a service account: namespace, name', {
      authorizer_serviceaccount: `${authorizer}.(string, string) -> ${authorizer}`,
    }),
    declare('resource', 'a check of a resource of the group', {
      groupcheck_resource: `${groupCheck}.(string) -> ${resourceCheck}`,
    }),
    declare('subresource', 'the check narrowed to a subresource', { resourcecheck_subresource: narrower }),
    declare('namespace', 'the check narrowed to a namespace', { resourcecheck_namespace: narrower }),
    declare('name', 'the check narrowed to a name', { resourcecheck_name: narrower }),
    declare('check', 'the decision on a verb', {
      pathcheck_check: `${pathCheck}.(string) -> ${decision}`,
      resourcecheck_check: `${resourceCheck}.(string) -> ${decision}`,
    }),
    declare('errored', 'true where the check failed', { decision_errored: `${decision}.() -> bool` }),
    declare('error', 'why the check failed, empty where it did not', { decision_error: `${decision}.() -> string` }),
    declare('allowed', 'true where the decision is to allow', { decision_allowed: `${decision}.() -> bool` }),
    declare('reason', 'why it was decided so', { decision_reason: `${decision}.() -> string` }),
  ],
};

/** Selectors of the authorizer, its version 1. */
export const authorizerSelectorDeclarations: DeclaredLibrary = {
  name: 'authzSelectors',
  since: 31,
  functions: () => [
    declare('fieldSelector', 'the check narrowed by a field selector', { authorizer_fieldselector: narrower }),
    declare('labelSelector', 'the check narrowed by a label selector', { authorizer_labelselector: narrower }),
  ],
};
