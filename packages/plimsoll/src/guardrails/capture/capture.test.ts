import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldSteps } from '../../model/field-path.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { newestDialect } from '../evaluate/dialect.ts';
import { Evaluator } from '../evaluate/evaluator.ts';
import { emptyWorld } from '../empty-world.ts';
import { readPolicyDocument } from '../formats/registry.ts';
import { guardrailsOf } from '../policy-set.ts';
import { resourceOf } from '../resource-of.fixture.ts';
import { captureOf } from './capture.ts';

const at = '2026-11-26T10:00:00Z';
const capturedOf = (...objects: JsonObject[]) =>
  captureOf(
    objects.map((object) => resourceOf(object, 'prod')),
    () => true,
    at,
  );

/** What the captured state of some objects says of another one: path and message of each difference. */
function drift(captured: readonly JsonObject[], object: JsonObject): string[] {
  const parts = capturedOf(...captured).guardrails.flatMap((body) =>
    readPolicyDocument({ source: 'files', origin: 'files', body: body as unknown as JsonObject, place: null }),
  );
  const { guardrails } = guardrailsOf(parts, () => newestDialect);
  expect(guardrails.flatMap(({ problems }) => problems)).toEqual([]);
  const said: string[] = [];
  new Evaluator(guardrails, emptyWorld).evaluate(resourceOf(object, 'prod'), {
    pass: () => said.push('pass'),
    verdict: ({ outcome, reason, violations }) =>
      said.push(...(violations.length > 0 ? violations.flatMap(({ paths }) => paths) : [`${outcome}: ${reason}`])),
  });
  return said;
}

const word = fc.constantFrom('a', 'b', 'c', 'web-1', '100m');
const quantity = fc.constantFrom('1', '1000m', '250m', '1Gi', '1024Mi', '0');
const named = <T extends object>(arbitrary: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(fc.tuple(word, arbitrary), { selector: ([name]) => name, maxLength: 3 })
    .map((all) => all.map(([name, rest]) => ({ name, ...rest })));
const container = fc.record(
  {
    image: fc.constantFrom('nginx', 'nginx:1.27', 'r.example.com:5000/a@sha256:00'),
    imagePullPolicy: fc.constantFrom('Always', 'IfNotPresent'),
    args: fc.array(word, { maxLength: 3 }),
    env: named(fc.record({ value: word }, { requiredKeys: [] })),
    ports: fc.uniqueArray(
      fc.record(
        { containerPort: fc.constantFrom(80, 443), protocol: fc.constantFrom('TCP', 'UDP') },
        { requiredKeys: ['containerPort'] },
      ),
      { selector: ({ containerPort, protocol = 'TCP' }) => `${containerPort} ${protocol}`, maxLength: 3 },
    ),
    resources: fc.record({ limits: fc.record({ cpu: quantity, memory: quantity }, { requiredKeys: [] }) }),
    readinessProbe: fc.record({
      periodSeconds: fc.constantFrom(10, 20),
      httpGet: fc.record({ port: fc.constantFrom(80, 'http') }),
    }),
    stdin: fc.boolean(),
  },
  { requiredKeys: ['image'] },
);
const deployment: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      replicas: fc.constantFrom(0, 1, 2),
      paused: fc.boolean(),
      strategy: fc.constantFrom({ type: 'Recreate' }, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }, {}),
      template: fc.record({
        metadata: fc.constant({ labels: { app: 'web' } }),
        spec: fc.record(
          {
            containers: named(container),
            hostNetwork: fc.boolean(),
            nodeSelector: fc.dictionary(word, word),
            tolerations: fc.array(fc.record({ key: word, operator: fc.constantFrom('Exists', 'Equal') }), {
              maxLength: 2,
            }),
            automountServiceAccountToken: fc.boolean(),
            securityContext: fc.constantFrom({}, { runAsNonRoot: true }),
            volumes: named(fc.constantFrom({ emptyDir: {} }, { configMap: { name: 'x', defaultMode: 420 } })),
          },
          { requiredKeys: ['containers'] },
        ),
      }),
    },
    { requiredKeys: ['template'] },
  )
  .map((spec): JsonObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: spec as unknown as JsonObject,
  }));

