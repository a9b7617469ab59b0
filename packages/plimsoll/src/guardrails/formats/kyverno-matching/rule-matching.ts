import { FileKinds } from '../../../model/kinds.ts';
import type { Json } from '../../../model/json.ts';
import type { Narrowing, NarrowedType } from '../../match/narrowing.ts';
import type { MatchReason, MatchStep } from '../../match/step.ts';
import type { SubjectType } from '../../match/subject.ts';
import type { FieldPath } from '../../policy.ts';
import { type Answer, type Filter, and, filterMatches, filterOf, fitsType, or } from './filter.ts';
import { globMatches, hasWildcard } from './glob.ts';
import type { FilterSpec, MatchSpec } from './schema.ts';

/** Several filters, of which one must match, or all. */
interface Filters {
  readonly mode: 'any' | 'all';
  readonly filters: readonly Filter[];
}

/** `any`, else `all`, else the one that stands in the block itself, as older policies have it. */
function filtersOf(spec: MatchSpec, fault: (path: FieldPath, message: string) => void): Filters {
  const many = (mode: 'any' | 'all', given: readonly FilterSpec[]): Filters => ({
    mode,
    filters: given.map((one, index) => filterOf(one, (path, message) => fault([mode, index, ...path], message))),
  });
  if (spec.any !== undefined && spec.any.length > 0) return many('any', spec.any);
  if (spec.all !== undefined && spec.all.length > 0) return many('all', spec.all);
  return { mode: 'any', filters: [filterOf(spec, fault)] };
}

/** What a rule or an exception is about, as it stands in its document. */
interface Spec {
  readonly match: MatchSpec;
  readonly exclude: MatchSpec | null;
  /** True for rules: to those a namespaceSelector is about no Namespace. */
  readonly isRule: boolean;
}

/**
 * Kyverno's `match` and `exclude` (pkg/engine/utils/match.go `MatchesResourceDescription`; of exceptions
 * exceptions.go `checkMatchesResources`). `fault` takes what is wrong, with the field below `match` or `exclude`.
 */
export function kyvernoMatching(
  { match, exclude, isRule }: Spec,
  fault: (path: FieldPath, message: string) => void,
): Narrowing {
  const wanted = filtersOf(match, (path, message) => fault(['match', ...path], message));
  const unwanted =
    exclude === null ? null : filtersOf(exclude, (path, message) => fault(['exclude', ...path], message));
  const all = [...wanted.filters, ...(unwanted?.filters ?? [])];
  const asks = (what: 'annotations' | 'labels'): boolean =>
    all.some(({ annotations, selector }) => (what === 'annotations' ? annotations.length > 0 : selector !== null));
  return {
    says: { match, ...(exclude === null ? {} : { exclude }) } as Json,
    kinds: kindsOf(wanted.filters),
    reads: [
      ...(asks('labels') ? [['metadata', 'labels']] : []),
      ...(asks('annotations') ? [['metadata', 'annotations']] : []),
    ],
    admission: 'a ClusterPolicy’s match and exclude are told by Kyverno alone; write it as a ValidatingPolicy',
    readsNamespaces: all.some(({ namespaceSelector }) => namespaceSelector !== null),
    mayConcern: (about) => wanted.filters.some((filter) => mayConcern(filter, about)),
    steps: (subject) => steps(wanted, unwanted, subject, isRule),
  };
}

/** The kinds that filters name, for people; none where one of them is about any. */
function kindsOf(filters: readonly Filter[]): Narrowing['kinds'] {
  if (filters.some(({ kinds: named }) => named.length === 0)) return [];
  const plain = (pattern: string): string => (hasWildcard(pattern) ? '*' : pattern);
  return filters.flatMap(({ kinds: named }) =>
    named.map(({ group, kind }) => ({ group: plain(group), kind: plain(kind) })),
  );
}

function steps(
  { mode, filters }: Filters,
  exclude: Filters | null,
  subject: SubjectType,
  isRule: boolean,
): readonly MatchStep[] | MatchReason {
  const fits = filters.map((filter) => fitsType(filter, subject));
  const wanted = filters.filter((_, index) => fits[index] === 'yes');
  if (mode === 'all' ? wanted.length < filters.length : wanted.length === 0) {
    const reason = `no kind of the rule is ${subject.kind}`;
    if (!fits.includes('subresources alone') || (mode === 'all' && fits.includes('no')))
      return { outcome: 'none', reason };
    return { outcome: 'skip', reason: `the rule is about subresources of ${subject.kind} alone` };
  }
  const excluding = exclude?.filters.filter((filter) => fitsType(filter, subject) === 'yes') ?? [];
  // All of them must match to exclude.
  const excludes = exclude?.mode === 'all' && excluding.length < exclude.filters.length ? [] : excluding;
  return [
    (resource, namespaces) => {
      const ask = (filter: Filter, ofNamespaces: boolean): Answer =>
        filterMatches(filter, resource, namespaces, ofNamespaces);
      const answers = wanted.map((filter) => ask(filter, !isRule));
      const matched = mode === 'any' ? or(answers) : and(answers);
      if (matched === false) return unmatched(wanted);
      if (excludes.length > 0) {
        const excluding = excludes.map((filter) => ask(filter, !isRule));
        const excluded = exclude?.mode === 'all' ? and(excluding) : or(excluding);
        if (excluded === true) return { outcome: 'none', reason: 'the rule excludes it' };
        if (excluded !== false)
          return { outcome: 'unknown', reason: `whether the rule excludes it: ${excluded.unknown}` };
      }
      return matched === true
        ? null
        : { outcome: 'unknown', reason: `whether the rule matches it: ${matched.unknown}` };
    },
  ];
}

function unmatched(filters: readonly Filter[]): MatchReason {
  const operations = filters.flatMap((filter) => filter.operations);
  const atRest = filters.some((filter) => filter.operations.length === 0 || filter.operations.includes('CREATE'));
  return atRest
    ? { outcome: 'none', reason: 'the rule does not match it' }
    : { outcome: 'skip', reason: `the rule is about ${operations.join(', ')} alone` };
}

const kinds = new FileKinds();

/** A filter names kinds, and a type is asked by its plural: in doubt it may be. */
function mayConcern({ kinds: named, isEmpty }: Filter, { group, resource, served, type }: NarrowedType): boolean {
  if (isEmpty) return false;
  const known = served?.find((one) => one.type === type);
  return (
    named.length === 0 ||
    named.some((one) => {
      if (known !== undefined) return known.versions.some(({ kind }) => globMatches(one.kind, kind));
      if (!globMatches(one.group, group) || hasWildcard(one.kind)) return globMatches(one.group, group);
      const apiVersion = group === '' ? 'v1' : `${group}/v1`;
      const meant = kinds.of(apiVersion, one.kind)?.type;
      return meant === undefined || meant.endsWith(`/${resource}`);
    })
  );
}
