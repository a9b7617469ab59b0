import type { Value } from '@plimsoll/cel';
import { type Json, type JsonObject, member } from '../../model/json.ts';

/** What the API server fills in, or makes of what else stands in the object. */
type Default = Json | ((holder: JsonObject) => Json | undefined);

const probe = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const mode = { defaultMode: 0o644 };
const webhook = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  timeoutSeconds: 10,
};
const matchResources = { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} };
const rbac = 'rbac.authorization.k8s.io';
const rollingUpdate =
  (of: JsonObject): Default =>
  ({ type = 'RollingUpdate' }) =>
    type === 'RollingUpdate' ? of : undefined;

/** `latest` where neither a tag nor a digest is named (k8s.io/kubernetes pkg/util/parsers ParseImageName). */
const container = {
  imagePullPolicy: ({ image }: JsonObject) => {
    const text = typeof image === 'string' ? image : '';
    if (text.includes('@')) return 'IfNotPresent';
    const [, tag = 'latest'] = text.slice(text.lastIndexOf('/') + 1).split(':');
    return tag === 'latest' ? 'Always' : 'IfNotPresent';
  },
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};

/**
 * What the API server makes of a field that is left out, by its type (kubernetes v1.36.3, pkg/apis/*\/v*\/defaults.go,
 * SetDefaults_…), as far as it follows from what stands beside it. Zero values of what is no pointer are not here.
 */
