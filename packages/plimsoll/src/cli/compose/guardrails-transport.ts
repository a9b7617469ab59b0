import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { keepsNothing, noConfiguration } from '../../server/backend.ts';
import { guardrailItems } from '../../server/guardrail-item.ts';
import { PlimsollError } from '../../model/errors.ts';
import type { Transport } from '../api/client.ts';
import { insideTransport } from '../api/inside.ts';
import { loadGuardrails } from './guardrail-set.ts';
import { emptyWorld } from '../../guardrails/empty-world.ts';
import { Trial } from '../../guardrails/trial.ts';
import { auditWaivers } from '../../guardrails/waiver-report.ts';
import { waiverItem } from '../../server/waiver-item.ts';

/** The API over the guardrails of some paths, without any resource. */
export async function guardrailsTransport(named: readonly string[]): Promise<Transport> {
  const { guardrails, waivers } = await loadGuardrails(named);
  const store = openSqliteStore(':memory:');
  const backend = {
    ...keepsNothing,
    store,
    subscribe: () => () => undefined,
    guardrails: () => guardrailItems(guardrails, () => null),
    waivers: async () =>
      auditWaivers(waivers, null, { guardrails, sources: null }, Date.now()).map((one) => waiverItem(one, null)),
    explain: async () => {
      throw new PlimsollError('PLM1005', 'There are no findings here.');
    },
    trial: (expression: string, type: string) => new Trial(expression, type, emptyWorld),
    world: emptyWorld,
    restsOn: () => [],
    judging: () => false,
    unready: () => [],
    configuration: noConfiguration,
  };
  return insideTransport(named.join(', '), backend, async () => await store.close());
}
