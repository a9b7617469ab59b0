import { openSqliteStore } from '../inventory/sqlite/sqlite-store.ts';
import { nothing } from '../inventory/store-contract.ts';
import type { LogEvent } from '../inventory/store.ts';
import { findingId, type Finding } from '../model/finding.ts';
import type { Resource } from '../model/resource.ts';

/** A pod of `prod`. */
export const pod = (name: string, body: Resource['body'] = {}): Resource => ({
  source: 'prod',
  type: 'core/pods',
  scope: 'shop',
  name,
  apiVersion: 'v1',
  kind: 'Pod',
  uid: `uid-${name}`,
  version: '1',
  body: { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' }, ...body },
  unseen: [],
  place: null,
});

/** The event of a resource that came. */
export function changed(seq: number, resource: Resource): LogEvent {
  const { source, type, scope, name, uid } = resource;
  return {
    seq,
    kind: 'change',
    change: { seq, at: 1e12, operation: 'created', key: { source, type, scope, name }, uid, resource },
  };
}

/** The event of a finding that opened. */
export function found(seq: number, resource: Resource): LogEvent {
  const judgement = {
    policy: { source: 'files', kind: 'Guardrail', namespace: null, name: 'no-privileged' },
    binding: null,
    rule: null,
    param: null,
    resource,
  };
  const finding: Finding = {
    ...judgement,
    id: findingId(judgement),
    state: 'open',
    seq,
    openedAt: 1e12,
    changedAt: 1e12,
    resolvedAt: null,
    resolution: null,
    outcome: 'fail',
    severity: 'high',
    reason: null,
    violations: [{ index: 0, message: 'bad', expression: 'false', paths: [] }],
    waivedBy: null,
  };
  return { seq, kind: 'finding', finding };
}

/** A real store in memory; `publish` commits, then tells the listeners, as the change log does. */
export function openInventory() {
  const store = openSqliteStore(':memory:');
  const listeners = new Set<(events: readonly LogEvent[]) => void>();
  return {
    store,
    subscribe: (listener: (events: readonly LogEvent[]) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    publish: async (...events: readonly LogEvent[]) => {
      await store.commit({
        ...nothing,
        at: 1e12,
        changes: events.flatMap((event) =>
          event.kind === 'change' ? [{ ...event.change, hash: `h${event.seq}` }] : [],
        ),
        findings: events.flatMap((event) => (event.kind === 'finding' ? [event.finding] : [])),
        coverage: events.flatMap((event) => (event.kind === 'coverage' ? [event] : [])),
      });
      for (const listener of listeners) listener(events);
    },
  };
}
