import { sharedTestCluster } from '@plimsoll/testcluster';
import { load } from 'js-yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { Evaluator } from '../evaluate/evaluator.ts';
import { emptyWorld } from '../empty-world.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { guardrailsOf } from '../policy-set.ts';
import { resourceOf } from '../resource-of.fixture.ts';
import { captureOf } from './capture.ts';

const cluster = await sharedTestCluster();
const kinds = new FileKinds();
let namespace = '';
beforeAll(async () => {
  namespace = (await cluster?.namespace('captured')) ?? '';
});

const pods = `
      metadata: {labels: {app: web}}
      spec:
        containers:
          - name: web
            image: registry.k8s.io/pause:3.10
            ports: [{containerPort: 80}, {containerPort: 80, protocol: UDP}]
            resources: {limits: {cpu: '1.5', memory: 1024Mi}, requests: {cpu: 100m}}
            env: [{name: A, value: '1'}, {name: B, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
            readinessProbe: {httpGet: {port: 80}}
            volumeMounts: [{name: c, mountPath: /c}]
            securityContext: {privileged: false}
        volumes:
          - {name: c, configMap: {name: c}}
          - {name: e, emptyDir: {}}
          - {name: p, projected: {sources: [{serviceAccountToken: {path: t}}]}}
          - {name: h, hostPath: {path: /h}}
`;

const manifests: readonly (readonly [name: string, yaml: string])[] = [
  [
    'a Deployment',
    `apiVersion: apps/v1\nkind: Deployment\nspec:\n    selector: {matchLabels: {app: web}}\n    template:${pods}`,
  ],
  [
    'a StatefulSet',
    `apiVersion: apps/v1\nkind: StatefulSet\nspec:\n    serviceName: web\n    selector: {matchLabels: {app: web}}\n    template:${pods}`,
  ],
  [
    'a DaemonSet',
    `apiVersion: apps/v1\nkind: DaemonSet\nspec:\n    selector: {matchLabels: {app: web}}\n    template:${pods}`,
  ],
  [
    'a CronJob',
    `apiVersion: batch/v1\nkind: CronJob\nspec:\n  schedule: '0 * * * *'\n  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox}]}}}}`,
  ],
  [
    'a Job',
    `apiVersion: batch/v1\nkind: Job\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox}]}}}`,
  ],
  [
    'a Service',
    'apiVersion: v1\nkind: Service\nspec: {selector: {app: web}, ports: [{port: 80}, {name: b, port: 81, targetPort: http}]}'.replace(
      '{port: 80}',
      '{name: a, port: 80}',
    ),
  ],
  [
    'a Service with a port of nodes',
    'apiVersion: v1\nkind: Service\nspec: {type: NodePort, selector: {app: web}, ports: [{port: 80}]}',
  ],
  ['a headless Service', 'apiVersion: v1\nkind: Service\nspec: {clusterIP: None, selector: {app: web}}'],
  ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\ndata: {a: b}'],
  [
    'a NetworkPolicy',
    'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: {podSelector: {}, egress: [{ports: [{port: 53}]}], ingress: [{from: [{namespaceSelector: {}}]}]}',
  ],
  [
    'an Ingress',
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\nspec: {rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}',
  ],
  [
    'an autoscaler',
    'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nspec: {maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}',
  ],
  [
    'a disruption budget',
    'apiVersion: policy/v1\nkind: PodDisruptionBudget\nspec: {minAvailable: 1, selector: {matchLabels: {app: web}}}',
  ],
  [
    'a RoleBinding',
    'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\nsubjects: [{kind: User, name: a}, {kind: ServiceAccount, name: b, namespace: c}]',
  ],
  [
    'a claim',
    'apiVersion: v1\nkind: PersistentVolumeClaim\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}',
  ],
  ['a quota', "apiVersion: v1\nkind: ResourceQuota\nspec: {hard: {pods: '10', requests.cpu: 1000m}}"],
];

/** What the captured state of one object says of another one. */
function drift(captured: JsonObject, object: JsonObject): string[] {
  const { guardrails: bodies } = captureOf([resourceOf(captured, 'prod')], () => true, 'now');
  const parts = bodies.flatMap((body) =>
    readPolicyDocument({ source: 'files', origin: 'files', body: body as unknown as JsonObject, place: null }),
  );
  const { guardrails } = guardrailsOf(parts, () => newestDialect);
  expect(guardrails.flatMap(({ problems }) => problems)).toEqual([]);
  const said: string[] = [];
  new Evaluator(guardrails, emptyWorld).evaluate(resourceOf(object, 'prod'), {
    pass: () => said.push('pass'),
    verdict: ({ outcome, reason, violations }) =>
      said.push(...(violations.length > 0 ? violations.map(({ message }) => message) : [`${outcome}: ${reason}`])),
  });
  return said;
}

describe.skipIf(cluster === undefined)('a state that a real API server stores', () => {
  it.each(manifests)('of %s, is that of its manifest, both ways', async (_, yaml) => {
    const written = load(yaml) as JsonObject;
    const manifest: JsonObject = { ...written, metadata: { name: 'web', namespace } };
    const apiVersion = String(manifest['apiVersion']);
    const type = kinds.of(apiVersion, String(manifest['kind']))?.type ?? '';
    const prefix = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const path = `${prefix}/namespaces/${namespace}/${type.slice(type.indexOf('/') + 1)}?dryRun=All`;
    const stored = (await cluster?.admin.create(path, manifest)) as JsonObject;
    expect(drift(stored, stored)).toEqual(['pass']);
    expect(drift(stored, manifest)).toEqual(['pass']);
    expect(drift(manifest, stored)).toEqual(['pass']);
  });
});
