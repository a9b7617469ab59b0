import { type DeclaredLibrary, declare } from './declaration.ts';

const authorizer = 'kubernetes.authorization.Authorizer';
const groupCheck = 'kubernetes.authorization.GroupCheck';
const pathCheck = 'kubernetes.authorization.PathCheck';
const resourceCheck = 'kubernetes.authorization.ResourceCheck';
const decision = 'kubernetes.authorization.Decision';
const narrower = `${resourceCheck}.(string) -> ${resourceCheck}`;

/** Kubernetes' authorizer (k8s.io/apiserver pkg/cel/library/authz.go). */
export const authorizerDeclarations: DeclaredLibrary = {
  since: 27,
  functions: () => [
    declare('path', {
      authorizer_path: `${authorizer}.(string) -> ${pathCheck}`,
    }),
    declare('group', { authorizer_group: `${authorizer}.(string) -> ${groupCheck}` }),
    declare('serviceAccount', {
      authorizer_serviceaccount: `${authorizer}.(string, string) -> ${authorizer}`,
    }),
    declare('resource', {
      groupcheck_resource: `${groupCheck}.(string) -> ${resourceCheck}`,
    }),
    declare('subresource', { resourcecheck_subresource: narrower }),
    declare('namespace', { resourcecheck_namespace: narrower }),
    declare('name', { resourcecheck_name: narrower }),
    declare('check', {
      pathcheck_check: `${pathCheck}.(string) -> ${decision}`,
      resourcecheck_check: `${resourceCheck}.(string) -> ${decision}`,
    }),
    declare('errored', { decision_errored: `${decision}.() -> bool` }),
    declare('error', { decision_error: `${decision}.() -> string` }),
    declare('allowed', { decision_allowed: `${decision}.() -> bool` }),
    declare('reason', { decision_reason: `${decision}.() -> string` }),
  ],
};

/** Selectors of the authorizer, its version 1. */
export const authorizerSelectorDeclarations: DeclaredLibrary = {
  since: 31,
  functions: () => [
    declare('fieldSelector', { authorizer_fieldselector: narrower }),
    declare('labelSelector', { authorizer_labelselector: narrower }),
  ],
};
