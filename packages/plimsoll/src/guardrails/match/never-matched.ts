import type { Policy } from '../policy.ts';

/**
 * What no ValidatingAdmissionPolicy ever sees: admission configuration itself (IsExemptAdmissionConfigurationResource
 * in k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules) and reviews (DefaultExcludedResources of the
 * policy plug-ins, pkg/kubeapiserver/admission/exclusion in Kubernetes).
 */
const exempt: ReadonlySet<string> = new Set([
  ...[
    'validatingwebhookconfigurations',
    'mutatingwebhookconfigurations',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
    'mutatingadmissionpolicies',
    'mutatingadmissionpolicybindings',
  ].map((resource) => `admissionregistration.k8s.io/${resource}`),
  ...['selfsubjectreviews', 'tokenreviews'].map((resource) => `authentication.k8s.io/${resource}`),
  ...['localsubjectaccessreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'subjectaccessreviews'].map(
    (resource) => `authorization.k8s.io/${resource}`,
  ),
]);

/**
 * Why a policy matches no resource of this type whatever it says; null where it may. What is not enforced by the API
 * server alone (a Guardrail, another tool's policy) may be about admission's own configuration.
 */
export function neverMatched({ reference }: Pick<Policy, 'reference'>, type: string): string | null {
  return reference.kind === 'ValidatingAdmissionPolicy' && exempt.has(type)
    ? `${type} is exempt from admission policies`
    : null;
}
