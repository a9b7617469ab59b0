import type { Narrowing } from './narrowing.ts';

/** Resources of one namespace alone. */
export function inNamespace(namespace: string): Narrowing {
  const elsewhere = { outcome: 'none', reason: `the policy is about namespace ${namespace} alone` } as const;
  return {
    says: { namespace },
    kinds: [],
    reads: [],
    readsNamespaces: false,
    mayConcern: () => true,
    steps: ({ namespaced }) => (namespaced ? [({ scope }) => (scope === namespace ? null : elsewhere)] : elsewhere),
  };
}
