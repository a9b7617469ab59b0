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

/** Why this type is matched by no policy at all; null where it may be. */
export function neverMatched(type: string): string | null {
  return exempt.has(type) ? `${type} is exempt from admission policies` : null;
}
