import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { LogEvent } from '../../inventory/store.ts';
import type { Coverage } from '../../model/coverage.ts';
import { gapTeller } from './gap-teller.ts';

const row = (type: string, state: Coverage['state'], reason: string | null): LogEvent => ({
  kind: 'coverage',
  seq: 1,
  coverage: { source: 'nobody', type, scope: null, state, since: 0, lastComplete: null, reason },
});
const forbidden = (type: string) => row(type, 'forbidden', `PLM1406: GET /api/v1/${type}: 403`);

test('given types that may not be listed, then that is said once, folded; what is live is not said', async () => {
  const said: string[] = [];
  const take = gapTeller((line) => said.push(line), 50);
  take([forbidden('core/a'), row('core/z', 'live', null)]);
  take([forbidden('core/b'), forbidden('core/c'), forbidden('core/d')]);
  await delay(200);
  take([forbidden('core/a')]);
  await delay(200);
  expect(said).toEqual([
    'Not seen: nobody/core/a, nobody/core/b, nobody/core/c and 1 more are forbidden (PLM1406: 403).',
  ]);
});
