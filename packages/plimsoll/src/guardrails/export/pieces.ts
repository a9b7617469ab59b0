import { documentFault } from '../formats/document-faults.ts';
import { podTemplateTypes } from '../evaluate/pod-template-types.ts';
import { templateOwnerKinds } from '../evaluate/pod-template.ts';
import type { NamedExpression, Policy, Rule, Validation } from '../policy.ts';
import type { Problem } from '../../model/problem.ts';
import { onTemplate } from './on-template.ts';

/** What is exported of a policy under one name. */
export interface Piece {
  /** Put behind the names of policy and bindings: `.templates`, or nothing. */
  readonly suffix: string;
  readonly policy: Policy;
}

/** A policy in as many pieces as the API server needs: one, but for one that is about the templates of pods. */
export function piecesOf(policy: Policy): { readonly pieces: readonly Piece[]; readonly problems: readonly Problem[] } {
  if (policy.appliesTo === null) return { pieces: [{ suffix: '', policy }], problems: [] };
  const pieces: Piece[] = [{ suffix: '', policy: onPods(policy) }];
  const problems: Problem[] = [];
  for (const [template, types] of Map.groupBy(podTemplateTypes.keys(), templateOf)) {
    const piece = onTemplates(policy, template, types, problems);
    if (piece !== null) pieces.push({ suffix: suffixes.get(template) ?? `.${template}`, policy: piece });
  }
  // What cannot be told of one template cannot be told of any.
  const told = new Map(problems.map((one) => [JSON.stringify(one), one]));
  return { pieces, problems: [...told.values()] };
}

const suffixes = new Map([
  ['spec.jobTemplate.spec.template', '.cronjobs'],
  ['spec.template', '.templates'],
  ['template', '.podtemplates'],
]);

function templateOf(type: string): string {
  return podTemplateTypes.get(type)?.join('.') ?? '';
}

/** Pods are judged again when what they are about changes, and not for a label of a controller's or an old finalizer. */
function onPods(policy: Policy): Policy {
  return {
    ...policy,
    appliesTo: null,
    match: {
      ...policy.match,
      rules: [
        rule('core/pods', ['CREATE', 'UPDATE']),
        // Ephemeral containers are added to a running pod by this subresource alone.
        rule('core/pods/ephemeralcontainers', ['UPDATE']),
      ],
    },
    matchConditions: [...policy.matchConditions, changed('')],
  };
}

function onTemplates(policy: Policy, template: string, types: readonly string[], problems: Problem[]): Policy | null {
  const found: Problem[] = [];
  const text = (source: string, path: NamedExpression['path'], isPart: boolean): string => {
    const told = onTemplate(source, template);
    if (typeof told === 'string') return told;
    const message = `is not exported for the kinds that hold a template: ${told.reason}`;
    (isPart ? problems : found).push(documentFault(policy.document, 'PLM1341', path, message));
    return '';
  };
  const named = (list: readonly NamedExpression[], isPart: boolean): NamedExpression[] =>
    list
      .map((one) => ({ ...one, expression: text(one.expression, one.path, isPart) }))
      .filter(({ expression }) => expression !== '');
  const variables = named(policy.variables, false);
  const matchConditions = named(policy.matchConditions, false);
  problems.push(...found);
  if (found.length > 0) return null;
  const validations = policy.validations.flatMap((one): Validation[] => {
    const expression = text(one.expression, [...one.path, 'expression'], true);
    const at = [...one.path, 'messageExpression'];
    const messageExpression = one.messageExpression === null ? null : text(one.messageExpression, at, true);
    if (expression === '' || messageExpression === '') return [];
    // What is said where there is no message is the expression as it was written.
    const said = one.message ?? (expression === one.expression ? null : `failed expression: ${one.expression.trim()}`);
    return [{ ...one, expression, messageExpression, message: said }];
  });
  if (validations.length === 0 && policy.validations.length > 0) return null;
  return {
    ...policy,
    appliesTo: null,
    match: { ...policy.match, rules: types.map((type) => rule(type, ['CREATE', 'UPDATE'])) },
    matchConditions: [...matchConditions, changed(`.${template}`), notOwned],
    variables,
    validations,
    auditAnnotations: named(policy.auditAnnotations, true),
  };
}

function rule(type: string, operations: readonly string[]): Rule {
  const [group = '', ...resource] = type.split('/');
  return {
    apiGroups: [group === 'core' ? '' : group],
    apiVersions: ['*'],
    resources: [resource.join('/')],
    operations,
    scope: '*',
    resourceNames: [],
  };
}

/**
 * At rest everything is judged as if it were created. An update is judged where it changes the pod: else one that was
 * there before the policy could not lose a finalizer, or be scaled down.
 */
function changed(template: string): NamedExpression {
  const parts = ['spec', 'metadata.?labels', 'metadata.?annotations'];
  const differs = parts.map((part) => `object${template}.${part} != oldObject${template}.${part}`);
  return {
    name: 'plimsoll.changed',
    expression: ['request.operation == "CREATE"', ...differs].join(' || '),
    path: [],
  };
}

/** A template whose controller is judged by its own is left out, as guardrails leave it out. */
const notOwned: NamedExpression = {
  name: 'plimsoll.not-owned',
  expression:
    '!object.metadata.?ownerReferences.orValue([]).exists(o, o.?controller.orValue(false) && ' +
    '(o.apiVersion.contains("/") ? o.apiVersion.split("/")[0] : "") + "/" + o.kind in ' +
    `${JSON.stringify(templateOwnerKinds)})`,
  path: [],
};
