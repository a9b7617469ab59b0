import { readPolicyDocument } from '../../plimsoll/src/guardrails/formats/registry.ts';
import type { PolicyPart } from '../../plimsoll/src/guardrails/policy.ts';
import type { JsonObject } from '../../plimsoll/src/model/json.ts';

const on = (apiGroup: string, ...resources: readonly string[]): JsonObject => ({
  resourceRules: [{ apiGroups: [apiGroup], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources }],
});

function guardrail(name: string, spec: JsonObject): PolicyPart {
  const body = { apiVersion: 'plimsoll.dev/v1', kind: 'Guardrail', metadata: { name }, spec };
  const [part] = readPolicyDocument({ source: 'files', origin: 'files', body, place: null });
  if (part === undefined) throw new Error(`${name} is no guardrail`);
  return part;
}

/**
 * Guardrails that depend on everything that verdicts can rest on: the object alone, its template's owner, its
 * namespace's labels and content, other resources. Policies with params live in the cluster.
 */
export const guardrailParts: readonly PolicyPart[] = [
  guardrail('small', {
    matchConstraints: on('', 'pods'),
    validations: [{ expression: 'object.spec.size < 3', messageExpression: '"size " + string(object.spec.size)' }],
  }),
  guardrail('owned', {
    appliesTo: 'podTemplates',
    matchConstraints: {
      resourceRules: ['', 'apps'].map((group) => ({
        apiGroups: [group],
        apiVersions: ['*'],
        operations: ['CREATE'],
        resources: ['*'],
      })),
    },
    validations: [{ expression: 'object.spec.size < 2', message: 'too large' }],
  }),
  guardrail('in-production', {
    matchConstraints: {
      ...on('', 'pods', 'secrets'),
      namespaceSelector: { matchLabels: { env: 'prod' } },
    },
    validations: [
      { expression: "has(object.metadata.labels) && 'team' in object.metadata.labels", message: 'no team' },
    ],
  }),
  guardrail('quiet', {
    matchConstraints: on('apps', 'deployments'),
    validations: [
      {
        expression: "!has(namespaceObject.metadata.annotations) || !('freeze' in namespaceObject.metadata.annotations)",
        message: 'frozen',
      },
    ],
  }),
  guardrail('with-widgets', {
    matchConstraints: on('', 'pods'),
    lookups: [{ name: 'widgets', type: 'shop.example.com/widgets', sameNamespace: true }],
    validations: [{ expression: 'lookups.widgets.all(w, w.spec.size < 3)', message: 'a widget is too large' }],
  }),
];
