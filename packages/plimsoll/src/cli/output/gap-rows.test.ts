import { expect, test } from 'vitest';
import type { CoverageItem } from '../../server/schemas.ts';
import { gapRows } from './gap-rows.ts';

const gap = (type: string, state: CoverageItem['state'], reason: string | null, since: string): CoverageItem => ({
  source: 'prod',
  type,
  scope: null,
  state,
  since,
  lastComplete: null,
  reason,
});

test('given types that are not seen for one reason, then they are one row with some names and the oldest time', () => {
  const rows = gapRows([
    gap('core/pods', 'stale', 'not listed again', '2026-01-02T00:00:00.5Z'),
    gap('core/secrets', 'forbidden', 'secrets is forbidden', '2026-01-01T00:00:00.5Z'),
    gap('apps/deployments', 'stale', 'not listed again', '2026-01-01T00:00:00.5Z'),
    gap('apps/daemonsets', 'stale', 'not listed again', '2026-01-03T00:00:00.5Z'),
    gap('batch/jobs', 'stale', 'not listed again', '2026-01-03T00:00:00.5Z'),
  ]);
  expect(rows).toEqual([
    [
      'prod/core/pods, prod/apps/deployments, prod/apps/daemonsets and 1 more',
      'stale',
      '2026-01-01T00:00:00Z',
      'not listed again',
    ],
    ['prod/core/secrets', 'forbidden', '2026-01-01T00:00:00Z', 'secrets is forbidden'],
  ]);
});
