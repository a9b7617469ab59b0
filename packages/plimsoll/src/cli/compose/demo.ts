import type { Transport } from '../api/client.ts';
import { insideTransport } from '../api/inside.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';
import { fileSources } from '../../sources/files/folder-source.ts';
import { openPlimsoll } from './open-plimsoll.ts';
import { runSources } from './run-sources.ts';
import { demoFolder } from './watched-sources.ts';

/** The API over the demo fleet, read once into memory. */
export async function demoTransport(options: Options, { complain, signal }: Terminal): Promise<Transport> {
  const { backend, log, close } = await openPlimsoll(':memory:', options.guardrails, complain);
  await runSources(await fileSources([demoFolder], { once: true }), log, signal, complain);
  return insideTransport('the demo fleet', backend, close);
}
