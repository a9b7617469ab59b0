import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { selects } from '../../model/label-selector.ts';
import { labelsOf } from '../match/subject.ts';
import type { Binding, ParamRef, Policy } from '../policy.ts';
import type { World } from '../world.ts';
import { type NotPassed, failureOf, skipFor, unknownFor } from './not-passed.ts';

/** One param that a policy is judged with; `name` null where the policy has none. */
export interface Param {
  readonly name: string | null;
  readonly body: JsonObject | null;
  readonly unseen: readonly string[];
  /** Why `unseen` was not kept; null: it was not asked for. */
  readonly notKept: string | null;
}

/** The one judgement of a policy that has no params. */
export const withoutParams: readonly Param[] = [{ name: null, body: null, unseen: [], notKept: null }];

/** Everything that says which params a policy has: itself, or its bindings. */
export function paramRefsOf(policy: Policy, bindings: readonly Binding[]): readonly ParamRef[] {
  return [policy, ...bindings].flatMap(({ paramRef }) => paramRef ?? []);
}

/** True for a policy that is judged with params. */
export function hasParams({ paramKind, complete }: Policy): boolean {
  return paramKind !== null || complete !== null;
}

const held = new WeakMap<Binding, readonly Param[]>();

/** The one param that a binding holds itself. */
function ownParam(binding: Binding): readonly Param[] {
  let found = held.get(binding);
  if (found === undefined) {
    found = [{ name: null, body: binding.param, unseen: [], notKept: null }];
    held.set(binding, found);
  }
  return found;
}

/** The list in which a policy's params stand. */
export interface ParamList {
  readonly source: string;
  readonly type: string;
  readonly scope: string | null;
}

/** Of a resource, what its params are looked for by. */
export type Held = Pick<Resource, 'source' | 'type' | 'scope' | 'name' | 'kind'>;

/** Where a binding looks for its policy's params for one resource; null where it has none; or why it cannot look. */
export function paramList(
  policy: Policy,
  binding: Binding | null,
  resource: Held,
  world: Pick<World, 'typeOfKind'>,
): ParamList | NotPassed | null {
  if (policy.paramKind === null) return null;
  const { apiVersion, kind } = policy.paramKind;
  const paramRef = policy.paramRef ?? binding?.paramRef ?? null;
  if (policy.paramRef === null && binding === null) return unknownFor(`no binding says which ${kind} are its params`);
  if (paramRef === null) return null;
  const source = policy.origin === 'cluster' ? policy.reference.source : resource.source;
  const type = world.typeOfKind(source, apiVersion, kind);
  if (type === null) return unknownFor(`nothing is known of paramKind ${apiVersion} ${kind}`);
  if (!type.namespaced && paramRef.namespace !== null)
    return failureOf(policy, 'paramRef.namespace of a cluster-scoped paramKind');
  const namespace = resource.type === 'core/namespaces' ? resource.name : resource.scope;
  const scope = type.namespaced ? (paramRef.namespace ?? namespace) : null;
  if (type.namespaced && scope === null)
    return failureOf(policy, `paramRef names no namespace, and ${resource.kind} ${resource.name} has none`);
  return { source, type: type.type, scope };
}

/**
 * The params that a binding gives its policy for one resource, or why there are none
 * (k8s.io/apiserver policy/generic `CollectParams`).
 */
export function paramsFor(
  policy: Policy,
  binding: Binding | null,
  resource: Resource,
  world: World,
): readonly Param[] | NotPassed {
  if (binding !== null && binding.param !== null) return ownParam(binding);
  const list = paramList(policy, binding, resource, world);
  if (list !== null && 'outcome' in list) return list;
  const paramRef = policy.paramRef ?? binding?.paramRef ?? null;
  if (list === null || policy.paramKind === null || paramRef === null) return withoutParams;
  const { apiVersion, kind } = policy.paramKind;
  const { source, type, scope } = list;
  const listing = world.list(source, type, scope);
  if ('unknown' in listing) return unknownFor(`params: ${listing.unknown}`);
  const items = listing.items.filter((item) =>
    paramRef.selector === null ? item.name === paramRef.name : selects(paramRef.selector, labelsOf(item.body)),
  );
  if (items.length > 0) return paramsOf(items, apiVersion, listing.notKept ?? null);
  const reason = `${binding === null ? 'the policy' : `binding ${binding.name}`} finds no ${kind}${scope === null ? '' : ` in namespace ${scope}`}`;
  return paramRef.parameterNotFoundAction === 'Allow'
    ? skipFor(`${reason} (parameterNotFoundAction Allow)`)
    : failureOf(policy, `${reason} (parameterNotFoundAction Deny)`);
}

/** The params in the version that paramKind names, as the API server reads them. */
function paramsOf(
  items: readonly Resource[],
  apiVersion: string,
  notKept: string | null,
): readonly Param[] | NotPassed {
  const params: Param[] = [];
  for (const item of items) {
    const { name, unseen } = item;
    const form = item.forms?.find((one) => one.apiVersion === apiVersion);
    const body = item.apiVersion === apiVersion ? item.body : (form?.body ?? null);
    if (body === null) {
      const why = form?.unknown ?? 'it has not been read in that version';
      return unknownFor(`param ${name} is held as ${item.apiVersion} and read as ${apiVersion}: ${why}`);
    }
    params.push({ name, body, unseen, notKept });
  }
  return params;
}
