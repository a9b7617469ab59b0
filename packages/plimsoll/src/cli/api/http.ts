import { z } from 'zod';
import { PlimsollError } from '../../model/errors.ts';
import type { Transport } from './client.ts';

/** How long a server may take to answer. */
const patienceMilliseconds = 30_000;

/** Asks a running server. @throws PlimsollError PLM1002 for a URL that is none */
export function httpTransport(url: string): Transport {
  const base = baseUrl(url);
  return {
    name: base,
    remote: true,
    ask: async (path) => {
      try {
        const response = await fetch(base + path, { signal: AbortSignal.timeout(patienceMilliseconds) });
        return { status: response.status, body: await response.text() };
      } catch (error) {
        throw new PlimsollError('PLM1004', `${base} does not answer${reasonOf(error)}.`, {}, { cause: error });
      }
    },
    close: async () => undefined,
  };
}

/** True where a Plimsoll server answers at `url` within a second. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/`, { signal: AbortSignal.timeout(1000) });
    return response.ok && z.object({ name: z.literal('Plimsoll') }).safeParse(await response.json()).success;
  } catch {
    return false; // the address of a server that was killed, or of what took its port: its store is read instead
  }
}

/** The origin of a server's URL; `127.0.0.1:7070` will do. */
export function baseUrl(url: string): string {
  const full = /^https?:\/\//.test(url) ? url : `http://${url}`;
  if (!URL.canParse(full))
    throw new PlimsollError('PLM1002', `--server ${url}: give a URL, for example http://127.0.0.1:7070.`);
  return new URL(full).origin;
}

/** The system's reason behind fetch's "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return ` (${String(cause.code)})`;
  return error instanceof Error ? ` (${error.message})` : '';
}
