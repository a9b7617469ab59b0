import { type Json, isJsonObject, member } from '../../model/json.ts';
import type { Captured } from './captured.ts';

/** What the server or a controller writes into objects of a type, besides status and most of the metadata. */
const writtenInto: ReadonlyMap<string, readonly string[]> = new Map([
  ['admissionregistration.k8s.io/mutatingwebhookconfigurations', ['webhooks[*].clientConfig.caBundle']],
  ['admissionregistration.k8s.io/validatingwebhookconfigurations', ['webhooks[*].clientConfig.caBundle']],
  ['apiextensions.k8s.io/customresourcedefinitions', ['spec.conversion.webhook.clientConfig.caBundle']],
  ['apiregistration.k8s.io/apiservices', ['spec.caBundle']],
  ['batch/jobs', ['spec.selector', 'spec.template.metadata', 'spec.suspend']],
  ['core/namespaces', ['spec']],
  ['core/persistentvolumeclaims', ['spec.volumeName']],
  ['core/persistentvolumes', ['spec.claimRef']],
  [
    'core/pods',
    // The scheduler's, and what admission plugins put in: priorities, tolerations, a ServiceAccount's token and secrets.
    [
      'spec.nodeName',
      'spec.priority',
      'spec.preemptionPolicy',
      'spec.tolerations',
      'spec.imagePullSecrets',
      'spec.serviceAccount',
      'spec.volumes',
      'spec.containers[*].volumeMounts',
      'spec.initContainers[*].volumeMounts',
      'spec.ephemeralContainers',
    ],
  ],
  ['core/serviceaccounts', ['secrets', 'imagePullSecrets']],
  [
    'core/services',
    ['spec.clusterIP', 'spec.clusterIPs', 'spec.ipFamilies', 'spec.ipFamilyPolicy', 'spec.healthCheckNodePort'],
  ],
]);

const scaled = new Set(['apps/deployments', 'apps/replicasets', 'apps/statefulsets', 'core/replicationcontrollers']);

/**
 * The paths of an object that others than its author write, so that they differ without anybody's doing. `autoscaled`:
 * true where a HorizontalPodAutoscaler sets how many replicas it has.
 */
export function writtenByOthers({ type, body }: Captured, autoscaled: boolean): readonly string[] {
  const paths = [...(writtenInto.get(type) ?? [])];
  // Headless is what its author wants.
  if (member(body['spec'], 'clusterIP') === 'None') return paths.filter((path) => !path.startsWith('spec.clusterIP'));
  const isNodePort = member(body['spec'], 'type') === 'NodePort' || member(body['spec'], 'type') === 'LoadBalancer';
  if (type === 'core/services' && isNodePort) paths.push('spec.ports[*].nodePort');
  if (scaled.has(type) && (autoscaled || isScaledByController(body['metadata']))) paths.push('spec.replicas');
  if (type === 'rbac.authorization.k8s.io/clusterroles' && body['aggregationRule'] !== undefined) paths.push('rules');
  return paths;
}

/** Through the subresource `scale` write autoscalers, and people with `kubectl scale`. */
function isScaledByController(metadata: Json | undefined): boolean {
  const managers = member(metadata, 'managedFields');
  if (!Array.isArray(managers)) return false;
  return (managers as readonly Json[]).some((entry) => {
    const manager = member(entry, 'manager');
    return member(entry, 'subresource') === 'scale' && typeof manager === 'string' && !manager.startsWith('kubectl');
  });
}

/** Labels and annotations that controllers, Kubernetes or kubectl write. */
const othersKeys =
  /^(?:kubectl\.kubernetes\.io\/|deployment\.kubernetes\.io\/|deprecated\.daemonset\.|autoscaling\.alpha\.kubernetes\.io\/|control-plane\.alpha\.kubernetes\.io\/|pv\.kubernetes\.io\/|volume\.(?:beta\.)?kubernetes\.io\/|batch\.kubernetes\.io\/|endpoints\.kubernetes\.io\/|cni\.projectcalico\.org\/|k8s\.v1\.cni\.cncf\.io\/|sidecar\.istio\.io\/status$|pod-template-hash$|controller-revision-hash$|controller-uid$|job-name$|kubernetes\.io\/metadata\.name$)/;

/** Labels or annotations as their author wrote them; null where there are none of those. */
export function authorsOwn(words: Json | undefined): Record<string, Json> | null {
  if (!isJsonObject(words)) return null;
  const own = Object.entries(words).filter(([key]) => !othersKeys.test(key));
  return own.length === 0 ? null : Object.fromEntries(own);
}
