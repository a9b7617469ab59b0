/**
 * Where each kind that Pod Security admission looks into keeps its Pod template (k8s.io/pod-security-admission,
 * admission.go DefaultPodSpecExtractor).
 */
export const podTemplateTypes: ReadonlyMap<string, readonly string[]> = new Map([
  ['core/podtemplates', ['template']],
  ['core/replicationcontrollers', ['spec', 'template']],
  ['apps/replicasets', ['spec', 'template']],
  ['apps/deployments', ['spec', 'template']],
  ['apps/statefulsets', ['spec', 'template']],
  ['apps/daemonsets', ['spec', 'template']],
  ['batch/jobs', ['spec', 'template']],
  ['batch/cronjobs', ['spec', 'jobTemplate', 'spec', 'template']],
]);
