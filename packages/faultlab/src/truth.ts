import type { SimulatedNetwork, VirtualClock } from '@plimsoll/testcluster';
import { evaluateResource } from '../../plimsoll/src/guardrails/evaluate/evaluator.ts';
import { newestDialect, storedDialect } from '../../plimsoll/src/guardrails/evaluate/dialect.ts';
import { readPolicyDocument } from '../../plimsoll/src/guardrails/formats/registry.ts';
import { LiveWorld } from '../../plimsoll/src/guardrails/live/live-world.ts';
import { needsOf } from '../../plimsoll/src/guardrails/needs.ts';
import { type Guardrail, guardrailsOf } from '../../plimsoll/src/guardrails/policy-set.ts';
import { ChangeLog } from '../../plimsoll/src/inventory/change-log.ts';
import { openSqliteStore } from '../../plimsoll/src/inventory/sqlite/sqlite-store.ts';
import type { Store } from '../../plimsoll/src/inventory/store.ts';
import type { Coverage } from '../../plimsoll/src/model/coverage.ts';
import { type Finding, findingId } from '../../plimsoll/src/model/finding.ts';
import { FileKinds } from '../../plimsoll/src/model/kinds.ts';
import { type Needs, noNeeds } from '../../plimsoll/src/model/needs.ts';
import type { Resource } from '../../plimsoll/src/model/resource.ts';
import type { Verdict } from '../../plimsoll/src/model/verdict.ts';
import { KubernetesSource } from '../../plimsoll/src/sources/kubernetes/kubernetes-source.ts';
import { guardrailParts } from './guardrails.ts';
import { source } from './plimsoll-process.ts';

/** A cluster as a set of lines that two readings of it can be compared by. */
export interface Picture {
  readonly resources: ReadonlyMap<string, string>;
  readonly findings: ReadonlyMap<string, string>;
  readonly coverage: ReadonlyMap<string, string>;
}

const definitions = 'apiextensions.k8s.io/customresourcedefinitions';

interface Reading {
  readonly store: Store;
  readonly guardrails: readonly Guardrail[];
  readonly world: LiveWorld;
}

/**
 * What there is, by a full scan (`scan kube:CONTEXT`): everything read once, everything judged once. Of a type that
 * cannot be seen there is what was known of it.
 */
export async function scanned(
  network: SimulatedNetwork,
  clock: VirtualClock,
  kubeconfig: string,
  known: Store,
): Promise<Picture> {
  const first = await readOnce(network, clock, kubeconfig, known, noNeeds);
  const needs = needsOf(source, first.guardrails, first.world);
  await first.store.close();
  const { store, guardrails, world } = await readOnce(network, clock, kubeconfig, known, needs);
  const resources = await allOf(store);
  const verdicts = resources.flatMap((resource) => evaluateResource(resource, guardrails, world, false));
  const picture = {
    resources: new Map(resources.map(resourceLine)),
    findings: new Map(
      verdicts.filter(({ outcome }) => outcome !== 'skip').map((verdict) => [findingId(verdict), verdictText(verdict)]),
    ),
    coverage: await coverageOf(store),
  };
  await store.close();
  return picture;
}

