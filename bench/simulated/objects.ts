import { type SimulatedType, simulatedType } from '../../packages/testcluster/src/index.ts';
import type { Json, JsonObject } from '../../packages/plimsoll/src/model/json.ts';
import { realisticPod } from '../pods.ts';

/** A pod of {@link realisticPod} as a simulated cluster is given it: what the server sets is left out. */
export function podFields(index: number): JsonObject {
  const { metadata, spec, status } = realisticPod(index) as Record<string, JsonObject>;
  return {
    metadata: sharing({ ...metadata, uid: '', resourceVersion: '' }),
    spec: sharing(spec ?? {}),
    status: sharing(status ?? {}),
  };
}

/** A pod that holds all 20 guardrails but, where it `breaks`, the one about the host's network. */
export function smallPod(breaks: boolean, generation: number): JsonObject {
  const container: JsonObject = {
    name: 'a',
    image: 'registry.example.com/shop/a:1',
    resources: { requests: { cpu: '1m' }, limits: { memory: '1Mi' } },
    readinessProbe: { tcpSocket: { port: 80 } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  };
  return {
    metadata: { labels: { 'app.kubernetes.io/name': 'a', team: 'bench' }, generation },
    spec: {
      hostNetwork: breaks,
      serviceAccountName: 'a',
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container],
    },
  };
}

/** The n-th type that a CRD defines, ten to a group. */
export function definedType(index: number): SimulatedType {
  return simulatedType(`group-${Math.floor(index / 10)}.example.com`, `things${index}`, `Thing${index}`);
}

/** The CRD of a type: about 4 KB, most of it the schema, as generated ones are. */
export function definitionOf({ group, resource, kind, version }: SimulatedType): JsonObject {
  const field = (name: number): JsonObject => ({
    type: 'string',
    description: `Field ${name} of ${kind}, as the operator that owns it documents it for its users.`,
  });
  const properties = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`field${i}`, field(i)]));
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } } };
  return {
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: resource, singular: resource.slice(0, -1), kind, listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
}

/** An object of such a type, about 4 KB. */
export function thingFields(index: number): JsonObject {
  const rule = (n: number): JsonObject => ({
    host: `shop-${index}-${n}.example.com`,
    paths: ['/', '/api', '/static'].map((path) => ({ path, service: `web-${n}`, port: 8080, weight: 100 })),
  });
  return {
    metadata: { labels: { 'app.kubernetes.io/name': `thing-${index}` } },
    spec: { replicas: index % 5, rules: Array.from({ length: 14 }, (_, n) => rule(n)) },
    status: sharing({ conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-11-01T08:00:00Z' }] }),
  };
}

const known = new Map<string, Json>();

/** The same object with fields that others have as well shared with them: 100,000 pods fit into the memory. */
function sharing(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      const text = JSON.stringify(value);
      const found = known.get(text);
      if (found === undefined) known.set(text, value);
      return [name, found ?? value];
    }),
  );
}
