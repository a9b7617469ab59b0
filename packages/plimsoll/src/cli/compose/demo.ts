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
export async function demoTransport(options: Options, terminal: Terminal): Promise<Transport> {
  return await readOnceTransport('the demo fleet', [demoFolder], options, terminal);
}

/** The API over files, folders and snapshots, read once into memory. @throws PlimsollError PLM1207, PLM122x for a path */
export async function readOnceTransport(
  name: string,
  paths: readonly string[],
  options: Pick<Options, 'guardrails'>,
  { complain, signal }: Pick<Terminal, 'complain' | 'signal'>,
): Promise<Transport> {
  const { backend, log, loaded, settled, close } = await openPlimsoll({
    file: ':memory:',
    guardrails: options.guardrails,
    complain,
  });
  const sources = await sourceKinds.files.open({ path: [...paths], once: true }, { claims: new IdentityClaims() });
  await loaded;
  await runSources(sources, noArrivals(), log, signal, { failed: complain, came: () => undefined });
  await settled();
  return insideTransport(name, backend, close);
}