async function readOnce(
  network: SimulatedNetwork,
  clock: VirtualClock,
  kubeconfig: string,
  known: Store,
  needs: Needs,
): Promise<Reading> {
  const kinds = new FileKinds();
  const store = openSqliteStore(':memory:');
  const log = await ChangeLog.open(store, [], clock);
  const client = network.client();
  const once = new KubernetesSource({
    name: source,
    kubeconfig,
    once: true,
    surroundings: { clock, random: () => 0.5, connect: () => client },
  });
  once.need(needs);
  await once.run(log, new AbortController().signal);
  const seen = (await store.coverage()).flatMap(({ type, state }) => (state === 'listed' ? [type] : []));
  const unseen = (await allOf(known)).filter(({ type }) => !seen.includes(type));
  await log.observe(unseen.map((resource) => ({ kind: 'upsert', resource, observedAt: 0 })));
  // Who comes now never knew a type whose definition may not be read; who did has no proof that it is gone.
  const kept = seen.includes(definitions) ? [] : (await known.coverage()).filter(isNotProvenGone);
  await log.observe(kept.map((coverage) => ({ kind: 'coverage', coverage })));
  await log.close();
  const world = await LiveWorld.open(store, (apiVersion, kind) => kinds.of(apiVersion, kind));
  const parts = world.policies.flatMap(({ body, place }) =>
    readPolicyDocument({ source, origin: 'cluster', body, place }),
  );
  const { guardrails } = guardrailsOf([...guardrailParts, ...parts], ({ origin }) =>
    origin === 'cluster' ? storedDialect(world.minorOf(source)) : newestDialect,
  );
  await world.keepTypes(['core/configmaps', 'shop.example.com/limits', 'shop.example.com/widgets']);
  return { store, guardrails, world };
}

/** What a store holds. */
export async function held(store: Store): Promise<Picture> {
  const findings: Finding[] = [];
  for await (const page of store.openFindings()) findings.push(...page);
  return {
    resources: new Map((await allOf(store)).map(resourceLine)),
    findings: new Map(findings.map((finding) => [finding.id, verdictText(finding)])),
    coverage: await coverageOf(store),
  };
}

async function allOf(store: Store): Promise<readonly Resource[]> {
  const resources: Resource[] = [];
  for await (const page of store.scan({})) resources.push(...page);
  return resources;
}

function resourceLine(resource: Resource): [string, string] {
  const { type, scope, name, uid, version, apiVersion, kind, body, unseen, forms } = resource;
  return [`${type} ${scope ?? ''}/${name}`, JSON.stringify({ uid, version, apiVersion, kind, body, unseen, forms })];
}

function verdictText({ policy, binding, param, resource, outcome, reason, violations }: Verdict): string {
  const about = [
    policy.name,
    binding,
    param,
    `${resource.type} ${resource.scope ?? ''}/${resource.name}`,
    resource.uid,
  ];
  return JSON.stringify([...about, outcome, kindOf(reason), violations.map(({ message, paths }) => [message, paths])]);
}

async function coverageOf(store: Store): Promise<ReadonlyMap<string, string>> {
  const rows = await store.coverage();
  return new Map(
    rows.map(({ type, scope, state, reason }) => [
      `${type} ${scope ?? ''}`,
      JSON.stringify([state === 'listed' ? 'live' : state, kindOf(reason)]),
    ]),
  );
}

/** A reason up to its code: which of several requests was refused is chance. */
function kindOf(reason: string | null): string | null {
  return reason?.replace(/(PLM\d{4}): .*/s, '$1') ?? null;
}

/** How what is held differs from what is there; nothing where it does not. */
export function differences(found: Picture, truth: Picture): readonly string[] {
  return (['resources', 'findings', 'coverage'] as const).flatMap((part) => {
    const keys = new Set([...truth[part].keys(), ...found[part].keys()]);
    return [...keys].flatMap((key) => {
      const [is, ought] = [found[part].get(key), truth[part].get(key)];
      // Which namespaces there are to look in is not known to who comes now.
      if (part === 'coverage' && isNamespaced(key) && !sees(truth, 'core/namespaces')) return [];
      return is === ought ? [] : [`${part} ${key}: held ${is}, there is ${ought}`];
    });
  });
}

function isNotProvenGone({ state, reason }: Coverage): boolean {
  return state === 'stale' && kindOf(reason) === 'PLM1410';
}

function isNamespaced(row: string): boolean {
  return !row.endsWith(' ');
}

function sees({ coverage }: Picture, type: string): boolean {
  return coverage.get(`${type} `)?.includes('"live"') === true;
}
