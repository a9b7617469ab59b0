import { type Guardrail, asWritten } from '../guardrails/policy-set.ts';
import type { Skipped } from '../guardrails/live/skip-tally.ts';
import type { Binding, Policy } from '../guardrails/policy.ts';
import { typeName } from '../model/served.ts';
import { problemItem } from './items.ts';
import type { GuardrailItem } from './schemas.ts';

/** Guardrails as the API shows them: a policy whose tool rewrites it for other types is one that is about those too. */
export function guardrailItems(
  guardrails: readonly Guardrail[],
  skippedBy: (guardrail: Guardrail) => Skipped | null,
): GuardrailItem[] {
  const variants = Map.groupBy(guardrails, ({ policy }) => policy.reference);
  return asWritten(guardrails).map((guardrail) => {
    const { reference, rule } = guardrail.policy;
    const all = (variants.get(reference) ?? []).filter(({ policy }) => policy.rule === rule);
    const matches = all.flatMap(({ policy, bindings }) => matchesOf(policy, bindings));
    return { ...guardrailItem(guardrail, skippedBy(guardrail)), matches: [...new Set(matches)] };
  });
}

/**
 * A guardrail as the API shows it: what it asks, of what, and why it judges nothing where it does not. `skipped`: what
 * it could not judge, where it was held against something.
 */
export function guardrailItem(
  { policy, bindings, state, problems }: Guardrail,
  skipped: Skipped | null,
): GuardrailItem {
  const { reference, title, description, severity, severityKnown, categories, frameworks, place, validations } = policy;
  return {
    name: policy.rule === null ? reference.name : `${reference.name}/${policy.rule}`,
    policy: { source: reference.source, kind: reference.kind, namespace: reference.namespace },
    title,
    description,
    severity: severityKnown ? severity : null,
    categories: [...categories],
    frameworks: Object.fromEntries(Object.entries(frameworks).map(([name, ids]) => [name, [...ids]])),
    state,
    idle: policy.idle,
    skipped,
    matches: matchesOf(policy, bindings),
    validations: validations.map(({ expression, message }) => ({ expression, message })),
    bindings: bindings.map(({ name }) => name),
    enforcement: enforcementOf(policy, bindings),
    file: place?.file ?? null,
    line: place?.line ?? null,
    problems: problems.map(problemItem),
  };
}

function enforcementOf(policy: Policy, bindings: readonly Binding[]): GuardrailItem['enforcement'] {
  return [
    ...policy.enforcement.map((step) => ({ ...step, points: [...step.points], binding: null })),
    ...bindings.flatMap(({ name, enforcement }) =>
      enforcement.map(({ action, points }) => ({ action, from: null, points: [...points], binding: name })),
    ),
  ];
}

function matchesOf({ appliesTo, match, narrowing }: Policy, bindings: readonly Binding[]): string[] {
  if (appliesTo !== null) return ['pods and the templates of pods'];
  const types = match.rules.flatMap(({ apiGroups, resources }) =>
    apiGroups.flatMap((group) =>
      resources.map((resource) => (group === '*' ? `*/${resource}` : typeName(group, resource))),
    ),
  );
  const kinds = [...narrowing, ...bindings.flatMap((binding) => binding.narrowing)].flatMap((one) => one.kinds);
  return [...new Set([...types, ...kinds.map(({ group, kind }) => (group === '' ? kind : `${group}/${kind}`))])];
}