const defaults: Readonly<Record<string, Readonly<Record<string, Default>>>> = {
  'api.admissionregistration.v1.MatchResources': matchResources,
  'api.admissionregistration.v1.MutatingAdmissionPolicySpec': { failurePolicy: 'Fail' },
  'api.admissionregistration.v1.MutatingWebhook': { ...webhook, reinvocationPolicy: 'Never' },
  'api.admissionregistration.v1.NamedRuleWithOperations': { scope: '*' },
  'api.admissionregistration.v1.RuleWithOperations': { scope: '*' },
  'api.admissionregistration.v1.ServiceReference': { port: 443 },
  'api.admissionregistration.v1.ValidatingAdmissionPolicySpec': { failurePolicy: 'Fail' },
  'api.admissionregistration.v1.ValidatingWebhook': webhook,
  'api.apps.v1.DaemonSetSpec': { revisionHistoryLimit: 10 },
  'api.apps.v1.DaemonSetUpdateStrategy': {
    type: 'RollingUpdate',
    rollingUpdate: rollingUpdate({ maxUnavailable: 1, maxSurge: 0 }),
  },
  'api.apps.v1.DeploymentSpec': { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  'api.apps.v1.DeploymentStrategy': {
    type: 'RollingUpdate',
    rollingUpdate: rollingUpdate({ maxUnavailable: '25%', maxSurge: '25%' }),
  },
  'api.apps.v1.ReplicaSetSpec': { replicas: 1 },
  'api.apps.v1.RollingUpdateDaemonSet': { maxUnavailable: 1, maxSurge: 0 },
  'api.apps.v1.RollingUpdateDeployment': { maxUnavailable: '25%', maxSurge: '25%' },
  'api.apps.v1.RollingUpdateStatefulSetStrategy': { partition: 0, maxUnavailable: 1 },
  'api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': { whenDeleted: 'Retain', whenScaled: 'Retain' },
  'api.apps.v1.StatefulSetSpec': {
    podManagementPolicy: 'OrderedReady',
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    replicas: 1,
    revisionHistoryLimit: 10,
  },
  'api.apps.v1.StatefulSetUpdateStrategy': {
    type: 'RollingUpdate',
    rollingUpdate: rollingUpdate({ partition: 0 }),
  },
  'api.autoscaling.v1.HorizontalPodAutoscalerSpec': { minReplicas: 1 },
  'api.autoscaling.v2.HorizontalPodAutoscalerSpec': { minReplicas: 1 },
  'api.batch.v1.CronJobSpec': {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  },
  'api.batch.v1.JobSpec': {
    // What was defaulted with it cannot be told from what was written.
    completions: ({ parallelism = 1 }) => (parallelism === 1 ? 1 : undefined),
    parallelism: 1,
    backoffLimit: ({ backoffLimitPerIndex }) => (backoffLimitPerIndex === undefined ? 6 : 2_147_483_647),
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: ({ podFailurePolicy }) => (podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'),
    manualSelector: false,
  },
  'api.core.v1.ConfigMapVolumeSource': mode,
  'api.core.v1.Container': container,
  'api.core.v1.ContainerPort': { protocol: 'TCP' },
  'api.core.v1.DownwardAPIVolumeSource': mode,
  'api.core.v1.EndpointPort': { protocol: 'TCP' },
  'api.core.v1.EphemeralContainer': container,
  'api.core.v1.HTTPGetAction': { path: '/', scheme: 'HTTP' },
  'api.core.v1.HostPathVolumeSource': { type: '' },
  'api.core.v1.ObjectFieldSelector': { apiVersion: 'v1' },
  'api.core.v1.PersistentVolumeClaimSpec': { volumeMode: 'Filesystem' },
  'api.core.v1.PersistentVolumeSpec': { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' },
  'api.core.v1.PodSpec': {
    dnsPolicy: 'ClusterFirst',
    enableServiceLinks: true,
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    serviceAccount: ({ serviceAccountName }) => serviceAccountName,
    terminationGracePeriodSeconds: 30,
  },
  'api.core.v1.Probe': probe,
  'api.core.v1.ProjectedVolumeSource': mode,
  'api.core.v1.ReplicationControllerSpec': { replicas: 1 },
  'api.core.v1.Secret': { type: 'Opaque' },
  'api.core.v1.SecretVolumeSource': mode,
  'api.core.v1.ServiceAccountTokenProjection': { expirationSeconds: 3600 },
  'api.core.v1.ServicePort': { protocol: 'TCP', targetPort: ({ port }) => port },
  'api.core.v1.ServiceSpec': {
    clusterIPs: ({ clusterIP }) => (clusterIP === undefined ? undefined : [clusterIP]),
    allocateLoadBalancerNodePorts: ({ type }) => (type === 'LoadBalancer' ? true : undefined),
    externalTrafficPolicy: ({ type }) => (type === 'LoadBalancer' || type === 'NodePort' ? 'Cluster' : undefined),
    internalTrafficPolicy: ({ type }) => (type === 'ExternalName' ? undefined : 'Cluster'),
    sessionAffinity: 'None',
    type: 'ClusterIP',
  },
  'api.networking.v1.IngressClassParametersReference': { scope: 'Cluster' },
  'api.networking.v1.NetworkPolicyPort': { protocol: 'TCP' },
  'api.networking.v1.NetworkPolicySpec': {
    policyTypes: ({ egress }) => (Array.isArray(egress) && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']),
  },
  'api.rbac.v1.RoleRef': { apiGroup: rbac },
  'api.rbac.v1.Subject': { apiGroup: ({ kind }) => (kind === 'User' || kind === 'Group' ? rbac : undefined) },
  'api.scheduling.v1.PriorityClass': { preemptionPolicy: 'PreemptLowerPriority' },
  'api.storage.v1.CSIDriverSpec': {
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: 'ReadWriteOnceWithFSType',
    requiresRepublish: false,
    seLinuxMount: false,
  },
  'api.storage.v1.StorageClass': { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
};

/** Whether the API server fills in anything in this field where it is left out. */
export function hasDefault(type: string, field: string): boolean {
  return Object.hasOwn(defaults[type] ?? {}, field);
}

/** Whether what the API server fills in depends on what stands beside the field. */
export function isComputed(type: string | null, field: string): boolean {
  return type !== null && typeof defaults[type]?.[field] === 'function';
}

/** What the API server fills in, where this field of an object of a type is left out; undefined: nothing. */
export function defaultOf(type: string, field: string, holder: Value | undefined): Json | undefined {
  const found = member(defaults[type] as JsonObject | undefined, field) as Default | undefined;
  if (typeof found !== 'function') return found;
  const known = typeof holder === 'object' && holder !== null && !Array.isArray(holder) ? holder : {};
  return found(known as JsonObject);
}
