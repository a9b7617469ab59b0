import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { selects } from '../match/selector.ts';
import { labelsOf } from '../match/subject.ts';
import type { Binding, Policy } from '../policy.ts';
import type { World } from '../world.ts';
import type { Conclusion } from './judge.ts';

/** One param that a policy is judged with; `name` null where the policy has none. */
export interface Param {
  readonly name: string | null;
  readonly body: JsonObject | null;
  readonly unseen: readonly string[];
}

const none: readonly Param[] = [{ name: null, body: null, unseen: [] }];

/**
 * The params that a binding gives its policy for one resource, or why there are none
 * (k8s.io/apiserver policy/generic `CollectParams`; guardrails.md, Combination).
 */
export function paramsFor(
  policy: Policy,
  binding: Binding | null,
  resource: Resource,
  world: World,
): readonly Param[] | Conclusion {
  if (policy.paramKind === null) return none;
  const { apiVersion, kind } = policy.paramKind;
  if (binding === null) return unknown(`no binding says which ${kind} are its params`);
  const { paramRef } = binding;
  if (paramRef === null) return none;
  const source = policy.origin === 'cluster' ? policy.reference.source : resource.source;
  const type = world.typeOfKind(source, apiVersion, kind);
  if (type === null) return unknown(`nothing is known of paramKind ${apiVersion} ${kind}`);
  if (!type.namespaced && paramRef.namespace !== null)
    return failed(policy, 'paramRef.namespace of a cluster-scoped paramKind');
  const namespace = resource.type === 'core/namespaces' ? resource.name : resource.scope;
  const scope = type.namespaced ? (paramRef.namespace ?? namespace) : null;
  if (type.namespaced && scope === null)
    return failed(policy, `paramRef names no namespace, and ${resource.kind} ${resource.name} has none`);
  const listing = world.list(source, type.type, scope);
  if ('unknown' in listing) return unknown(`params: ${listing.unknown}`);
  const items = listing.items.filter((item) =>
    paramRef.selector === null ? item.name === paramRef.name : selects(paramRef.selector, labelsOf(item.body)),
  );
  if (items.length > 0) return items.map(({ name, body, unseen }) => ({ name, body, unseen }));
  const reason = `binding ${binding.name} finds no ${kind}${scope === null ? '' : ` in namespace ${scope}`}`;
  return paramRef.parameterNotFoundAction === 'Allow'
    ? { outcome: 'skip', reason: `${reason} (parameterNotFoundAction Allow)`, violations: [] }
    : failed(policy, `${reason} (parameterNotFoundAction Deny)`);
}

function unknown(reason: string): Conclusion {
  return { outcome: 'unknown', reason, violations: [] };
}

function failed(policy: Policy, reason: string): Conclusion {
  return policy.failurePolicy === 'Fail'
    ? { outcome: 'error', reason, violations: [] }
    : { outcome: 'skip', reason: `failurePolicy Ignore: ${reason}`, violations: [] };
}
