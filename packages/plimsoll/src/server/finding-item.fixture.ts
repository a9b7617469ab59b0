import type { FindingItem } from './schemas.ts';

/** What of an item a test says; `type` and `name` are its resource's. */
type FindingItemParts = Partial<FindingItem> & { readonly type?: string; readonly name?: string };

/** An open finding at a pod of the namespace shop, but for the parts given. */
export function findingItemWith({ type = 'core/pods', name = 'web-1', ...rest }: FindingItemParts = {}): FindingItem {
  const place = { uid: null, file: null, line: null };
  return {
    id: `id-${name}`,
    state: 'open',
    seq: 1,
    guardrail: 'no-privileged',
    policy: { source: 'builtin', kind: 'Guardrail', namespace: null },
    binding: null,
    rule: null,
    param: null,
    resource: { source: 'prod', type, apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name, ...place },
    outcome: 'fail',
    severity: 'high',
    reason: null,
    violations: [{ index: 0, message: `privileged: ${name}`, expression: 'false', paths: [] }],
    openedAt: '2026-11-25T10:00:00.000Z',
    changedAt: '2026-11-25T10:00:00.000Z',
    resolvedAt: null,
    resolution: null,
    owner: null,
    waivedBy: null,
    stale: null,
    ...rest,
  };
}
