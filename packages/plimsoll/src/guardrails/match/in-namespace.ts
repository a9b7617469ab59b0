import type { Narrowing } from './narrowing.ts';

/** Resources of one namespace alone. */
export function inNamespace(namespace: string): Narrowing {
  const elsewhere = { outcome: 'none', reason: `the policy is about namespace ${namespace} alone` } as const;
  return {
    says: { namespace },
    kinds: [],
    reads: [],
    readsNamespaces: false,
    admission: {
      rules: [],
      namespaceSelector: null,
      objectSelector: null,
      // A namespaceSelector would let through what is in no namespace.
      conditions: [
        {
          name: 'plimsoll.in-namespace',
          expression: `object.metadata.?namespace.orValue('') == ${JSON.stringify(namespace)}`,
        },
      ],
    },
    mayConcern: () => true,
    steps: ({ namespaced }) => (namespaced ? [({ scope }) => (scope === namespace ? null : elsewhere)] : elsewhere),
  };
}
