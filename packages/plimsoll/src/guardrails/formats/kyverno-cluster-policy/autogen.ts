import { kindSelector } from '../kyverno-matching/kind-selector.ts';
import type { FilterSpec, MatchSpec } from '../kyverno-matching/schema.ts';

/** How a rule on pods is rewritten for pod controllers. */
export interface Rewriting {
  /** Before the rule's name: `autogen`. */
  readonly prefix: string;
  /** Where the pod's template stands. */
  readonly template: string;
  /** The kinds, as Kyverno writes them in the rewritten rule. */
  readonly kinds: readonly string[];
  readonly match: MatchSpec;
  readonly exclude: MatchSpec | null;
}

/** The pod controllers with their kinds in full (kyverno pkg/autogen/v1/internal/gvk.go). */
const controllers: ReadonlyMap<string, string> = new Map([
  ['CronJob', 'batch/v1/CronJob'],
  ['DaemonSet', 'apps/v1/DaemonSet'],
  ['Deployment', 'apps/v1/Deployment'],
  ['Job', 'batch/v1/Job'],
  ['ReplicaSet', 'apps/v1/ReplicaSet'],
  ['ReplicationController', 'v1/ReplicationController'],
  ['StatefulSet', 'apps/v1/StatefulSet'],
]);

/** What of a rule decides whether it is rewritten. */
interface RuleMatch {
  readonly match: MatchSpec;
  readonly exclude: MatchSpec | null;
}

/**
 * The controllers that a policy's rules are rewritten for; none where one of its rules chooses pods by more than
 * namespace, or is about pods beside other kinds, or none is about pods (pkg/autogen/v1/autogen.go CanAutoGen).
 * `annotation`: what the policy says of it.
 */
export function autogenControllers(rules: readonly RuleMatch[], annotation: string | undefined): readonly string[] {
  const filters = rules.flatMap(({ match, exclude }) => [match, ...(exclude === null ? [] : [exclude])].flatMap(all));
  const isAboutMore = filters.some(({ resources }) => {
    const { name = '', names = [], selector, annotations, kinds = [] } = resources ?? {};
    const mixed = kinds.length > 1 && kinds.some(isPod);
    return name !== '' || names.length > 0 || selector !== undefined || annotations !== undefined || mixed;
  });
  const named = filters.flatMap(({ resources }) => resources?.kinds ?? []);
  if (isAboutMore || !named.some((kind) => kind === 'Pod' || controllers.has(kind))) return [];
  const wanted = annotation?.split(',') ?? [...controllers.keys()];
  return [...controllers.keys()].filter((name) => wanted.includes(name));
}

/** A rule as it is for these controllers: for those that hold a template, and for CronJobs (pkg/autogen/v1/rule.go). */
export function rewritings({ match, exclude }: RuleMatch, wanted: readonly string[]): readonly Rewriting[] {
  const kindsOf = (spec: MatchSpec | null): readonly string[] =>
    spec === null ? [] : all(spec).flatMap(({ resources }) => resources?.kinds ?? []);
  const excluded = kindsOf(exclude);
  if (!kindsOf(match).some(isPod) || (excluded.length > 0 && !excluded.some(isPod))) return [];
  const full = (names: readonly string[]): readonly string[] => names.map((name) => controllers.get(name) ?? name);
  const templates = full(wanted.filter((name) => name !== 'CronJob'));
  const isPods = ({ resources }: FilterSpec): boolean => resources?.kinds?.some(isPod) === true;
  const rewriting = (
    prefix: string,
    template: string,
    kinds: readonly string[],
    isMeant: (filter: FilterSpec) => boolean,
  ): Rewriting => ({
    prefix,
    template,
    kinds,
    match: withKinds(match, kinds, isMeant, true),
    exclude: exclude === null ? null : withKinds(exclude, kinds, isMeant, kindsIn(exclude).length > 0),
  });
  return [
    ...(templates.length === 0 ? [] : [rewriting('autogen', 'spec.template', templates, isPods)]),
    ...(wanted.includes('CronJob')
      ? [rewriting('autogen-cronjob', 'spec.jobTemplate.spec.template', full(['CronJob']), () => true)]
      : []),
  ];
}

/** As Kyverno shortens the names of rules that it makes. */
export function rewrittenName({ prefix }: Rewriting, rule: string): string {
  return `${prefix}-${rule}`.slice(0, 63);
}

/** Kyverno replaces text in rules, that of a controller's own namespace too (pkg/autogen/v1/rule.go updateFields). */
export function rewrittenText(source: string, { template }: Rewriting): string {
  return source
    .replaceAll('object.spec', `object.${template}.spec`)
    .replaceAll('oldObject.spec', `oldObject.${template}.spec`)
    .replaceAll('object.metadata', `object.${template}.metadata`)
    .replaceAll('oldObject.metadata', `oldObject.${template}.metadata`);
}

function isPod(selector: string): boolean {
  return kindSelector(selector)?.kind === 'Pod';
}

/** The filters of a block, the one that it is itself among them. */
function all({ any = [], all: every = [], ...own }: MatchSpec): readonly FilterSpec[] {
  return [...any, ...every, own];
}

function kindsIn(own: FilterSpec): readonly string[] {
  return own.resources?.kinds ?? [];
}

function withKinds(
  spec: MatchSpec,
  kinds: readonly string[],
  isMeant: (filter: FilterSpec) => boolean,
  own: boolean,
): MatchSpec {
  const changed = (filter: FilterSpec): FilterSpec =>
    isMeant(filter) ? { ...filter, resources: { ...filter.resources, kinds: [...kinds] } } : filter;
  if (spec.any !== undefined && spec.any.length > 0) return { ...spec, any: spec.any.map(changed) };
  if (spec.all !== undefined && spec.all.length > 0) return { ...spec, all: spec.all.map(changed) };
  return own ? { ...spec, resources: { ...spec.resources, kinds: [...kinds] } } : spec;
}
