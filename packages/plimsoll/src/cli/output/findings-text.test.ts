import { expect, test } from 'vitest';
import { findingItemWith } from '../../server/finding-item.fixture.ts';
import { findingsText } from './findings-text.ts';
import { painter } from './paint.ts';

const owner = { type: 'apps/deployments', kind: 'Deployment', namespace: 'shop', name: 'web', unseen: null };

const finding = (name: string, change: Parameters<typeof findingItemWith>[0] = {}) =>
  findingItemWith({ name, owner, ...change });

const unseen = {
  ...owner,
  type: 'apps/replicasets',
  name: 'db-1',
  unseen: 'apps/replicasets: GET /apis/apps/v1/replicasets?limit=500&continue=x: forbidden',
};
const findings = [
  finding('web-1'),
  finding('web-2'),
  finding('db-1-x', { owner: unseen }),
  finding('alone', { owner: null }),
];

test('given findings at pods, by guardrail they are one at their owner, with their number', () => {
  expect(findingsText(findings, 'guardrail', painter(false))).toBe(`no-privileged  high  4
  ✗ prod/apps/deployments/shop/web  ×2, e.g. core/pods web-1  id-web-1
      privileged: web-1
  ✗ prod/apps/replicasets/shop/db-1  ×1, core/pods db-1-x  owner not seen: apps/replicasets: forbidden  id-db-1-x
      privileged: db-1-x
  ✗ prod/core/pods/shop/alone  id-alone
      privileged: alone

`);
});

test('a finding that rests on what is not seen any more says so in its own line', () => {
  const why = { state: 'forbidden', since: '2026-11-25T10:00:00.000Z', reason: 'PLM1406: no' } as const;
  const stale = { type: 'core/pods', ...why };
  const text = findingsText(
    [
      finding('web-1', { stale }),
      finding('web-2', { stale }),
      finding('db', { owner: null, stale: { type: 'core/services', ...why } }),
    ],
    'guardrail',
    painter(false),
  );
  expect(text.match(/^ {2}✗.*$/gm)).toEqual([
    '  ✗ prod/apps/deployments/shop/web  ×2, e.g. core/pods web-1  not seen since 2026-11-25T10:00:00Z: forbidden  id-web-1',
    '  ✗ prod/core/pods/shop/db  core/services not seen since 2026-11-25T10:00:00Z: forbidden  id-db',
  ]);
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
