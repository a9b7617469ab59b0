import type { JsonObject } from '../../model/json.ts';
import { isJsonObject, member } from '../../model/json.ts';
import type { Selector } from '../../model/label-selector.ts';
import { valueAt } from '../formats/document-faults.ts';
import type { Binding, MatchResources, ParamRef, Policy, Rule } from '../policy.ts';
import type { ValidationAction } from './validation-actions.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';

/** A policy as a ValidatingAdmissionPolicy of this name (k8s.io/api/admissionregistration/v1). */
export function policyManifest(policy: Policy, name: string): JsonObject {
  const { match, matchConditions, variables, validations, auditAnnotations, failurePolicy, paramKind } = policy;
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name, labels, annotations: annotationsOf(policy) },
    spec: {
      failurePolicy,
      ...(paramKind === null ? {} : { paramKind: { ...paramKind } }),
      matchConstraints: matchManifest(match),
      ...listed('matchConditions', matchConditions.map(namedManifest)),
      ...listed('variables', variables.map(namedManifest)),
      ...listed(
        'validations',
        validations.map((validation) => validationManifest(validation, policy)),
      ),
      ...listed(
        'auditAnnotations',
        auditAnnotations.map(({ name: key, expression }) => ({ key, valueExpression: expression })),
      ),
    },
  };
}

/** What puts an exported policy in force. */
export interface InForce {
  readonly name: string;
  readonly policyName: string;
  readonly actions: readonly ValidationAction[];
  /** What of the ladder is due later, in words; null: nothing. */
  readonly later: string | null;
  readonly paramRef: ParamRef | null;
  readonly matchResources: MatchResources | null;
}

/** A ValidatingAdmissionPolicyBinding. */
export function bindingManifest({ name, policyName, actions, later, paramRef, matchResources }: InForce): JsonObject {
  const annotations = later === null ? {} : { annotations: { 'plimsoll.dev/enforcement': later } };
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name, labels, ...annotations },
    spec: {
      policyName,
      validationActions: [...actions],
      ...(paramRef === null ? {} : { paramRef: paramRefManifest(paramRef) }),
      ...(matchResources === null ? {} : { matchResources: matchManifest(matchResources) }),
    },
  };
}

/** What a binding of the API server's says already. */
export function inForceAs(binding: Binding): Pick<InForce, 'paramRef' | 'matchResources'> {
  return { paramRef: binding.paramRef, matchResources: binding.matchResources };
}

const labels = { 'app.kubernetes.io/managed-by': 'plimsoll' };

/** Those of the document, but for what kubectl keeps there, and what a Guardrail says in its spec. */
function annotationsOf({ document, reference, rule, title, severity, categories }: Policy): JsonObject {
  const own = member(document.body['metadata'], 'annotations');
  const kept = Object.entries(isJsonObject(own) ? own : {}).filter(
    ([key]) => !key.startsWith('kubectl.kubernetes.io/'),
  );
  return {
    ...Object.fromEntries(kept),
    'plimsoll.dev/guardrail': rule === null ? reference.name : `${reference.name}/${rule}`,
    'plimsoll.dev/severity': severity,
    ...(title === null ? {} : { 'plimsoll.dev/title': title }),
    ...(categories.length === 0 ? {} : { 'plimsoll.dev/categories': categories.join(', ') }),
  };
}

function listed(field: string, list: readonly JsonObject[]): JsonObject {
  return list.length === 0 ? {} : { [field]: [...list] };
}

function namedManifest({ name, expression }: { readonly name: string; readonly expression: string }): JsonObject {
  return { name, expression };
}

function validationManifest(validation: Policy['validations'][number], { document }: Policy): JsonObject {
  const { expression, message, messageExpression, path } = validation;
  const reason = valueAt(document.body, [...path, 'reason']);
  return {
    expression,
    // The API server takes one line (pkg/apis/admissionregistration/validation validateValidation).
    ...(message === null ? {} : { message: message.trim().replace(/\s*\n\s*/g, ' ') }),
    ...(messageExpression === null ? {} : { messageExpression }),
    ...(typeof reason === 'string' ? { reason } : {}),
  };
}

/** MatchResources as the API has it, without what is its default. */
function matchManifest(match: MatchResources): JsonObject {
  const { rules, excludeRules, namespaceSelector, objectSelector, matchPolicy } = match;
  return {
    ...listed('resourceRules', rules.map(ruleManifest)),
    ...listed('excludeResourceRules', excludeRules.map(ruleManifest)),
    ...(namespaceSelector === null ? {} : { namespaceSelector: selectorManifest(namespaceSelector) }),
    ...(objectSelector === null ? {} : { objectSelector: selectorManifest(objectSelector) }),
    ...(matchPolicy === 'Equivalent' ? {} : { matchPolicy }),
  };
}

function ruleManifest({ apiGroups, apiVersions, resources, operations, scope, resourceNames }: Rule): JsonObject {
  return {
    apiGroups: [...apiGroups],
    apiVersions: [...apiVersions],
    operations: [...operations],
    resources: [...resources],
    ...(scope === '*' ? {} : { scope }),
    ...(resourceNames.length === 0 ? {} : { resourceNames: [...resourceNames] }),
  };
}

function selectorManifest({ requirements }: Selector): JsonObject {
  return {
    matchExpressions: requirements.map(({ key, operator, values }) => ({
      key,
      operator,
      ...(values.length === 0 ? {} : { values: [...values] }),
    })),
  };
}

function paramRefManifest({ name, selector, namespace, parameterNotFoundAction }: ParamRef): JsonObject {
  return {
    ...(name === null ? {} : { name }),
    ...(selector === null ? {} : { selector: selectorManifest(selector) }),
    ...(namespace === null ? {} : { namespace }),
    parameterNotFoundAction,
  };
}
