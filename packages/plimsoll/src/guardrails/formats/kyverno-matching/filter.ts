import { type Selector, compileSelector, selects, selectsPartially } from '../../../model/label-selector.ts';
import { isJsonObject, member } from '../../../model/json.ts';
import type { Resource } from '../../../model/resource.ts';
import type { LabelsOfNamespace } from '../../match/step.ts';
import { type SubjectType, knownLabels, labelsOf } from '../../match/subject.ts';
import type { FieldPath } from '../../policy.ts';
import { globMatches, hasWildcard } from './glob.ts';
import { type KindSelector, kindSelector, namesKind } from './kind-selector.ts';
import type { FilterSpec } from './schema.ts';

/** Whether something holds, or why that is not known. */
export type Answer = boolean | { readonly unknown: string };

/** Labels that must be there, by patterns, and what the API server's selectors say. */
interface LabelFilter {
  readonly selector: Selector | null;
  readonly globs: readonly (readonly [string, string])[];
}

/** One filter of a `match` or `exclude`, ready to be asked. */
export interface Filter {
  readonly kinds: readonly KindSelector[];
  readonly names: readonly string[];
  /** One of {@link names}, and this. */
  readonly name: string | null;
  readonly namespaces: readonly string[];
  readonly annotations: readonly (readonly [string, string])[];
  readonly selector: LabelFilter | null;
  readonly namespaceSelector: LabelFilter | null;
  readonly operations: readonly string[];
  /** Who is asked for; nobody sends what is at rest. */
  readonly asksWho: boolean;
  /** True where it says nothing: Kyverno has it match nothing. */
  readonly isEmpty: boolean;
}

/** A filter in our shape; `fault` takes what is wrong, with the field that it is in. */
export function filterOf(spec: FilterSpec, fault: (path: FieldPath, message: string) => void): Filter {
  const { resources = {}, subjects = [], roles = [], clusterRoles = [] } = spec;
  const kinds = (resources.kinds ?? []).flatMap((text, index) => {
    const read = kindSelector(text);
    if (read === null) fault(['resources', 'kinds', index], `"${text}" names no kind`);
    return read ?? [];
  });
  const labels = (field: 'selector' | 'namespaceSelector'): LabelFilter | null => {
    const given = resources[field];
    return given === undefined
      ? null
      : labelFilter(given, (path, message) => fault(['resources', field, ...path], message));
  };
  const asksWho = subjects.length > 0 || roles.length > 0 || clusterRoles.length > 0;
  return {
    kinds,
    name: resources.name === undefined || resources.name === '' ? null : resources.name,
    names: resources.names ?? [],
    namespaces: resources.namespaces ?? [],
    annotations: Object.entries(resources.annotations ?? {}),
    selector: labels('selector'),
    namespaceSelector: labels('namespaceSelector'),
    operations: resources.operations ?? [],
    asksWho,
    isEmpty: Object.keys(resources).length === 0 && !asksWho,
  };
}

type SelectorSpec = NonNullable<NonNullable<FilterSpec['resources']>['selector']>;

function labelFilter(
  { matchLabels = {}, matchExpressions }: SelectorSpec,
  fault: (path: FieldPath, message: string) => void,
): LabelFilter {
  const entries = Object.entries(matchLabels);
  const isGlob = ([key, value]: readonly [string, string]) => hasWildcard(key) || hasWildcard(value);
  const plain = Object.fromEntries(entries.filter((entry) => !isGlob(entry)));
  return { selector: compileSelector({ matchLabels: plain, matchExpressions }, fault), globs: entries.filter(isGlob) };
}

/** Whether a filter may be about resources of a type, by what all of them have in common. */
export function fitsType(filter: Filter, subject: SubjectType): 'yes' | 'subresources alone' | 'no' {
  if (filter.isEmpty) return 'no';
  if (filter.kinds.length === 0) return 'yes';
  const named = filter.kinds.map((kind) => namesKind(kind, subject));
  if (named.includes('itself')) return 'yes';
  return named.includes('subresource') ? 'subresources alone' : 'no';
}

