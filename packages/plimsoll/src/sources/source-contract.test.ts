import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptedProxy, sharedTestCluster, testUsers, type ClusterAccess } from '@plimsoll/testcluster';
import { describe } from 'vitest';
import { ChangeLog } from '../inventory/change-log.ts';
import { openSqliteStore } from '../inventory/sqlite/sqlite-store.ts';
import { IdentityClaims } from './identity-claims.ts';
import { sourceKinds } from './registry.ts';
import { itIsASource, type ContractInventory, type ContractOrigin } from './source-contract.ts';

const cluster = await sharedTestCluster();

async function openInventory(): Promise<ContractInventory> {
  const store = openSqliteStore(':memory:');
  const log = await ChangeLog.open(store, []);
  return {
    sink: log,
    resources: async () => (await store.resources({}, 100_000)).items,
    coverage: () => store.coverage(),
    changes: async (scope) =>
      (await store.events(0, 100_000)).flatMap((event) =>
        event.kind === 'change' && event.change.key.scope === scope
          ? [`${event.change.operation} ${event.change.key.name}`]
          : [],
      ),
    close: async () => {
      await log.close();
      await store.close();
    },
  };
}

function openFolder(): Promise<ContractOrigin> {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-contract-'));
  const [shown, hidden] = [join(folder, 'shown'), join(folder, 'hidden')];
  renameSync(mkdtempSync(join(tmpdir(), 'plimsoll-contract-')), shown);
  const entry = { path: shown };
  const put = (name: string, text: string) => Promise.resolve(writeFileSync(join(shown, `${name}.json`), text));
  const object = (kind: string, more: object) => JSON.stringify({ apiVersion: 'v1', kind, ...more });
  return Promise.resolve({
    entry,
    scope: 'default',
    open: (once) => sourceKinds.files.open({ ...entry, once }, { claims: new IdentityClaims() }),
    put: (name, label) => put(name, object('ConfigMap', { metadata: { name, labels: { label } } })),
    remove: (name) => Promise.resolve(rmSync(join(shown, `${name}.json`))),
    putSecret: (name, password) => put(name, object('Secret', { metadata: { name }, stringData: { password } })),
    hide: () => Promise.resolve(renameSync(shown, hidden)),
    show: () => Promise.resolve(renameSync(hidden, shown)),
    close: () => Promise.resolve(rmSync(folder, { recursive: true })),
  });
}

async function openCluster(access: ClusterAccess): Promise<ContractOrigin> {
  const { admin } = access;
  const proxy = await ScriptedProxy.start(access.url, access.ca);
  const space = await access.namespace('contract');
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-contract-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const config = {
    clusters: [{ name: 'c', cluster: { server: proxy.url } }],
    users: [{ name: 'u', user: { token: testUsers.admin.token } }],
    contexts: [{ name: 'contract', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'contract',
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const entry = { kubeconfig };
  const path = `/api/v1/namespaces/${space}`;
  const there = new Set<string>();
  let show = () => {};
  return {
    entry,
    scope: space,
    open: (once) => sourceKinds.kubernetes.open({ ...entry, once }, { claims: new IdentityClaims() }),
    put: async (name, label) => {
      const metadata = { name, labels: { label } };
      if (there.has(name)) await admin.patch(`${path}/configmaps/${name}`, { metadata });
      else await admin.create(`${path}/configmaps`, { metadata });
      there.add(name);
    },
    remove: async (name) => void (await admin.delete(`${path}/configmaps/${name}`)),
    putSecret: async (name, password) =>
      void (await admin.create(`${path}/secrets`, { metadata: { name }, stringData: { password } })),
    hide: () => {
      show = proxy.rule({ match: {}, fault: { kind: 'refuse' } });
      proxy.cutAll();
      return Promise.resolve();
    },
    show: () => Promise.resolve(show()),
    close: async () => {
      await admin.delete(`/api/v1/namespaces/${space}`);
      await proxy.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Where each registered kind is tried; the type asks for one of each. */
const origins = {
  files: openFolder,
  kubernetes: cluster === undefined ? null : () => openCluster(cluster),
} as const satisfies Record<keyof typeof sourceKinds, (() => Promise<ContractOrigin>) | null>;

describe.each(Object.values(sourceKinds).map(({ id }) => [id, origins[id as keyof typeof origins]] as const))(
  'a source of the kind %s',
  (id, open) => {
    describe.skipIf(open === null)('on the real thing', () => {
      itIsASource(id, () => open?.() ?? Promise.reject(new Error('no origin')), openInventory);
    });
  },
);
