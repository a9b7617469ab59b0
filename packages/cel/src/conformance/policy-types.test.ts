import { type ApiObject, sharedTestCluster } from '@plimsoll/testcluster';
import { describe, expect, it } from 'vitest';
import type { OpenApiDocument } from '../check/schema/open-api-schema.ts';
import { checkPolicyTypes } from '../check/schema/policy-types.ts';
import { typeOfKind } from '../check/schema/schema-type.ts';
import { kubernetes } from '../environment/environment.ts';

const cluster = await sharedTestCluster();
const environment = kubernetes('1.36', 'stored');
const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';

const kinds = [
  { group: '', version: 'v1', kind: 'Pod', resource: 'pods', document: 'api/v1' },
  { group: 'apps', version: 'v1', kind: 'Deployment', resource: 'deployments', document: 'apis/apps/v1' },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'Ingress',
    resource: 'ingresses',
    document: 'apis/networking.k8s.io/v1',
  },
];

const variables = [
  { name: 'containers', expression: 'object.spec.containers' },
  { name: 'names', expression: "[string(object.metadata.name), 'a']" },
  { name: 'broken', expression: 'object.spec.nothing' },
];

/** Valid where objects are dyn; most of them not where they are of their kinds. */
const expressions = [
  'object.spec.container.size() > 0',
  'object.spec.containers.all(c, c.image.startsWith("a"))',
  'object.spec.containers.all(c, c.images == "a")',
  'object.spec.template.spec.containers.exists(c, c.securityContext.privileged == "x")',
  'object.metadata.labels.app == 1',
  "object.metadata.labels['app'] == 'a' && object.metadata.creationTimestamp > timestamp('2020-01-01T00:00:00Z')",
  'has(object.spec.hostNetwork) && object.spec.hostNetwork',
  'object.spec.?hostNetwork.orValue(false) || oldObject.spec.?replicas.orValue(1) > 1',
  'object.spec.rules.all(r, r.http.paths.all(p, p.backend.service.port.number > "80"))',
  'object.spec.replicas + object.spec.replicas > 2.0',
  'object.spec.volumes.all(v, has(v.hostPath) && v.hostPath.path in [1])',
  'object.spec.containers.all(c, c.resources.limits["cpu"] == "1" && c.ports.all(p, p.containerPort > 1024))',
  'object.spec.containers.all(c, c.livenessProbe.httpGet.port == 80 || c.livenessProbe.httpGet.port == "http")',
  'variables.names.all(n, n.startsWith(object.metadata.generateName)) && variables.names.size() == 2',
  'variables.containers.all(c, c.anything) && variables.broken.x == 1',
  'authorizer.requestResource.check("get").allowed()',
  'object == object.spec',
  'object.spec + object.metadata == 1',
];

const validations = expressions.map((expression) => ({ expression, messageExpression: 'string(object.metadata.nam)' }));

/** The controller numbers the names of its types. */
function unnumbered(text: string): string {
  return text.replaceAll(/\b(Pod|Deployment|Ingress)\d+/g, '$1');
}

async function warnings(): Promise<readonly { fieldRef: string; warning: string }[]> {
  const name = `types-${Date.now()}`;
  await cluster?.admin.create(policies, {
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        objectSelector: { matchLabels: { nobody: 'ever' } },
        resourceRules: kinds.map(({ group, version, resource }) => ({
          apiGroups: [group],
          apiVersions: [version],
          operations: ['CREATE'],
          resources: [resource],
        })),
      },
      variables,
      validations,
    },
  });
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const status = (await cluster?.admin.get(`${policies}/${name}`))?.['status'] as ApiObject | undefined;
    if (status?.['observedGeneration'] !== undefined) {
      await cluster?.admin.delete(`${policies}/${name}`);
      return status['typeChecking']?.expressionWarnings ?? [];
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the controller did not check the policy within 30 s');
}

describe.skipIf(cluster === undefined)('given a policy, status.typeChecking of the controller-manager', () => {
  it('says what we say, for each kind that it matches', async () => {
    const documents = await Promise.all(
      kinds.map(async ({ document }) => (await cluster?.admin.get(`/openapi/v3/${document}`)) as OpenApiDocument),
    );
    const matched = kinds.map(({ group, version, kind }, i) => ({
      kind: { group, version, kind },
      type: typeOfKind(documents[i] ?? {}, { group, version, kind })?.type ?? expect.unreachable(kind),
    }));
    const found = checkPolicyTypes({ variables, validations, params: null }, matched, environment);
    const theirs = (await warnings()).map(({ fieldRef, warning }) => ({ fieldRef, warning: unnumbered(warning) }));
    expect(found.map(({ fieldRef, warning }) => ({ fieldRef, warning }))).toEqual(theirs);
    expect(found.length).toBeGreaterThan(20);
  }, 60_000);
});
