import { type Json, member } from '../../../model/json.ts';
import type { Selector } from '../../../model/label-selector.ts';
import { selectorText } from '../../../model/label-selector.ts';
import type { Resource } from '../../../model/resource.ts';
import type { NarrowedType, Narrowing } from '../../match/narrowing.ts';
import { namespaceStep, ownLabels } from '../../match/plan.ts';
import type { MatchReason, MatchStep } from '../../match/step.ts';
import type { SubjectType } from '../../match/subject.ts';
import { admissionMatch } from './admission-match.ts';
import { globMatches, globMatchesGenerated } from './glob.ts';
import type { MatchSpec } from './schema.ts';

/** The selectors of a constraint's match, compiled; null: everything. */
export interface MatchSelectors {
  readonly labels: Selector | null;
  readonly namespaces: Selector | null;
}

/**
 * What a constraint's `spec.match` says, in Gatekeeper's order (gatekeeper pkg/mutation/match/match.go `Matches`).
 * Resources at rest are `Original`: what expansion would generate is not there.
 */
export function matchNarrowing(match: MatchSpec, selectors: MatchSelectors, says: Json): Narrowing {
  return {
    says,
    kinds: match.kinds.flatMap(({ apiGroups, kinds }) =>
      orAll(apiGroups).flatMap((group) => orAll(kinds).map((kind) => ({ group, kind }))),
    ),
    reads: [
      ...(selectors.labels !== null || selectors.namespaces !== null ? [['metadata', 'labels']] : []),
      ...(hasName(match)
        ? [
            ['metadata', 'name'],
            ['metadata', 'generateName'],
          ]
        : []),
    ],
    readsNamespaces: selectors.namespaces !== null,
    admission: admissionMatch(match, selectors),
    mayConcern: (about) => match.source !== 'Generated' && mayBeOfKinds(match, about),
    steps: (subject) => typeReason(match, subject) ?? stepsOf(match, selectors, subject),
  };
}

function none(reason: string): MatchReason {
  return { outcome: 'none', reason };
}

/** What the type alone decides. */
function typeReason({ kinds, scope, source }: MatchSpec, subject: SubjectType): MatchReason | null {
  const { group, kind, type } = subject;
  if (kinds.length > 0 && !kinds.some((one) => allows(one.kinds, kind) && allows(one.apiGroups, group)))
    return none(`match.kinds does not name ${kind}${group === '' ? '' : ` of ${group}`}`);
  const isNamespaced = subject.namespaced && type !== 'core/namespaces';
  if ((scope === 'Cluster' && isNamespaced) || (scope === 'Namespaced' && !isNamespaced))
    return none(`match.scope is ${scope}`);
  return source === 'Generated' ? none('match.source is Generated: only what an expansion makes') : null;
}

function stepsOf(match: MatchSpec, { labels, namespaces }: MatchSelectors, subject: SubjectType): readonly MatchStep[] {
  const steps: MatchStep[] = [];
  const nameOf = namespaceNameOf(subject);
  if (match.namespaces.length > 0)
    steps.push((resource) => {
      const name = nameOf(resource);
      if (name === null || match.namespaces.some((glob) => globMatches(glob, name))) return null;
      return none(`match.namespaces does not name ${name}`);
    });
  if (match.excludedNamespaces.length > 0)
    steps.push((resource) => {
      const name = nameOf(resource);
      const found = match.excludedNamespaces.find((glob) => name !== null && globMatches(glob, name));
      return found === undefined ? null : none(`match.excludedNamespaces names ${name ?? ''} (${found})`);
    });
  if (labels !== null) {
    const reason = `labels do not satisfy match.labelSelector ${selectorText(labels)}`;
    steps.push((resource) => ownLabels(resource, labels, reason));
  }
  const step = namespaces === null ? null : namespaceStep(namespaces, subject);
  if (step !== null) steps.push(step);
  if (hasName(match)) steps.push(nameStep(match.name));
  return steps;
}

/** A Namespace is in itself; what is cluster-scoped is in none, and no list of namespaces leaves it out. */
function namespaceNameOf({ type }: SubjectType): (resource: Resource) => string | null {
  return type === 'core/namespaces' ? ({ name }) => name : ({ scope }) => scope;
}

function hasName(match: MatchSpec): match is MatchSpec & { readonly name: string } {
  return match.name !== undefined && match.name !== '';
}

function nameStep(glob: string): MatchStep {
  return ({ body }) => {
    const metadata = body['metadata'];
    const [name, generateName] = [text(member(metadata, 'name')), text(member(metadata, 'generateName'))];
    if (globMatches(glob, name) || globMatchesGenerated(glob, generateName)) return null;
    return none(`match.name ${glob} does not name it`);
  };
}

function orAll(list: readonly string[] | undefined): readonly string[] {
  return list === undefined || list.length === 0 ? ['*'] : list;
}

/** An empty list is every one. */
function allows(list: readonly string[] | undefined, word: string): boolean {
  return list === undefined || list.length === 0 || list.includes('*') || list.includes(word);
}

function mayBeOfKinds({ kinds }: MatchSpec, { type, group, served }: NarrowedType): boolean {
  const kind = served?.find((one) => one.type === type)?.kind;
  return (
    kinds.length === 0 ||
    kinds.some((one) => allows(one.apiGroups, group) && (kind === undefined || allows(one.kinds, kind)))
  );
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
