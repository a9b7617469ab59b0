import type { Change } from '../../model/change.ts';
import { type Parts, eitherParts, noParts } from '../../model/json-parts.ts';
import type { Coverage } from '../../model/coverage.ts';
import { member } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { lookupParts } from '../evaluate/lookup-parts.ts';
import { lookupScope } from '../evaluate/lookup-scope.ts';
import { type Held, paramList, paramRefsOf } from '../evaluate/params.ts';
import type { PlanEntry } from '../evaluate/plan.ts';
import { bindingMatching, readsNamespacesToMatch } from '../match/narrowing.ts';
import type { Guardrail } from '../policy-set.ts';
import type { World } from '../world.ts';
import type { Taken } from './live-world.ts';

const NAMESPACES = 'core/namespaces';

/** Resources that have to be judged again because something else changed. */
export interface Rejudge {
  readonly source: string;
  /** null: everywhere in the source; else what is in this namespace, and the Namespace itself. */
  readonly scope: string | null;
  /** Keys of the guardrails that read what changed. */
  readonly guardrails: readonly string[];
}

/**
 * What a change of one resource makes others be judged again: of a namespace, by the guardrails that read namespaces,
 * in it; of a param, by its guardrails, where they look for it; of a looked-up resource, by the guardrails that look it
 * up. Nothing else depends on other resources but a template on its owner, which is told apart by key.
 */
export function rejudgedBy(
  change: Change,
  { before, looksSame }: Taken,
  guardrails: readonly Guardrail[],
  world: World,
): readonly Rejudge[] {
  const { source, type, scope, name } = change.key;
  const found: Rejudge[] = [];
  const ask = (where: string | null, readers: readonly Guardrail[]): void => {
    if (readers.length > 0) found.push({ source, scope: where, guardrails: readers.map(({ key }) => key) });
  };
  if (type === NAMESPACES) {
    const labelled = labelsText(before) !== labelsText(change.resource);
    const changed = labelled || contentText(before) !== contentText(change.resource);
    ask(
      name,
      guardrails.filter(
        (guardrail) =>
          (labelled && selectsNamespaces(guardrail)) || (changed && guardrail.compiled?.reads.namespaceObject === true),
      ),
    );
  }
  for (const guardrail of guardrails) {
    const { policy } = guardrail;
    for (const lookup of policy.lookups)
      if (lookup.type === type && !looksSame) ask(lookup.sameNamespace ? scope : null, [guardrail]);
    if (policy.paramKind === null) continue;
    const param = world.typeOfKind(source, policy.paramKind.apiVersion, policy.paramKind.kind);
    if (param?.type !== type) continue;
    const fixed = paramRefsOf(policy, guardrail.bindings).some(({ namespace }) => namespace !== null);
    ask(fixed ? null : scope, [guardrail]);
  }
  return found;
}

/** What a list that can be read from now on, or no longer, makes be judged again: all that look for it. */
export function rejudgedByCoverage(
  { source, type: covered, scope }: Pick<Coverage, 'source' | 'type' | 'scope'>,
  guardrails: readonly Guardrail[],
  world: World,
): readonly Rejudge[] {
  const type = covered.split('/', 2).join('/');
  const readers = guardrails.filter((guardrail) => {
    const { lookups, paramKind } = guardrail.policy;
    if (type === NAMESPACES && readsNamespaces(guardrail)) return true;
    if (lookups.some((lookup) => lookup.type === type)) return true;
    return paramKind !== null && world.typeOfKind(source, paramKind.apiVersion, paramKind.kind)?.type === type;
  });
  // A namespace's list may be read from elsewhere: by paramRef.namespace, by a look-up of all namespaces.
  const reach = readers.every(({ policy, bindings }) => {
    if (policy.lookups.some((lookup) => lookup.type === type && !lookup.sameNamespace)) return false;
    return paramRefsOf(policy, bindings).every(({ namespace }) => namespace === null);
  });
  return readers.length === 0
    ? []
    : [{ source, scope: reach ? scope : null, guardrails: readers.map(({ key }) => key) }];
}

/** The lists that a policy, by one of its bindings, reads to judge a resource. */
export function listsRead(
  { guardrail, binding }: Pick<PlanEntry, 'guardrail' | 'binding'>,
  resource: Held,
  world: Pick<World, 'typeOfKind'>,
): readonly Pick<Coverage, 'source' | 'type' | 'scope'>[] {
  const { source, scope } = resource;
  const lists: Pick<Coverage, 'source' | 'type' | 'scope'>[] = guardrail.policy.lookups.map(
    ({ type, sameNamespace }) => ({ source, type, scope: sameNamespace ? lookupScope(resource) : null }),
  );
  const params = paramList(guardrail.policy, binding, resource, world);
  if (params !== null && !('outcome' in params)) lists.push(params);
  if (scope !== null && readsNamespaces(guardrail)) lists.push({ source, type: NAMESPACES, scope: null });
  return lists;
}

/**
 * The types that guardrails read besides the judged object's, with what of their bodies: of params all, of what is looked
 * up what the expressions read. `''` as a source asks the built-in kinds.
 */
export function typesRead(
  guardrails: readonly Guardrail[],
  sources: readonly string[],
  world: World,
): ReadonlyMap<string, Parts> {
  const types = new Map<string, Parts>();
  const add = (type: string, parts: Parts): void => {
    types.set(type, eitherParts(types.get(type) ?? noParts, parts));
  };
  for (const { policy, compiled } of guardrails) {
    const read = compiled === null ? null : lookupParts(compiled);
    for (const { name, type } of policy.lookups) add(type, read?.get(name) ?? noParts);
    const { paramKind } = policy;
    if (paramKind === null) continue;
    for (const source of sources) {
      const param = world.typeOfKind(source, paramKind.apiVersion, paramKind.kind);
      if (param !== null) add(param.type, 'whole');
    }
  }
  return types;
}

/** Whether a guardrail reads namespaces, to match or in its expressions. */
export function readsNamespaces(guardrail: Guardrail): boolean {
  return selectsNamespaces(guardrail) || guardrail.compiled?.reads.namespaceObject === true;
}

function selectsNamespaces({ policy, bindings }: Guardrail): boolean {
  return [policy, ...bindings.map(bindingMatching)].some(readsNamespacesToMatch);
}

function labelsText(namespace: Resource | null): string {
  return JSON.stringify(member(member(namespace?.body, 'metadata'), 'labels') ?? null);
}

/** What `namespaceObject` shows: without the version, which changes with every write. */
function contentText(namespace: Resource | null): string {
  const metadata = member(namespace?.body, 'metadata');
  return JSON.stringify([
    member(metadata, 'labels'),
    member(metadata, 'annotations'),
    member(namespace?.body, 'spec'),
    member(namespace?.body, 'status'),
  ]);
}
