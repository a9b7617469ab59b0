import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangeLog } from '../../inventory/change-log.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import type { Store } from '../../inventory/store.ts';
import type { JsonObject } from '../../model/json.ts';
import { FileKinds } from '../../model/kinds.ts';
import type { Observation } from '../../model/observation.ts';
import { LiveGuardrails } from '../live/live-guardrails.ts';
import { libraryFolder, readLibrary } from './read-library.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const asked = [
  'network-default-deny-ingress',
  'network-ingress-points-nowhere',
  'network-service-selects-nothing',
  'rbac-secrets-cluster-wide',
  'reliability-budget-blocks-eviction',
];
const parts = readLibrary(libraryFolder)
  .filter(({ name }) => asked.includes(name))
  .flatMap(({ variants }) => variants.map((policy) => ({ part: 'policy' as const, policy })));
const kinds = new FileKinds();
let versions = 0;

function there(body: JsonObject): Observation {
  versions += 1;
  const metadata = body['metadata'] as Readonly<Record<string, string>>;
  const [apiVersion, kind] = [String(body['apiVersion']), String(body['kind'])];
  const resource = {
    source: 'prod',
    type: kinds.of(apiVersion, kind)?.type ?? '',
    scope: metadata['namespace'] ?? null,
    name: metadata['name'] ?? '',
    apiVersion,
    kind,
    uid: `u-${kind}-${metadata['name'] ?? ''}`,
    version: String(versions),
    body: { ...body, metadata: { ...metadata, uid: `u-${kind}-${metadata['name'] ?? ''}` } },
    unseen: [],
    place: null,
  };
  return { kind: 'upsert', observedAt: NOW, resource };
}

function gone(body: JsonObject): Observation {
  const of = there(body);
  if (of.kind !== 'upsert') throw new Error('no upsert');
  return { kind: 'delete', key: of.resource, uid: null, observedAt: NOW };
}

function listed(type: string): Observation {
  const coverage = { source: 'prod', type, scope: null, state: 'live' as const, since: NOW, lastComplete: NOW };
  return { kind: 'coverage', coverage: { ...coverage, reason: null } };
}

let store: Store;
let live: LiveGuardrails;
let log: ChangeLog;

beforeEach(async () => {
  store = openSqliteStore(':memory:');
  live = await LiveGuardrails.open(store, { parts, waivers: [], kinds: (version, kind) => kinds.of(version, kind) });
  log = await ChangeLog.open(store, [live]);
  await live.start(log);
  const read = parts.flatMap(({ policy }) => policy.lookups.map(({ type }) => type));
  await log.observe([...new Set(read)].map(listed));
});

afterEach(async () => {
  await live.stop();
  await log.close();
  await store.close();
});

/** What is open after this was observed: `guardrail name outcome`. */
async function after(...observations: readonly Observation[]): Promise<readonly string[]> {
  await log.observe(observations);
  await live.settled();
  const { items } = await store.findings({ state: 'open' }, 100);
  return items.map(({ policy, resource, outcome }) => `${policy.name} ${resource.name} ${outcome}`).toSorted();
}

const labels = { app: 'web' };
const shop: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
const named = (apiVersion: string, kind: string, name: string, spec: JsonObject): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  spec,
});
const deployment = (replicas: number) =>
  named('apps/v1', 'Deployment', 'web', { replicas, template: { metadata: { labels }, spec: { containers: [] } } });

describe('what looks across resources follows what it looks at', () => {
  it('a namespace has a default deny or not', async () => {
    const deny = named('networking.k8s.io/v1', 'NetworkPolicy', 'deny', { podSelector: {}, policyTypes: ['Ingress'] });
    expect(await after(there(shop))).toEqual([]);
    expect(await after(there(deployment(1)))).toEqual(['network-default-deny-ingress shop fail']);
    expect(await after(there(deny))).toEqual([]);
    expect(await after(gone(deny))).toEqual(['network-default-deny-ingress shop fail']);
    expect(await after(gone(deployment(1)))).toEqual([]);
  });

  it('a Service selects something or nothing, and an Ingress points somewhere or nowhere', async () => {
    const service = named('v1', 'Service', 'web', { selector: labels, ports: [{ port: 80 }] });
    const backend = { service: { name: 'web', port: { number: 80 } } };
    const rules = [{ host: 'shop.example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }];
    const ingress = named('networking.k8s.io/v1', 'Ingress', 'web', { rules });
    expect(await after(there(ingress))).toEqual(['network-ingress-points-nowhere web fail']);
    expect(await after(there(service))).toEqual(['network-service-selects-nothing web fail']);
    expect(await after(there(deployment(0)))).toEqual([]);
    expect(await after(gone(service))).toEqual(['network-ingress-points-nowhere web fail']);
  });

  it('a budget allows an eviction or none', async () => {
    const budget = named('policy/v1', 'PodDisruptionBudget', 'web', {
      minAvailable: 2,
      selector: { matchLabels: labels },
    });
    expect(await after(there(budget), there(deployment(3)))).toEqual([]);
    expect(await after(there(deployment(2)))).toEqual(['reliability-budget-blocks-eviction web fail']);
    expect(await after(there(deployment(3)))).toEqual([]);
  });

  it('a binding gives every Secret of the cluster as its role does', async () => {
    const api = 'rbac.authorization.k8s.io';
    const role = (resources: readonly string[]): JsonObject => ({
      apiVersion: `${api}/v1`,
      kind: 'ClusterRole',
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources, verbs: ['list'] }],
    });
    const binding = {
      apiVersion: `${api}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'readers' },
      roleRef: { apiGroup: api, kind: 'ClusterRole', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'a', namespace: 'shop' }],
    };
    expect(await after(there(role(['pods'])), there(binding))).toEqual([]);
    expect(await after(there(role(['pods', 'secrets'])))).toEqual(['rbac-secrets-cluster-wide readers fail']);
    expect(await after(there(role(['pods'])))).toEqual([]);
  });
});
