import { expect, test } from 'vitest';
import type { FindingItem } from '../../server/schemas.ts';
import { findingsText } from './findings-text.ts';
import { painter } from './paint.ts';

const owner = { type: 'apps/deployments', kind: 'Deployment', namespace: 'shop', name: 'web', unseen: null };

function finding(name: string, change: Partial<FindingItem> = {}): FindingItem {
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
    resource: { source: 'prod', type: 'core/pods', apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name, ...place },
    outcome: 'fail',
    severity: 'high',
    reason: null,
    violations: [{ index: 0, message: 'privileged', expression: 'false', paths: [] }],
    openedAt: '2026-11-25T10:00:00.000Z',
    changedAt: '2026-11-25T10:00:00.000Z',
    resolvedAt: null,
    resolution: null,
    owner,
    waivedBy: null,
    ...change,
  };
}

const unseen = { ...owner, type: 'apps/replicasets', name: 'db-1', unseen: 'apps/replicasets: forbidden' };
const findings = [
  finding('web-1'),
  finding('web-2'),
  finding('db-1-x', { owner: unseen }),
  finding('alone', { owner: null }),
];

test('given findings at pods, by guardrail they are one at their owner, with their number', () => {
  expect(findingsText(findings, 'guardrail', painter(false))).toBe(`no-privileged  high  4
  ✗ prod/apps/deployments/shop/web  ×2, e.g. core/pods web-1  id-web-1
      privileged
  ✗ prod/apps/replicasets/shop/db-1  ×1, core/pods db-1-x  owner not seen: apps/replicasets: forbidden  id-db-1-x
      privileged
  ✗ prod/core/pods/shop/alone  id-alone
      privileged

`);
});

test('by owner each owner is a group, and by resource nothing is folded', () => {
  const text = findingsText(findings, 'owner', painter(false));
  expect(text.match(/^prod.*$/gm)).toEqual([
    'prod/apps/deployments/shop/web  high  2',
    'prod/apps/replicasets/shop/db-1  high  1',
    'prod/core/pods/shop/alone  high  1',
  ]);
  expect(findingsText(findings, 'resource', painter(false)).match(/^prod.*$/gm)).toHaveLength(4);
});
