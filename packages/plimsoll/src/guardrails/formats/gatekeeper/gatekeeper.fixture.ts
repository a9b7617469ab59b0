import type { Json, JsonObject } from '../../../model/json.ts';
import type { Resource } from '../../../model/resource.ts';
import type { Verdict } from '../../../model/verdict.ts';
import { newestDialect } from '../../evaluate/dialect.ts';
import { evaluateResource } from '../../evaluate/evaluator.ts';
import { namespaceByName } from '../../namespace-view.ts';
import { guardrailsOf } from '../../policy-set.ts';
import type { Origin } from '../../policy.ts';
import type { World } from '../../world.ts';
import { readPolicyDocument } from '../registry.ts';

const kind = 'Labelled';

/** A template that wants the labels of its parameters; `source` is what the CEL engine's has besides. */
export function template(source: JsonObject = {}, schema: JsonObject | null = parameters): JsonObject {
  const validation = schema === null ? {} : { validation: { openAPIV3Schema: schema } };
  const validations = [
    { expression: 'variables.params.labels.all(l, l in variables.anyObject.metadata.?labels.orValue({}))' },
  ];
  return {
    apiVersion: 'templates.gatekeeper.sh/v1',
    kind: 'ConstraintTemplate',
    metadata: { name: kind.toLowerCase() },
    spec: {
      crd: { spec: { names: { kind }, ...validation } },
      targets: [
        {
          target: 'admission.k8s.gatekeeper.sh',
          code: [{ engine: 'K8sNativeValidation', source: { validations, ...source } }],
        },
      ],
    },
  };
}

const parameters: JsonObject = {
  type: 'object',
  default: {},
  properties: { labels: { type: 'array', default: ['app'], items: { type: 'string', minLength: 2 } } },
};

export function constraint(spec: JsonObject = {}, name = 'c'): JsonObject {
  return { apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind, metadata: { name }, spec };
}

export function config(...match: readonly Json[]): JsonObject {
  const metadata = { name: 'config', namespace: 'gatekeeper-system' };
  return { apiVersion: 'config.gatekeeper.sh/v1alpha1', kind: 'Config', metadata, spec: { match } };
}

/** What documents come to, whatever order they stand in. */
export function guarded(documents: readonly JsonObject[], origin: Origin = 'files') {
  const place = { file: 'p.yaml', document: 1, line: 1 };
  const source = origin === 'cluster' ? 'prod' : 'files';
  return guardrailsOf(
    documents.flatMap((body) => readPolicyDocument({ source, origin, body, place })),
    () => newestDialect,
  );
}

/** `CODE path: message` of everything that is wrong with documents. */
export function problemsOf(documents: readonly JsonObject[], origin: Origin = 'files'): readonly string[] {
  const { guardrails, problems } = guarded(documents, origin);
  return [...problems, ...guardrails.flatMap((guardrail) => guardrail.problems)].map(
    ({ code, message }) => `${code} ${message}`,
  );
}

/** Of the namespaces, `shop` is known, and has the label `team: a`. */
const world: World = {
  namespace: (_, name) =>
    name === 'shop'
      ? { body: { metadata: { name, labels: { team: 'a' } } }, unknown: null, unseen: [] }
      : namespaceByName(name, `namespace ${name} is not among the files`),
  list: () => ({ items: [] }),
  has: () => false,
  typeOfKind: () => null,
  served: () => null,
};

/** A resource without labels; `shop/a` is in a namespace. */
export function resource(
  type: string,
  apiVersion: string,
  kind: string,
  name: string,
  more: JsonObject = {},
): Resource {
  const [own = '', scope = null] = name.split('/').toReversed();
  const metadata = { name: own, ...(scope === null ? {} : { namespace: scope }), ...more };
  const body = { apiVersion, kind, metadata };
  const key = { source: 'files', type, scope, name: own };
  return { ...key, apiVersion, kind, uid: null, version: null, body, unseen: [], place: null };
}

export const pod = (name = 'shop/a', more: JsonObject = {}) => resource('core/pods', 'v1', 'Pod', name, more);

export function verdictsOf(documents: readonly JsonObject[], of: Resource): readonly Verdict[] {
  return evaluateResource(of, guarded(documents).guardrails, world);
}

/** The outcome of the one constraint on a resource. */
export function outcomeOf(documents: readonly JsonObject[], of: Resource): string {
  return verdictsOf(documents, of)[0]?.outcome ?? 'none';
}
