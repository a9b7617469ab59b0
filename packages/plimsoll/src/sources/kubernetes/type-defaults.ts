/**
 * Types that are not watched unless the configuration gives its own `exclude`: they change all the time and say how a
 * cluster runs, not how it is set up. Coverage shows each as `off`. `GROUP/*` names a whole group.
 */
export const offByDefault: readonly string[] = [
  'core/endpoints', // leader election of old control planes rewrites them every 2 s; endpointslices say the same
  'core/events',
  'events.k8s.io/events',
  'coordination.k8s.io/leases',
  'coordination.k8s.io/leasecandidates',
  'metrics.k8s.io/*',
  'custom.metrics.k8s.io/*',
  'external.metrics.k8s.io/*',
  'reports.kyverno.io/*',
  'wgpolicyk8s.io/*',
  'openreports.io/*',
  'cilium.io/ciliumendpoints',
  'cilium.io/ciliumidentities',
];

/** Types of which only the metadata is asked for, unless the configuration gives its own `metadataOnly`. */
export const metadataOnlyByDefault: readonly string[] = ['core/configmaps', 'core/secrets'];

/**
 * One storage served by several groups: the type on the left is held as the one on the right where both are served.
 * Kubernetes: pkg/kubeapiserver/default_storage_factory_builder.go (AddCohabitatingResources), and extensions' old
 * members; OpenShift: its API server's proxies of RBAC and namespaces.
 */
export const heldAs: ReadonlyMap<string, string> = new Map([
  ['events.k8s.io/events', 'core/events'],
  ['extensions/daemonsets', 'apps/daemonsets'],
  ['extensions/deployments', 'apps/deployments'],
  ['extensions/replicasets', 'apps/replicasets'],
  ['extensions/replicationcontrollers', 'core/replicationcontrollers'],
  ['extensions/ingresses', 'networking.k8s.io/ingresses'],
  ['extensions/networkpolicies', 'networking.k8s.io/networkpolicies'],
  ['extensions/podsecuritypolicies', 'policy/podsecuritypolicies'],
  ['authorization.openshift.io/roles', 'rbac.authorization.k8s.io/roles'],
  ['authorization.openshift.io/rolebindings', 'rbac.authorization.k8s.io/rolebindings'],
  ['authorization.openshift.io/clusterroles', 'rbac.authorization.k8s.io/clusterroles'],
  ['authorization.openshift.io/clusterrolebindings', 'rbac.authorization.k8s.io/clusterrolebindings'],
  ['project.openshift.io/projects', 'core/namespaces'],
]);

/** True where `type` is one of `patterns`: a type, or `GROUP/*`. */
export function isNamed(type: string, patterns: readonly string[]): boolean {
  const group = type.slice(0, type.indexOf('/'));
  return patterns.includes(type) || patterns.includes(`${group}/*`);
}
