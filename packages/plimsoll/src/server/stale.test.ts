import { expect, test } from 'vitest';
import type { Coverage } from '../model/coverage.ts';
import { finding } from '../inventory/store-contract.ts';
import { staleFindings, staleOf } from './stale.ts';

const row = (type: string, scope: string | null, state: Coverage['state']): Coverage => ({
  source: 'prod',
  type,
  scope,
  state,
  since: 0,
  lastComplete: null,
  reason: `${type} is ${state}`,
});

const web = { source: 'prod', type: 'core/pods', scope: 'shop' };

test.each<[string, readonly Coverage[], string | null]>([
  ['its type is live', [row('core/pods', null, 'live')], null],
  ['its type is listed for the first time', [row('core/pods', null, 'listing')], null],
  ['its type went stale', [row('core/pods', null, 'stale')], 'core/pods is stale'],
  ['its type is forbidden', [row('core/pods', null, 'forbidden')], 'core/pods is forbidden'],
  [
    'its type is forbidden everywhere, and seen in its scope',
    [row('core/pods', null, 'forbidden'), row('core/pods', 'shop', 'live')],
    null,
  ],
  [
    'its scope went stale',
    [row('core/pods', null, 'forbidden'), row('core/pods', 'shop', 'stale')],
    'core/pods is stale',
  ],
  [
    'another scope, and another type, went stale',
    [row('core/pods', 'other', 'stale'), row('core/nodes', null, 'down')],
    null,
  ],
  ['its source is down', [row('core/pods', null, 'live'), row('*', null, 'down')], '* is down'],
  ['another source is down', [{ ...row('*', null, 'down'), source: 'other' }], null],
])('given that %s, then what is known of a pod is stale for that reason', (_, coverage, reason) => {
  expect(staleOf(coverage)(web)?.reason ?? null).toBe(reason);
});

const restsOn = () => [
  { source: 'prod', type: 'core/resourcequotas', scope: 'shop' },
  { source: 'prod', type: 'core/namespaces', scope: null },
];

test.each<[string, readonly Coverage[], string | null]>([
  ['all that it rests on is seen', [row('core/pods', null, 'live'), row('core/namespaces', null, 'live')], null],
  ['its resource went stale', [row('core/pods', null, 'stale')], 'core/pods'],
  ['a list that its guardrail looks up went stale', [row('core/resourcequotas', null, 'stale')], 'core/resourcequotas'],
  ['that list went stale in its scope', [row('core/resourcequotas', 'shop', 'stale')], 'core/resourcequotas'],
  ['that list went stale in another scope', [row('core/resourcequotas', 'other', 'stale')], null],
  ['the namespaces that it reads went stale', [row('core/namespaces', null, 'stale')], 'core/namespaces'],
])('given that %s, then a finding is stale for that type', (_, coverage, type) => {
  expect(staleFindings(coverage, restsOn)(finding(1, 'open'))?.type ?? null).toBe(type);
});
