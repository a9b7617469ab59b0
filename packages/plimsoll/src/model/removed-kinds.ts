import type { KindRow } from './kubernetes-kinds.ts';

/**
 * Kinds of Kubernetes that no supported version serves any more: manifests and old clusters still hold them.
 * Sources: kubernetes.io/docs/reference/using-api/deprecation-guide (extensions, policy); CHANGELOG-1.19 (AuditSink),
 * CHANGELOG-1.20 (PodPreset), CHANGELOG-1.29 (ClusterCIDR); KEP-3063, withdrawn in 1.32, and KEP-4381's first form
 * (resource.k8s.io). Resource names and scopes: the `+genclient` marks of k8s.io/api at the last tag that had them.
 */
export const removedKinds: readonly KindRow[] = [
  ['auditregistration.k8s.io', 'AuditSink', 'auditsinks', false], // 1.19
  ['extensions', 'DaemonSet', 'daemonsets', true], // 1.16
  ['extensions', 'Deployment', 'deployments', true], // 1.16
  ['extensions', 'Ingress', 'ingresses', true], // 1.22
  ['extensions', 'NetworkPolicy', 'networkpolicies', true], // 1.16
  ['extensions', 'PodSecurityPolicy', 'podsecuritypolicies', false], // 1.16
  ['extensions', 'ReplicaSet', 'replicasets', true], // 1.16
  ['networking.k8s.io', 'ClusterCIDR', 'clustercidrs', false], // 1.29
  ['policy', 'PodSecurityPolicy', 'podsecuritypolicies', false], // 1.25
  ['resource.k8s.io', 'PodScheduling', 'podschedulings', true], // 1.27
  ['resource.k8s.io', 'PodSchedulingContext', 'podschedulingcontexts', true], // 1.32
  ['resource.k8s.io', 'ResourceClaimParameters', 'resourceclaimparameters', true], // 1.31
  ['resource.k8s.io', 'ResourceClass', 'resourceclasses', false], // 1.31
  ['resource.k8s.io', 'ResourceClassParameters', 'resourceclassparameters', true], // 1.31
  ['settings.k8s.io', 'PodPreset', 'podpresets', true], // 1.20
];
