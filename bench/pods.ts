import type { JsonObject } from '../packages/plimsoll/src/model/json.ts';

/** Which pod of a series fails some of the 20 policies: every tenth. */
const careless = (index: number): boolean => index % 10 === 0;

/**
 * A pod as a cluster holds it, about 5 KB of JSON: two containers with probes, resources, environment and mounts,
 * owner, managed fields, and status.
 */
export function realisticPod(index: number, namespace = `team-${index % 20}`): JsonObject {
  const name = `web-${Math.floor(index / 10)}-7d9c5b6f4d-${index.toString(36).padStart(5, 'x')}`;
  const now = '2026-11-01T08:00:00Z';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `0f3c9a52-7d1e-4c5b-9a77-${index.toString(16).padStart(12, '0')}`,
      resourceVersion: String(100_000 + index),
      creationTimestamp: now,
      labels: {
        'app.kubernetes.io/name': `web-${Math.floor(index / 10)}`,
        'app.kubernetes.io/part-of': 'shop',
        'pod-template-hash': '7d9c5b6f4d',
      },
      annotations: {
        'prometheus.io/scrape': 'true',
        'prometheus.io/port': '9090',
        'kubectl.kubernetes.io/restartedAt': now,
      },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `web-${Math.floor(index / 10)}-7d9c5b6f4d`,
          uid: '6b1c7f0e-3a3e-4b57-8f86-2f4f6c1d9b10',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: ['kube-controller-manager', 'kubelet'].map((manager) => ({
        manager,
        operation: 'Update',
        apiVersion: 'v1',
        time: now,
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:metadata': { 'f:labels': { '.': {}, 'f:app.kubernetes.io/name': {} } },
          'f:spec': { 'f:containers': { 'k:{"name":"app"}': { '.': {}, 'f:image': {}, 'f:ports': {} } } },
        },
      })),
    },
    spec: {
      serviceAccountName: careless(index) ? 'default' : 'web',
      securityContext: careless(index)
        ? {}
        : { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, fsGroup: 2000 },
      containers: [container('app', index), container('sidecar', index)],
      volumes: [
        { name: 'config', configMap: { name: 'web-config', defaultMode: 420 } },
        { name: 'tmp', emptyDir: {} },
        {
          name: 'kube-api-access',
          projected: {
            defaultMode: 420,
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
              { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            ],
          },
        },
      ],
      nodeName: `node-${index % 40}`,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      schedulerName: 'default-scheduler',
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
    },
    status: {
      phase: 'Running',
      podIP: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
      startTime: now,
      qosClass: 'Burstable',
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: 'True',
        lastProbeTime: null,
        lastTransitionTime: now,
      })),
      containerStatuses: ['app', 'sidecar'].map((container) => ({
        name: container,
        ready: true,
        started: true,
        restartCount: index % 3,
        image: `registry.example.com/shop/${container}:2.4.1`,
        imageID: `registry.example.com/shop/${container}@sha256:${'ab12'.repeat(16)}`,
        containerID: `containerd://${'c0ffee12'.repeat(8)}`,
        state: { running: { startedAt: now } },
      })),
    },
  };
}

function container(name: string, index: number): JsonObject {
  return {
    name,
    image: careless(index)
      ? `registry.example.com/shop/${name}:latest`
      : `registry.example.com/shop/${name}:2.4.${index % 7}`,
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: [
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'database', key: 'url' } } },
      { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
    ],
    resources: careless(index)
      ? {}
      : { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
    readinessProbe: {
      httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' },
      periodSeconds: 10,
      timeoutSeconds: 1,
      successThreshold: 1,
      failureThreshold: 3,
    },
    securityContext: careless(index)
      ? {}
      : { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: [
      { name: 'config', mountPath: '/etc/web', readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true },
    ],
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  };
}
