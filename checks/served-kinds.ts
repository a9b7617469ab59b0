import type { TestClient, TestClusterOptions } from '@plimsoll/testcluster';
import type { KindRow } from '../packages/plimsoll/src/model/kubernetes-kinds.ts';

const managed = 'kube-aggregator.kubernetes.io/automanaged';

/** A server on which also the kinds are served that a feature gate guards. */
export const everyGate: TestClusterOptions = { apiServerFlags: ['--feature-gates=AllAlpha=true,AllBeta=true'] };

/** The aggregator serves its own group without an APIService. */
const aggregatorOwn = {
  metadata: { labels: { [managed]: 'onstart' } },
  spec: { group: 'apiregistration.k8s.io', version: 'v1' },
};

/**
 * The kinds of Kubernetes' own groups as a real API server serves them, sorted: group, kind, resource, whether it has
 * a namespace. Groups of CRDs and aggregated servers are left out: their APIServices are not there from the start
 * (k8s.io/kube-aggregator, label `kube-aggregator.kubernetes.io/automanaged`).
 */
export async function servedKinds(admin: TestClient): Promise<readonly KindRow[]> {
  const services = (await admin.get('/apis/apiregistration.k8s.io/v1/apiservices'))['items'] as readonly {
    readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
    readonly spec: { readonly group?: string; readonly version: string };
  }[];
  const rows = new Map<string, KindRow>();
  for (const { metadata, spec } of [...services, aggregatorOwn]) {
    if (metadata.labels?.[managed] !== 'onstart') continue;
    const group = spec.group ?? '';
    const path = group === '' ? `/api/${spec.version}` : `/apis/${group}/${spec.version}`;
    const { resources } = (await admin.get(path)) as {
      resources: readonly { readonly name: string; readonly kind: string; readonly namespaced: boolean }[];
    };
    for (const { name, kind, namespaced } of resources)
      if (!name.includes('/')) rows.set(`${group}/${kind}`, [group, kind, name, namespaced]);
  }
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
