import type { FastifyInstance } from 'fastify';
import { isIP } from 'node:net';
import { PlimsollError } from '../model/errors.ts';

/** Where to listen. Port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `HOST:PORT`, `[::1]:PORT` or `PORT`.
 *
 * @param asksWho whether nobody is answered without a token; else loopback alone is served
 * @throws PlimsollError PLM1002 for another form, PLM1010 for an address beyond loopback
 */
export function parseListen(text: string, asksWho: boolean): ListenAddress {
  const match = /^(?:(?<host>\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):)?(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.['port']);
  if (match === null || port > 65_535)
    throw new PlimsollError('PLM1002', `--listen ${text}: give HOST:PORT, for example 127.0.0.1:7070.`);
  const host = (match.groups?.['host'] ?? '127.0.0.1').replace(/^\[|\]$/g, '');
  if (!asksWho && !isLoopback(host))
    throw new PlimsollError(
      'PLM1010',
      `--listen ${text} would serve more than this machine, without asking who calls.`,
    );
  return { host, port };
}

/** Whether nobody but this machine reaches a host. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Listens; gives the server's URL. @throws PlimsollError PLM1003 where the address cannot be had */
export async function listen(app: FastifyInstance, { host, port }: ListenAddress): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(code)) throw error;
    throw new PlimsollError('PLM1003', `Cannot listen on ${host}:${port} (${code}).`, {}, { cause: error });
  }
}
