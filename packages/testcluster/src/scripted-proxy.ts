import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';
import { loopbackCertificate } from './loopback-certificate.ts';
import { answeredBy, answerStatus, changesText, forward } from './proxy-answer.ts';
import { type Fault, type ProxyRule, matches } from './proxy-rule.ts';

type Handler = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/**
 * An HTTP(S) server on loopback that forwards to an API server, streams included, and misbehaves as its rules say. All
 * rules that match apply, in order; the first that answers by itself ends it. Rules can be added and taken away at any time.
 */
export class ScriptedProxy {
  readonly url: string;
  /** PEM of the authority that signed its certificate; null where it speaks plain HTTP. */
  readonly ca: string | null;
  /** Every request that came in: method and path with query. */
  readonly requests: string[] = [];
  readonly #target: string;
  readonly #agent: Agent;
  readonly #server: Server;
  #rules: { readonly rule: ProxyRule; left: number }[] = [];

  private constructor(target: string, agent: Agent, server: Server, ca: string | null) {
    this.#target = target;
    this.#agent = agent;
    this.#server = server;
    this.ca = ca;
    const { port } = server.address() as AddressInfo;
    this.url = `${ca === null ? 'http' : 'https'}://127.0.0.1:${port}`;
  }

  /** Starts one in front of `target`, whose certificate `ca` signed; `tls`: with a certificate of its own. */
  static async start(target: string, ca: string, { tls = false } = {}): Promise<ScriptedProxy> {
    // Over HTTP/2 the API server ends the connection, and what else runs on it, at every 401 (the mitigation of CVE-2023-44487).
    const agent = new Agent({ connect: { ca }, headersTimeout: 0, bodyTimeout: 0, allowH2: false });
    let proxy: ScriptedProxy | undefined;
    const handler: Handler = (incoming, outgoing) =>
      void proxy?.handle(incoming, outgoing).catch(() => outgoing.destroy());
    const identity = tls ? loopbackCertificate(Date.now()) : null;
    const server =
      identity === null
        ? createServer(handler)
        : createTlsServer({ cert: identity.certificate, key: identity.key }, handler);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = new ScriptedProxy(target, agent, server, identity?.certificate ?? null);
    return proxy;
  }

  /** Adds a rule behind the others; gives the way to take it away. */
  rule(rule: ProxyRule): () => void {
    const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
    this.#rules.push(entry);
    return () => {
      this.#rules = this.#rules.filter((other) => other !== entry);
    };
  }

  /** Takes all rules away. */
  behave(): void {
    this.#rules = [];
  }

  /** Breaks every connection that is open now. */
  cutAll(): void {
    this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#agent.destroy();
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const method = incoming.method ?? 'GET';
    const url = new URL(incoming.url ?? '/', this.url);
    this.requests.push(`${method} ${url.pathname}${url.search}`);
    const faults = this.#faultsOf(method, url);
    for (const fault of faults) if (await answeredBy(fault, outgoing)) return;
    for (const fault of faults)
      if (fault.kind === 'drop-parameters') for (const name of fault.names) url.searchParams.delete(name);
    const headers = forwardedHeaders(incoming.headers, faults);
    if (headers.accept === '') {
      answerStatus(outgoing, 406, 'NotAcceptable', 'only the following media types are accepted: application/json');
      return;
    }
    const aborted = new AbortController();
    outgoing.on('close', () => aborted.abort());
    const answer = await request(`${this.#target}${url.pathname}${url.search}`, {
      method,
      headers,
      body: method === 'GET' ? null : incoming,
      dispatcher: this.#agent,
      signal: aborted.signal,
    });
    await forward(answer, faults, outgoing);
  }

  /** The faults of all rules about a request, each counted as used. */
  #faultsOf(method: string, url: URL): readonly Fault[] {
    const entries = this.#rules.filter(({ rule, left }) => left > 0 && matches(rule.match, method, url));
    for (const entry of entries) entry.left -= 1;
    return entries.map(({ rule }) => rule.fault);
  }
}

/** The request's headers as they go on; an empty `accept` where the client accepts nothing that is known. */
function forwardedHeaders(headers: IncomingHttpHeaders, faults: readonly Fault[]): IncomingHttpHeaders {
  const { host: _host, connection: _connection, 'transfer-encoding': _encoding, ...kept } = headers;
  const dropped = new Set(faults.flatMap((fault) => (fault.kind === 'drop-headers' ? fault.names : [])));
  if (faults.some(changesText)) dropped.add('accept-encoding');
  const rest = Object.fromEntries(Object.entries(kept).filter(([name]) => !dropped.has(name)));
  return headers.accept === undefined ? rest : { ...rest, accept: acceptOf(headers.accept, faults) };
}

function acceptOf(accept: string, faults: readonly Fault[]): string {
  let types = accept.split(',').map((type) => type.trim());
  for (const fault of faults) {
    if (fault.kind === 'unknown-media') types = types.filter((type) => !fault.pattern.test(type));
    if (fault.kind === 'media-as') types = types.map((type) => type.replace(fault.asked.media, fault.forwarded.media));
  }
  return types.join(',');
}
