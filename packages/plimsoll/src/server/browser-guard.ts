import type { IncomingHttpHeaders } from 'node:http';
import { PlimsollError } from '../model/errors.ts';

/** Names by which a browser on this machine may call us; any other Host is a DNS rebinding attempt. */
const ownNames = new Set(['localhost', '127.0.0.1', '[::1]']);

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Holds a request to the rules against browsers: a Host that is not ours is refused, and so are writes with
 * a foreign Origin; those without `application/json` are refused by {@link guardContentType}. A read with a foreign Origin
 * is answered, and its browser keeps the answer from the page: no answer allows another origin (CORS, WHATWG Fetch 3.3).
 *
 * @param names further host names that the server goes by
 * @param address the address at which the request came in: no page of another name can have it as its own
 * @throws PlimsollError PLM1008 (foreign host or origin)
 */
export function guardAgainstBrowsers(
  method: string,
  headers: IncomingHttpHeaders,
  names: ReadonlySet<string>,
  address: string | undefined,
): void {
  const host = hostName(headers.host);
  if (host === null || (!ownNames.has(host) && !names.has(host) && !isAddress(host, address)))
    throw new PlimsollError('PLM1008', `The host ${headers.host ?? '(none)'} is not a name of this server.`);
  if (reads.has(method)) return;
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${headers.host}` && origin !== `https://${headers.host}`)
    throw new PlimsollError('PLM1008', `The origin ${origin} may not write here.`);
}

/** What a path does not take at all is refused as that before its content type is. @throws PlimsollError PLM1009 */
export function guardContentType(method: string, headers: IncomingHttpHeaders): void {
  if (!reads.has(method) && !/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    throw new PlimsollError('PLM1009', 'A write must be application/json.');
}

/** Whether a Host is the address that was connected to; IPv4 comes in mapped (`::ffff:10.0.0.1`) on a socket for both. */
function isAddress(host: string, address: string | undefined): boolean {
  return (
    address !== undefined && host.replace(/^\[|\]$/g, '') === address.replace(/^::ffff:(?=\d+\.)/, '').toLowerCase()
  );
}

/** A Host header's name without its port, lower case; null where there is none or it is malformed. */
function hostName(host: string | undefined): string | null {
  return /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase() ?? null;
}
