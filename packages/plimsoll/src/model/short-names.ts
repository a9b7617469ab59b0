/**
 * Kubernetes' own short names, for sources that do not say theirs (files): `ShortNames()` of the registries in
 * kubernetes v1.36.3, pkg/registry. Of custom resources a cluster's discovery says them.
 */
export const shortNames: ReadonlyMap<string, string> = new Map([
  ['core/configmaps', 'cm'],
  ['core/endpoints', 'ep'],
  ['core/events', 'ev'],
  ['core/limitranges', 'limits'],
  ['core/namespaces', 'ns'],
  ['core/nodes', 'no'],
  ['core/persistentvolumes', 'pv'],
  ['core/persistentvolumeclaims', 'pvc'],
  ['core/pods', 'po'],
  ['core/replicationcontrollers', 'rc'],
  ['core/resourcequotas', 'quota'],
  ['core/services', 'svc'],
  ['core/serviceaccounts', 'sa'],
  ['apps/daemonsets', 'ds'],
  ['apps/deployments', 'deploy'],
  ['apps/replicasets', 'rs'],
  ['apps/statefulsets', 'sts'],
  ['autoscaling/horizontalpodautoscalers', 'hpa'],
  ['batch/cronjobs', 'cj'],
  ['certificates.k8s.io/certificatesigningrequests', 'csr'],
  ['networking.k8s.io/ingresses', 'ing'],
  ['networking.k8s.io/ipaddresses', 'ip'],
  ['networking.k8s.io/networkpolicies', 'netpol'],
  ['policy/poddisruptionbudgets', 'pdb'],
  ['scheduling.k8s.io/priorityclasses', 'pc'],
  ['storage.k8s.io/storageclasses', 'sc'],
  ['storage.k8s.io/volumeattributesclasses', 'vac'],
]);