/** The paths of all values without parts in the spec. */
function leaves(value: Json, path = ''): string[] {
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((item, index) => leaves(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

/** An object with another value at a path. */
function changed(value: Json, steps: readonly (string | number)[]): Json {
  const [first, ...rest] = steps;
  if (first === undefined) return typeof value === 'number' ? value + 7 : typeof value === 'boolean' ? !value : '7';
  if (Array.isArray(value))
    return (value as readonly Json[]).map((item, index) => (index === first ? changed(item, rest) : item));
  const object = value as JsonObject;
  return { ...object, [first]: changed(object[first] ?? null, rest) };
}

function reversed(value: Json): Json {
  if (Array.isArray(value)) {
    const list = (value as readonly Json[]).map(reversed);
    const isKeyed = list.every(
      (item) => typeof item === 'object' && item !== null && ('name' in item || 'containerPort' in item),
    );
    return isKeyed ? list.toReversed() : list;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

describe('a captured state', () => {
  test('given any object, then it holds to what was captured of it', () => {
    fc.assert(
      fc.property(deployment, (object) => {
        expect(drift([object], object)).toEqual(['pass']);
      }),
    );
  });

  test('given another order of what is told apart by keys, then it holds', () => {
    fc.assert(
      fc.property(deployment, (object) => {
        expect(drift([object], reversed(object) as JsonObject)).toEqual(['pass']);
      }),
    );
  });

  test('given a change of one value, then it is told at just that path', () => {
    const change = deployment.chain((object) => {
      // Of a key of an element, another element is told; so is a protocol, which is part of one.
      const paths = leaves(object['spec'] ?? null, 'spec').filter(
        (path) => !/\.(?:name|containerPort|protocol)$/.test(path),
      );
      return fc.tuple(fc.constant(object), fc.constantFrom(...paths));
    });
    fc.assert(
      fc.property(change, ([object, path]) => {
        const other = changed(object, (fieldSteps(path) ?? []) as (string | number)[]) as JsonObject;
        expect(drift([object], other)).toEqual([path]);
      }),
    );
  });

  test('given a field that comes, then it is told where it is', () => {
    const web: JsonObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'shop' },
      data: { a: '1' },
    };
    expect(drift([web], { ...web, data: { a: '1', b: '2' } })).toEqual(['data.b']);
    expect(drift([web], { ...web, binaryData: { c: 'AA==' } })).toEqual(['pass']);
  });
});

const of = (apiVersion: string, kind: string, rest: JsonObject): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web', namespace: 'shop' },
  ...rest,
});
const scaler = of('autoscaling/v2', 'HorizontalPodAutoscaler', {
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
});
const web = of('apps/v1', 'Deployment', { spec: { replicas: 2, paused: true } });

test.each<[string, JsonObject[], JsonObject]>([
  [
    'replicas that an autoscaler sets',
    [web, scaler],
    of('apps/v1', 'Deployment', { spec: { replicas: 9, paused: true } }),
  ],
  [
    'an address that the server gave',
    [of('v1', 'Service', { spec: { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] } })],
    of('v1', 'Service', { spec: { clusterIP: '10.0.0.2' } }),
  ],
  ['status', [web], { ...web, status: { replicas: 3 } }],
  [
    'what is in the metadata besides labels and annotations',
    [web],
    { ...web, metadata: { name: 'web', namespace: 'shop', generation: 4, uid: 'u', finalizers: ['x'] } },
  ],
  [
    'annotations of controllers',
    [
      {
        ...web,
        metadata: { name: 'web', namespace: 'shop', annotations: { 'deployment.kubernetes.io/revision': '1' } },
      },
    ],
    web,
  ],
  [
    'a certificate authority that was put in',
    [
      of('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
        metadata: { name: 'w' },
        webhooks: [{ name: 'a', clientConfig: { caBundle: 'AA==', url: 'https://x' } }],
      }),
    ],
    of('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
      metadata: { name: 'w' },
      webhooks: [{ name: 'a', clientConfig: { caBundle: 'BB==', url: 'https://x' } }],
    }),
  ],
])('given a change of %s, then that is no drift', (_, captured, object) => {
  expect(drift(captured, object).filter((said) => !said.startsWith('unknown'))).toEqual(['pass']);
});

test.each([
  [
    'made by a controller',
    { ...web, metadata: { name: 'a', ownerReferences: [{ kind: 'ReplicaSet', controller: true }] } },
    'apps/deployments: made by their ReplicaSet',
  ],
  ['that come and go', of('v1', 'Event', {}), 'core/events: they come and go'],
  [
    'that Kubernetes puts everywhere',
    of('v1', 'ConfigMap', { metadata: { name: 'kube-root-ca.crt', namespace: 'shop' } }),
    'core/configmaps kube-root-ca.crt: Kubernetes puts it into every namespace',
  ],
  ['being deleted', { ...web, metadata: { name: 'a', deletionTimestamp: 'x' } }, 'apps/deployments: being deleted'],
])('given objects %s, then they are left out, and that is said', (_, object, note) => {
  expect(capturedOf(object as unknown as JsonObject)).toMatchObject({ guardrails: [], captured: 0 });
  expect([...capturedOf(object as unknown as JsonObject).notes.keys()]).toEqual([note]);
});