/**
 * Whether a filter that {@link fitsType} matches a resource (kyverno pkg/engine/utils/match.go
 * `doesResourceMatchConditionBlock`): all that it says must hold. `ofNamespaces`: what a namespaceSelector says of a
 * Namespace itself.
 */
export function filterMatches(
  filter: Filter,
  resource: Resource,
  namespaces: LabelsOfNamespace,
  ofNamespaces: boolean,
): Answer {
  const isNamespace = resource.kind === 'Namespace';
  const namespace = isNamespace ? resource.name : (resource.scope ?? '');
  const isOne = (patterns: readonly string[], text: string) => patterns.some((pattern) => globMatches(pattern, text));
  if (filter.operations.length > 0 && !filter.operations.includes('CREATE')) return false;
  if (filter.name !== null && !globMatches(filter.name, resource.name)) return false;
  if (filter.names.length > 0 && !isOne(filter.names, resource.name)) return false;
  if (filter.namespaces.length > 0 && !isOne(filter.namespaces, namespace)) return false;
  return and([
    filter.annotations.length === 0 ? true : annotationsMatch(filter.annotations, resource),
    filter.selector === null ? true : ownLabelsMatch(filter.selector, resource),
    filter.namespaceSelector === null
      ? true
      : isNamespace
        ? ofNamespaces
        : namespaceMatches(filter.namespaceSelector, resource, namespaces),
    filter.asksWho ? { unknown: 'who sent it is not known of a stored object' } : true,
  ]);
}

/** False where one is, whatever is unknown beside it. */
export function and(answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false;
  return answers.find((answer) => answer !== true) ?? true;
}

/** True where one is, whatever is unknown beside it. */
export function or(answers: readonly Answer[]): Answer {
  if (answers.includes(true)) return true;
  return answers.find((answer) => answer !== false) ?? false;
}

function annotationsMatch(expected: Filter['annotations'], { body, unseen }: Resource): Answer {
  const own = member(body['metadata'], 'annotations');
  const entries = isJsonObject(own) ? Object.entries(own) : [];
  const hold = expected.every(([key, value]) =>
    entries.some(([name, text]) => globMatches(key, name) && globMatches(value, String(text))),
  );
  if (hold || !unseen.some((path) => path === 'metadata' || path.startsWith('metadata.annotations'))) return hold;
  return { unknown: 'its annotations were not kept' };
}

function ownLabelsMatch({ selector, globs }: LabelFilter, { body, unseen }: Resource): Answer {
  const known = knownLabels(unseen);
  return labelsMatch({ selector, globs }, labelsOf(body), known, 'it was not kept');
}

function namespaceMatches(filter: LabelFilter, { scope }: Resource, namespaces: LabelsOfNamespace): Answer {
  if (scope === null) return labelsMatch(filter, {}, null, '');
  const { labels, unknown, known } = namespaces(scope);
  const answer = labelsMatch(filter, labels, unknown === null ? null : known, unknown ?? '');
  return typeof answer === 'boolean' ? answer : { unknown: `namespace ${scope}: ${answer.unknown}` };
}

function labelsMatch(
  { selector, globs }: LabelFilter,
  labels: ReturnType<typeof labelsOf>,
  known: ((key: string) => boolean) | null,
  why: string,
): Answer {
  const entries = isJsonObject(labels) ? Object.entries(labels) : [];
  const hasGlobs = globs.every(([key, value]) =>
    entries.some(([name, text]) => globMatches(key, name) && globMatches(value, String(text))),
  );
  const byGlobs: Answer = hasGlobs || known === null ? hasGlobs : { unknown: `labels: ${why}` };
  if (selector === null) return byGlobs;
  const found = known === null ? selects(selector, labels) : selectsPartially(selector, labels, known);
  const bySelector: Answer = typeof found === 'boolean' ? found : { unknown: `label ${found.unknownKey}: ${why}` };
  return and([byGlobs, bySelector]);
}
