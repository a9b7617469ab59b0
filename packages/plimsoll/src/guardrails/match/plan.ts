import type { Resource } from '../../model/resource.ts';
import type { MatchResources } from '../policy.ts';
import { outcomeForName, ruleOutcomes } from './rules.ts';
import type { OtherForm, RuleOutcome } from './rules.ts';
import { type Selector, selects, selectorText, selectsPartially } from '../../model/label-selector.ts';
import type { MatchReason, MatchStep } from './step.ts';
import { knownLabels, labelsOf } from './subject.ts';
import type { SubjectType } from './subject.ts';

/**
 * The steps that remain for resources of one type, in the API server's order (policy/matching `Matches`): empty where
 * every one of them matches, null where none does. What depends on the type alone is decided here, once.
 */
export function matchSteps(match: MatchResources, subject: SubjectType): readonly MatchStep[] | MatchReason {
  const steps: MatchStep[] = [];
  if (match.namespaceSelector !== null) {
    const step = namespaceStep(match.namespaceSelector, subject);
    if (step !== null) steps.push(step);
  }
  if (match.objectSelector !== null) steps.push(objectStep(match));
  const excluded = ruleOutcomes(match.excludeRules, match.matchPolicy, subject).filter(
    ({ outcome }) => outcome !== 'skip',
  );
  if (excluded.length > 0) steps.push(excludeStep(excluded));
  if (match.rules.length > 0) {
    const outcomes = ruleOutcomes(match.rules, match.matchPolicy, subject);
    if (outcomes.length === 0) return { outcome: 'none', reason: `no rule is about ${subject.type}` };
    const [first] = outcomes;
    if (first?.outcome !== 'match' || first.names.length > 0) steps.push(ruleStep(outcomes));
  }
  return steps;
}

/** Gives the form that resources of a name are judged in; null for the held one. */
export type FormOfName = (name: string) => OtherForm | null;

/** Which form each resource of a type is judged in; null where all of them are judged as they are held. */
export function formsOf(match: MatchResources, subject: SubjectType): FormOfName | null {
  const outcomes = ruleOutcomes(match.rules, match.matchPolicy, subject);
  if (neededForms(outcomes).length === 0) return null;
  return (name) => outcomeForName(outcomes, name)?.form ?? null;
}

/** The forms that some resource of the type may be judged in. */
export function neededForms(outcomes: readonly RuleOutcome[]): readonly OtherForm[] {
  const decided = outcomes.findIndex(({ names }) => names.length === 0);
  const reached = decided < 0 ? outcomes : outcomes.slice(0, decided + 1);
  return reached.flatMap(({ form }) => form ?? []);
}

/**
 * Never exempts cluster-scoped objects, for which it is null, and reads a Namespace's own labels
 * (webhook/predicates/namespace).
 */
export function namespaceStep(selector: Selector, subject: SubjectType): MatchStep | null {
  const isNamespace = subject.type === 'core/namespaces';
  if (!subject.namespaced && !isNamespace) return null;
  const text = selectorText(selector);
  return (resource, namespaces) => {
    if (isNamespace)
      return ownLabels(resource, selector, `this namespace's labels do not satisfy namespaceSelector ${text}`);
    const name = resource.scope ?? '';
    const { labels, unknown, known } = namespaces(name);
    const found = unknown === null ? selects(selector, labels) : selectsPartially(selector, labels, known);
    if (found === true) return null;
    if (found === false)
      return { outcome: 'none', reason: `namespace ${name} does not satisfy namespaceSelector ${text}` };
    return { outcome: 'unknown', reason: `label ${found.unknownKey} of namespace ${name}: ${unknown ?? ''}` };
  };
}

function objectStep({ objectSelector: selector }: MatchResources): MatchStep {
  if (selector === null) return () => null;
  const reason = `labels do not satisfy objectSelector ${selectorText(selector)}`;
  return (resource) => ownLabels(resource, selector, reason);
}

/** Null where a resource's labels satisfy a selector; `otherwise` is the reason where they do not. */
export function ownLabels({ body, unseen }: Resource, selector: Selector, otherwise: string): MatchReason | null {
  const known = knownLabels(unseen);
  const labels = labelsOf(body);
  const found = known === null ? selects(selector, labels) : selectsPartially(selector, labels, known);
  if (found === true) return null;
  if (found === false) return { outcome: 'none', reason: otherwise };
  return { outcome: 'unknown', reason: `label ${found.unknownKey}: it was not kept` };
}

function excludeStep(excluded: ReturnType<typeof ruleOutcomes>): MatchStep {
  return (resource) => {
    const found = outcomeForName(excluded, resource.name);
    if (found === undefined) return null;
    if (found.outcome === 'match') return { outcome: 'none', reason: 'excludeResourceRules name it' };
    return { outcome: 'unknown', reason: `excludeResourceRules: ${found.reason}` };
  };
}

function ruleStep(outcomes: ReturnType<typeof ruleOutcomes>): MatchStep {
  return (resource) => {
    const found = outcomeForName(outcomes, resource.name);
    if (found === undefined) return { outcome: 'none', reason: `no rule names ${resource.name}` };
    return found.outcome === 'match' ? null : { outcome: found.outcome, reason: found.reason };
  };
}
