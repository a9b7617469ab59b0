import { z } from 'zod';
import { PlimsollError } from '../../model/errors.ts';
import type { Transport } from './client.ts';

/** How long a server may take to answer. */
const patienceMilliseconds = 30_000;

/** How long an announced server may take to say that it is there. */
const probeMilliseconds = 10_000;

/** Asks a running server, with a token where there is one. @throws PlimsollError PLM1002 for a URL that is none */
export function httpTransport(url: string, token: string | null): Transport {
  const base = baseUrl(url);
  return {
    name: base,
    remote: true,
    ask: async (path, write) => {
      try {
        const response = await fetch(base + path, {
          signal: AbortSignal.timeout(patienceMilliseconds),
          headers: { ...authorization(token), ...(write === undefined ? {} : { 'content-type': 'application/json' }) },
          ...write,
        });
        return { status: response.status, body: await response.text() };
      } catch (error) {
        throw unanswered(base, error);
      }
    },
    close: async () => undefined,
  };
}

/** The header that a token is sent in. */
export function authorization(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/**
 * Whether a Plimsoll server answers at `url`: `gone` where nothing listens there or something else does, `slow` where
 * a connection is taken and nothing is said for ten seconds, as by one that is judging a large inventory.
 */
export async function presence(url: string): Promise<'there' | 'gone' | 'slow'> {
  try {
    const response = await fetch(`${url}/`, { signal: AbortSignal.timeout(probeMilliseconds) });
    // One that asks for tokens says so, and whose they are.
    if (response.headers.get('www-authenticate')?.startsWith('Bearer realm="Plimsoll"') === true) return 'there';
    const said = z.object({ name: z.literal('Plimsoll') }).safeParse(await response.json());
    return response.ok && said.success ? 'there' : 'gone';
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'slow' : 'gone';
  }
}

/** The origin of a server's URL; `127.0.0.1:7070` will do. @throws PlimsollError PLM1002 for what is neither */
export function baseUrl(url: string): string {
  const full = /^https?:\/\//i.test(url) ? url : `http://${url}`;
  // A word alone is a slip of the pen rather than the name of a host.
  if (!URL.canParse(full) || (full !== url && !/^[^/]+:\d+\/?$/.test(url)))
    throw new PlimsollError('PLM1002', `--server ${url}: give a URL, for example http://127.0.0.1:7070.`);
  return new URL(full).origin;
}

/** What is wrong with a certificate, as OpenSSL's X509_V_ERR_* and Node's TLS name it. */
const certificateFaults =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET|VERIFY)_\w+|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID)$/;

/** PLM1004 for a request that `error` ended: that nobody answers is not the same as that we do not believe who does. */
export function unanswered(base: string, error: unknown): PlimsollError {
  const reason = reasonOf(error);
  const said = certificateFaults.test(reason) ? 'has a certificate that is not trusted' : 'does not answer';
  return new PlimsollError('PLM1004', `${base} ${said}${reason === '' ? '' : ` (${reason})`}.`, {}, { cause: error });
}

/** The system's reason behind fetch's "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error instanceof Error ? error.message : '';
}
