import { expect, test } from 'vitest';
import type { CoverageItem } from '../../server/schemas.ts';
import { coverageLines } from './live-lines.ts';
import { painter } from './paint.ts';

const row = (type: string, state: CoverageItem['state'], reason: string | null): CoverageItem => ({
  source: 'prod',
  type,
  scope: null,
  state,
  since: '2026-11-25T10:00:00.000Z',
  lastComplete: null,
  reason,
});
const refused = (type: string) => row(type, 'stale', `PLM1404: GET /api/v1/${type}?watch=1: ECONNREFUSED`);

test('given rows of one source that share state and reason, then they are one line; others have their own', () => {
  const rows = [
    ...['core/a', 'core/b', 'core/c', 'core/d', 'core/e'].map(refused),
    row('core/f', 'live', null),
    row('*', 'live', null),
  ];
  expect(coverageLines(rows, painter(false))).toEqual([
    '10:00:00 coverage prod/core/a, prod/core/b, prod/core/c and 2 more are stale: PLM1404: ECONNREFUSED',
    '10:00:00 coverage prod/core/f, prod are live',
  ]);
});
