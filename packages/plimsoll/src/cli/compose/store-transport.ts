import { KeptWaivers, waiversInForce } from '../../guardrails/kept-waivers.ts';
import { LiveGuardrails } from '../../guardrails/live/live-guardrails.ts';
import { openSqliteStore } from '../../inventory/sqlite/sqlite-store.ts';
import { FileKinds } from '../../model/kinds.ts';
import type { Transport } from '../api/client.ts';
import { insideTransport } from '../api/inside.ts';
import type { Terminal } from '../terminal.ts';
import { keepsNothing, noConfiguration } from '../../server/backend.ts';
import { timeText } from '../../server/items.ts';
import { backendOf } from './backend-of.ts';
import { loadGuardrails } from './guardrail-set.ts';
import { rememberedNamed } from './named-guardrails.ts';
import { namingServer } from './server-file.ts';

/**
 * The API over a store file that no server has open: what the last `up` concluded, with the guardrails that it was
 * given. Nothing is judged, and nothing is written.
 *
 * @throws PlimsollError PLM15xx where the store cannot be opened
 */
export async function storeTransport(file: string, { say }: Terminal): Promise<Transport> {
  const store = await namingServer(file, () => openSqliteStore(file, { readOnly: true }));
  try {
    const newest = (await store.times())?.newest;
    if (newest !== undefined)
      say(
        `No server is running: what follows is what it knew at ${timeText(newest)}, and nothing of it is watched now.`,
      );
    const { named, gone } = await rememberedNamed(store);
    for (const name of gone) say(`The guardrails of ${name} are not there any more; their findings still are.`);
    const { documents, waivers: ofFiles } = await loadGuardrails(named, gone.length === 0);
    const kept = await KeptWaivers.open(store);
    const waivers = waiversInForce(ofFiles, kept.all);
    const kinds = new FileKinds();
    const guardrails = await LiveGuardrails.open(store, {
      parts: documents.parts,
      waivers,
      kinds: (apiVersion, kind) => kinds.of(apiVersion, kind),
    });
    const backend = {
      ...backendOf(store, guardrails, () => waivers, kept),
      ...keepsNothing,
      subscribe: () => () => undefined,
      unready: () => [],
      configuration: noConfiguration,
    };
    return insideTransport(`the store ${file}`, backend, async () => await store.close());
  } catch (error) {
    await store.close();
    throw error;
  }
}
