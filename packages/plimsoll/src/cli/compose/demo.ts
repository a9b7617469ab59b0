import type { Transport } from '../api/client.ts';
import { insideTransport } from '../api/inside.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';
import { IdentityClaims } from '../../sources/identity-claims.ts';
import { sourceKinds } from '../../sources/registry.ts';
import { openPlimsoll } from './open-plimsoll.ts';
import { noArrivals, runSources } from './run-sources.ts';
import { demoFolder } from './what-to-watch.ts';

/** The API over the demo fleet, read once into memory. */
export async function demoTransport(options: Options, { complain, signal }: Terminal): Promise<Transport> {
  const { backend, log, loaded, settled, close } = await openPlimsoll({
    file: ':memory:',
    guardrails: options.guardrails,
    complain,
  });
  const sources = await sourceKinds.files.open({ path: demoFolder, once: true }, { claims: new IdentityClaims() });
  await loaded;
  await runSources(sources, noArrivals(), log, signal, { failed: complain, came: () => undefined });
  await settled();
  return insideTransport('the demo fleet', backend, close);
}
