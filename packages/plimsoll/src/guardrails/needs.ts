import type { ConfigMapNeed, FormNeed, Needs } from '../model/needs.ts';
import { apiVersionOf, type ServedType } from '../model/served.ts';
import { paramRefsOf } from './evaluate/params.ts';
import { neverMatched } from './match/never-matched.ts';
import { neededForms } from './match/plan.ts';
import { ruleOutcomes } from './match/rules.ts';
import type { Guardrail } from './policy-set.ts';
import type { Policy } from './policy.ts';
import type { World } from './world.ts';

const CONFIG_MAPS = 'core/configmaps';

/**
 * What guardrails need of a source besides what it reads by itself: the ConfigMaps that are their params or that they
 * look up, whole, and the versions that they judge other than the held ones. In a stable order.
 */
export function needsOf(source: string, guardrails: readonly Guardrail[], world: World): Needs {
  const maps = new Map<string, ConfigMapNeed>();
  const forms = new Map<string, FormNeed>();
  for (const guardrail of guardrails) {
    const { policy, compiled, state } = guardrail;
    if (compiled === null || state !== 'ok') continue;
    if (policy.origin === 'cluster' && policy.reference.source !== source) continue;
    const { name } = policy.reference;
    for (const need of configMapsOf(guardrail, source, world)) merge(maps, need, name);
    const served = world.served(source) ?? [];
    for (const need of [...formsOf(guardrail, served), ...paramForms(policy, served)]) merge(forms, need, name);
  }
  return { configMaps: inOrder(maps), forms: inOrder(forms) };
}

function configMapsOf({ policy, bindings }: Guardrail, source: string, world: World): Omit<ConfigMapNeed, 'readers'>[] {
  const all = { scope: null, name: null, selector: null };
  const lookedUp = policy.lookups.some(({ type }) => type === CONFIG_MAPS) ? [all] : [];
  const { paramKind } = policy;
  if (paramKind === null || world.typeOfKind(source, paramKind.apiVersion, paramKind.kind)?.type !== CONFIG_MAPS)
    return lookedUp;
  const params = paramRefsOf(policy, bindings).map(({ namespace, name, selector }) => ({
    scope: namespace,
    name,
    selector,
  }));
  return [...lookedUp, ...params];
}

function formsOf({ policy }: Guardrail, served: readonly ServedType[]): Omit<FormNeed, 'readers'>[] {
  const { match } = policy;
  if (match.matchPolicy === 'Exact' || match.rules.every(({ apiVersions }) => apiVersions.includes('*'))) return [];
  return served.flatMap(({ type, group, resource, kind, namespaced, heldVersion, heldAs }) => {
    if (heldVersion === null || heldAs !== null || neverMatched(policy, type) !== null) return [];
    const subject = { type, group, version: heldVersion, resource, kind, namespaced, served };
    if (!policy.narrowing.every((one) => one.mayConcern(subject))) return [];
    return neededForms(ruleOutcomes(match.rules, match.matchPolicy, subject)).map((form) => ({
      type,
      apiVersion: form.apiVersion,
      resource: form.resource,
      kind: form.kind,
    }));
  });
}

/** Params are read in the version that paramKind names. */
function paramForms({ paramKind }: Policy, served: readonly ServedType[]): Omit<FormNeed, 'readers'>[] {
  if (paramKind === null) return [];
  const { apiVersion, kind } = paramKind;
  return served.flatMap(({ type, group, resource, versions, heldVersion }) => {
    const named = versions.some((one) => one.kind === kind && apiVersionOf(group, one.version) === apiVersion);
    const isHeld = heldVersion === null || apiVersionOf(group, heldVersion) === apiVersion;
    return named && !isHeld ? [{ type, apiVersion, resource, kind }] : [];
  });
}

function merge<T extends object>(
  into: Map<string, T & { readonly readers: readonly string[] }>,
  need: T,
  reader: string,
): void {
  const key = JSON.stringify(need);
  const readers = [...new Set([...(into.get(key)?.readers ?? []), reader])].sort();
  into.set(key, { ...need, readers });
}

function inOrder<T>(needs: ReadonlyMap<string, T>): readonly T[] {
  return [...needs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, need]) => need);
}
