import type { MatchResources, Rule } from '../policy.ts';
import type { SubjectType } from './subject.ts';

/** What one rule says of a type; resources of the type may still fall out by name. */
export interface RuleOutcome {
  readonly outcome: 'match' | 'unknown' | 'skip';
  /** Why, for unknown and skip; empty for a match. */
  readonly reason: string;
  /** Only these names; empty: all. */
  readonly names: readonly string[];
}

const strength = { match: 0, unknown: 1, skip: 2 };

/**
 * What a list of rules says of all resources of one type, the strongest first: match, unknown, skip. Empty: none of
 * the rules is about this type. (k8s.io/apiserver policy/matching `matchesResourceRules`, webhook/predicates/rules.)
 */
export function ruleOutcomes(
  rules: readonly Rule[],
  matchPolicy: MatchResources['matchPolicy'],
  subject: SubjectType,
): readonly RuleOutcome[] {
  return rules
    .map((rule) => ruleOutcome(rule, matchPolicy, subject))
    .filter((outcome) => outcome !== null)
    .sort((a, b) => strength[a.outcome] - strength[b.outcome]);
}

/** The strongest outcome that holds for a resource of this name; undefined where no rule is about it. */
export function outcomeForName(outcomes: readonly RuleOutcome[], name: string): RuleOutcome | undefined {
  for (const outcome of outcomes) {
    if (outcome.names.length === 0 || outcome.names.includes(name)) return outcome;
  }
  return undefined;
}

function ruleOutcome(rule: Rule, matchPolicy: MatchResources['matchPolicy'], subject: SubjectType): RuleOutcome | null {
  const names = rule.resourceNames;
  const form = formOf(rule, matchPolicy, subject);
  if (form === null || !scopeFits(rule, subject)) return null;
  if (form.outcome === 'skip') return { ...form, names };
  if (!includes(rule.operations, 'CREATE'))
    return { outcome: 'skip', reason: `the rule is about ${rule.operations.join(', ')} alone`, names };
  return { ...form, names };
}

type Form = Pick<RuleOutcome, 'outcome' | 'reason'>;

/** Whether the rule names the resource in the form that it is held in, or in another. */
function formOf(rule: Rule, matchPolicy: MatchResources['matchPolicy'], subject: SubjectType): Form | null {
  if (includes(rule.apiGroups, subject.group)) {
    const named = namesResource(rule, subject.resource);
    if (named === 'subresource')
      return { outcome: 'skip', reason: `the rule is about subresources (${rule.resources.join(', ')}) alone` };
    if (named === 'itself') {
      if (includes(rule.apiVersions, subject.version)) return { outcome: 'match', reason: '' };
      return otherVersion(rule, matchPolicy, subject);
    }
  }
  return matchPolicy === 'Equivalent' ? otherGroup(rule, subject) : null;
}

function otherVersion(rule: Rule, matchPolicy: MatchResources['matchPolicy'], subject: SubjectType): Form | null {
  const asked = rule.apiVersions.join(', ');
  if (matchPolicy === 'Exact')
    return {
      outcome: 'skip',
      reason: `the rule is about version ${asked} alone (matchPolicy Exact); this object is held as ${subject.version}`,
    };
  if (subject.served !== null) {
    const held = subject.served.find((served) => served.type === subject.type);
    if (held !== undefined && !held.versions.some(({ version }) => rule.apiVersions.includes(version))) return null;
  }
  return {
    outcome: 'unknown',
    reason: `the policy judges version ${asked}; this object is held as ${subject.version}`,
  };
}

/** Another group that serves the same objects (`extensions/deployments`), by what the cluster serves. */
function otherGroup(rule: Rule, subject: SubjectType): Form | null {
  const twin = subject.served?.find(
    (served) =>
      served.heldAs === subject.type &&
      includes(rule.apiGroups, served.group) &&
      namesResource(rule, served.resource) === 'itself' &&
      served.versions.some(({ version }) => includes(rule.apiVersions, version)),
  );
  if (twin === undefined) return null;
  return { outcome: 'unknown', reason: `the policy judges it as ${twin.type}; this object is held as ${subject.type}` };
}

function namesResource(rule: Rule, resource: string): 'itself' | 'subresource' | null {
  let found: 'subresource' | null = null;
  for (const pattern of rule.resources) {
    const slash = pattern.indexOf('/');
    const name = slash < 0 ? pattern : pattern.slice(0, slash);
    if (name !== '*' && name !== resource) continue;
    const subresource = slash < 0 ? '' : pattern.slice(slash + 1);
    if (subresource === '' || subresource === '*') return 'itself';
    found = 'subresource';
  }
  return found;
}

/** A Namespace is cluster-scoped, whatever its request's namespace says. */
function scopeFits(rule: Rule, subject: SubjectType): boolean {
  return rule.scope === '*' || (rule.scope === 'Namespaced') === subject.namespaced;
}

function includes(list: readonly string[], word: string): boolean {
  return list.includes('*') || list.includes(word);
}
