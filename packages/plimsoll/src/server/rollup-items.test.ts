import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingItemWith as finding } from './finding-item.fixture.ts';
import { rollupItems } from './rollup-items.ts';
import type { FindingItem } from './schemas.ts';

const deployment = { type: 'apps/deployments', kind: 'Deployment', namespace: 'shop', name: 'web', unseen: null };

describe('findings rolled up', () => {
  it('are one at the owner for its pods and itself, with their number, its own first', () => {
    const items = rollupItems([
      finding({ owner: deployment }),
      finding({ owner: deployment, name: 'web-2', openedAt: '2026-11-25T09:00:00.000Z', outcome: 'waived' }),
      finding({ type: 'apps/deployments', name: 'web' }),
    ]);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      owner: { type: 'apps/deployments', name: 'web' },
      outcome: 'fail',
      count: 3,
      outcomes: { fail: 2, waived: 1, unknown: 0, error: 0 },
      openedAt: '2026-11-25T09:00:00.000Z',
    });
    expect(items[0]?.examples.map(({ name }) => name)).toEqual(['web', 'web-1', 'web-2']);
  });

  it('stay apart by guardrail, by owner and by source', () => {
    const elsewhere = { ...finding().resource, source: 'other' };
    const items = [
      finding({ owner: deployment }),
      finding({ owner: deployment, guardrail: 'other' }),
      finding({ owner: { ...deployment, name: 'db' } }),
      finding({ owner: deployment, resource: elsewhere }),
      finding({}),
    ];
    expect(rollupItems(items)).toHaveLength(5);
  });

  it('count every finding once, whatever they are, in an order that does not depend on theirs', () => {
    const anyFinding = fc
      .record({
        name: fc.constantFrom('a', 'b', 'c'),
        type: fc.constantFrom('core/pods', 'apps/deployments'),
        guardrail: fc.constantFrom('x', 'y'),
        owner: fc.constantFrom(null, deployment, { ...deployment, name: 'a', unseen: 'forbidden' }),
        outcome: fc.constantFrom<FindingItem['outcome']>('fail', 'waived', 'unknown', 'error'),
        severity: fc.constantFrom<FindingItem['severity']>('high', 'low'),
      })
      .map(finding);
    fc.assert(
      fc.property(fc.array(anyFinding, { maxLength: 30 }), (findings) => {
        const items = rollupItems(findings);
        expect(items.reduce((sum, { count }) => sum + count, 0)).toBe(findings.length);
        for (const { count, outcomes } of items)
          expect(Object.values(outcomes).reduce((sum, one) => sum + one, 0)).toBe(count);
        const keys = items.map(({ guardrail, owner }) => `${guardrail} ${owner.type} ${owner.name}`);
        expect(new Set(keys).size).toBe(keys.length);
        const counts = (some: typeof items) =>
          some.map(({ guardrail, owner: { type, name }, count }) => `${guardrail} ${type} ${name} ${count}`).toSorted();
        expect(counts(rollupItems(findings.toReversed()))).toEqual(counts(items));
      }),
    );
  });
});
