import { apiVersionOf } from '../../model/served.ts';
import type { MatchResources, Rule } from '../policy.ts';
import { ofOneStorage } from './one-storage.ts';
import type { SubjectType } from './subject.ts';

/** A version, perhaps of another group, that the server gives the same objects in. */
export interface OtherForm {
  readonly apiVersion: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
}

/** What one rule says of a type; resources of the type may still fall out by name. */
export interface RuleOutcome {
  readonly outcome: 'match' | 'unknown' | 'skip';
  /** The form that the rule names, where it is another than the held one (matchPolicy Equivalent). */
  readonly form: OtherForm | null;
  /** Why, for unknown and skip; empty for a match. */
  readonly reason: string;
  /** Only these names; empty: all. */
  readonly names: readonly string[];
}

/** A rule that names the held form comes first, whatever other forms the rules before it name. */
function strengthOf({ outcome, form }: RuleOutcome): number {
  if (outcome === 'match') return form === null ? 0 : 1;
  return outcome === 'unknown' ? 2 : 3;
}

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
    .sort((a, b) => strengthOf(a) - strengthOf(b));
}

/** The strongest outcome that holds for a resource of this name; undefined where no rule is about it. */
export function outcomeForName(outcomes: readonly RuleOutcome[], name: string): RuleOutcome | undefined {
  for (const outcome of outcomes) {
    if (outcome.names.length === 0 || outcome.names.includes(name)) return outcome;
  }
  return undefined;
}

/** False where no rule is about resources of a type, whatever version they are held in and whatever they are named. */
export function mayConcern(
  { rules, matchPolicy }: Pick<MatchResources, 'rules' | 'matchPolicy'>,
  subject: Pick<SubjectType, 'type' | 'group' | 'resource' | 'served'>,
): boolean {
  const others = matchPolicy === 'Equivalent' ? ofOneStorage(subject.served ?? [], subject.type) : [];
  return (
    rules.length === 0 ||
    rules.some((rule) =>
      [subject, ...others].some(
        ({ group, resource }) => includes(rule.apiGroups, group) && namesResource(rule, resource) !== null,
      ),
    )
  );
}

function ruleOutcome(rule: Rule, matchPolicy: MatchResources['matchPolicy'], subject: SubjectType): RuleOutcome | null {
  const names = rule.resourceNames;
  const form = formOf(rule, matchPolicy, subject);
  if (form === null || !scopeFits(rule, subject)) return null;
  if (form.outcome === 'skip') return { ...form, names };
  if (!includes(rule.operations, 'CREATE'))
    return { outcome: 'skip', form: null, reason: `the rule is about ${rule.operations.join(', ')} alone`, names };
  return { ...form, names };
}

type Form = Omit<RuleOutcome, 'names'>;

/** Whether the rule names the resource in the form that it is held in, or in another. */
function formOf(rule: Rule, matchPolicy: MatchResources['matchPolicy'], subject: SubjectType): Form | null {
  let subresources = false;
  if (includes(rule.apiGroups, subject.group)) {
    const named = namesResource(rule, subject.resource);
    if (named === 'itself' && includes(rule.apiVersions, subject.version))
      return { outcome: 'match', form: null, reason: '' };
    const known = ofOneStorage(subject.served ?? [], subject.type).length > 0;
    if (named === 'itself' && (matchPolicy === 'Exact' || !known)) return otherVersion(rule, matchPolicy, subject);
    subresources = named === 'subresource';
  }
  const form = matchPolicy === 'Equivalent' ? otherForm(rule, subject) : null;
  if (form !== null) return { outcome: 'match', form, reason: '' };
  if (!subresources) return null;
  const reason = `the rule is about subresources (${rule.resources.join(', ')}) alone`;
  return { outcome: 'skip', form: null, reason };
}

/** Exact is about no other version; with Equivalent, what is not known to be served may or may not be meant. */
function otherVersion(rule: Rule, matchPolicy: MatchResources['matchPolicy'], subject: SubjectType): Form {
  const asked = rule.apiVersions.join(', ');
  const held = `this object is held as ${subject.version}`;
  if (matchPolicy === 'Equivalent')
    return { outcome: 'unknown', form: null, reason: `the policy judges version ${asked}; ${held}` };
  const reason = `the rule is about version ${asked} alone (matchPolicy Exact); ${held}`;
  return { outcome: 'skip', form: null, reason };
}

/**
 * The first form that a rule names among those that the server gives the same objects in: other versions of the type,
 * then groups that serve one storage (k8s.io/apimachinery runtime/mapper.go, EquivalentResourcesFor).
 */
function otherForm(rule: Rule, subject: SubjectType): OtherForm | null {
  for (const { type, group, resource, versions } of ofOneStorage(subject.served ?? [], subject.type)) {
    if (!includes(rule.apiGroups, group) || namesResource(rule, resource) !== 'itself') continue;
    for (const { version, kind } of versions) {
      if ((type === subject.type && version === subject.version) || !includes(rule.apiVersions, version)) continue;
      return { apiVersion: apiVersionOf(group, version), group, version, resource, kind };
    }
  }
  return null;
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
