import type { MatchResources, NamedExpression, Policy, Rule, Validation } from '../../policy.ts';

/** How the paths of pods are rewritten to those of a template: `spec` and `metadata` of `object` and `oldObject`. */
interface Rewriting {
  /** As Kyverno names the set: `defaults`, `cronjobs`. */
  readonly name: string;
  /** Where the pod's `spec` and `metadata` stand: `spec.template`. */
  readonly template: string;
}

const defaults: Rewriting = { name: 'defaults', template: 'spec.template' };
const cronjobs: Rewriting = { name: 'cronjobs', template: 'spec.jobTemplate.spec.template' };

/** The pod controllers that Kyverno knows by name (pkg/cel/autogen/data.go ConfigsMap). */
const controllers: ReadonlyMap<string, { readonly group: string; readonly rewriting: Rewriting }> = new Map([
  ['cronjobs', { group: 'batch', rewriting: cronjobs }],
  ['daemonsets', { group: 'apps', rewriting: defaults }],
  ['deployments', { group: 'apps', rewriting: defaults }],
  ['jobs', { group: 'batch', rewriting: defaults }],
  ['replicasets', { group: 'apps', rewriting: defaults }],
  ['statefulsets', { group: 'apps', rewriting: defaults }],
]);

/** The names of {@link controllers}. */
export const podControllers: readonly string[] = [...controllers.keys()];

/**
 * A policy on pods as it is for pod controllers, one for each way in which paths are rewritten; none where it is not
 * about pods alone (pkg/cel/policies/vpol/autogen, pkg/cel/autogen).
 */
export function autogen(policy: Policy, named: readonly string[]): readonly Policy[] {
  const [rule] = policy.match.rules;
  if (rule === undefined || !isAboutPodsAlone(policy.match)) return [];
  return [cronjobs, defaults].flatMap((rewriting) => {
    const resources = podControllers.filter(
      (name) => named.includes(name) && controllers.get(name)?.rewriting === rewriting,
    );
    return resources.length === 0 ? [] : [rewritten(policy, rewriting, resources, rule.operations)];
  });
}

/** Selectors and names choose pods, and no controllers (pkg/cel/autogen/support.go CanAutoGen). */
function isAboutPodsAlone({ rules, excludeRules, objectSelector }: MatchResources): boolean {
  const [rule] = rules;
  if (rule === undefined || rules.length > 1 || excludeRules.length > 0 || objectSelector !== null) return false;
  const only = (list: readonly string[], word: string): boolean => list.length === 1 && list[0] === word;
  return (
    rule.resourceNames.length === 0 &&
    only(rule.apiGroups, '') &&
    only(rule.apiVersions, 'v1') &&
    only(rule.resources, 'pods')
  );
}

function rewritten(
  policy: Policy,
  rewriting: Rewriting,
  resources: readonly string[],
  operations: readonly string[],
): Policy {
  const groups = [...new Set(resources.map((name) => controllers.get(name)?.group ?? ''))].sort();
  const rules = groups.map((group): Rule => ({
    apiGroups: [group],
    apiVersions: ['v1'],
    resources: resources.filter((name) => controllers.get(name)?.group === group),
    operations,
    scope: '*',
    resourceNames: [],
  }));
  const text = (source: string): string => templatePaths(source, rewriting.template);
  const named = (list: readonly NamedExpression[]): NamedExpression[] =>
    list.map((one) => ({ ...one, expression: text(one.expression) }));
  const validations = policy.validations.map((one): Validation => ({
    ...one,
    expression: text(one.expression),
    message: one.message === null ? null : text(one.message),
    messageExpression: one.messageExpression === null ? null : text(one.messageExpression),
  }));
  return {
    ...policy,
    variant: rewriting.name,
    match: {
      rules,
      excludeRules: [],
      namespaceSelector: policy.match.namespaceSelector,
      objectSelector: null,
      matchPolicy: 'Equivalent',
    },
    matchConditions: named(policy.matchConditions),
    variables: named(policy.variables),
    validations,
    auditAnnotations: named(policy.auditAnnotations),
  };
}

/**
 * The text with the paths of a pod as those of a template, wherever they stand: Kyverno replaces text, and knows nothing
 * of expressions. A controller's own namespace stays (pkg/cel/autogen/replacement.go).
 */
export function templatePaths(source: string, template: string): string {
  let text = source;
  for (const part of ['spec', 'metadata'])
    for (const object of ['object', 'oldObject'])
      text = text.replaceAll(
        new RegExp(`${object}\\.${part}(?!\\.namespace(?![A-Za-z0-9_]))`, 'g'),
        `${object}.${template}.${part}`,
      );
  return text;
}
