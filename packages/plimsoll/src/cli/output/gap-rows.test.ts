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

test('given types that one user may not list, each said in its own words, then they are one row without those', () => {
  const forbidden = (type: string, plural: string, group: string) =>
    gap(
      type,
      'forbidden',
      `PLM1406: GET /apis/x/${plural}?watch=1: 403 ${plural} is forbidden: User "bob" cannot watch resource "${plural.split('.')[0]}" in API group "${group}" at the cluster scope`,
      '2026-01-01T00:00:00Z',
    );
  const rows = gapRows([
    forbidden('core/pods', 'pods', ''),
    forbidden('apps/deployments', 'deployments.apps', 'apps'),
    forbidden('rbac.authorization.k8s.io/roles', 'roles.rbac.authorization.k8s.io', 'rbac.authorization.k8s.io'),
    gap('core/nodes', 'forbidden', 'PLM1406: GET /api/v1/nodes: 403 no nodes for you', '2026-01-01T00:00:00Z'),
  ]);
  const why = 'PLM1406: 403 … is forbidden: User "bob" cannot watch resource "…" in API group "…" at the cluster scope';
  expect(rows).toEqual([
    [
      'prod/core/pods, prod/apps/deployments, prod/rbac.authorization.k8s.io/roles',
      'forbidden',
      expect.anything(),
      why,
    ],
    ['prod/core/nodes', 'forbidden', expect.anything(), 'PLM1406: GET /api/v1/nodes: 403 no nodes for you'],
  ]);
});
