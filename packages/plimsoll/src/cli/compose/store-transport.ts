import type { Transport } from '../api/client.ts';
import { insideTransport } from '../api/inside.ts';
import type { Options } from '../option-table.ts';
import { openPlimsoll } from './open-plimsoll.ts';

/** The API over a store file that no server has open. */
export async function storeTransport(file: string, options: Options): Promise<Transport> {
  const { backend, close } = await openPlimsoll(file, options.guardrails, () => undefined);
  return insideTransport(`the store ${file}`, backend, close);
}
