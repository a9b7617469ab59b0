import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, type Dispatcher, request } from 'undici';

/** Which requests a rule is about; every part given must hold. */
export interface RequestMatch {
  readonly method?: string;
  /** The whole path, or a part of it as a regular expression. */
  readonly path?: string | RegExp;
  /** Query parameters and their values; null: the parameter is absent. */
  readonly query?: Readonly<Record<string, string | null>>;
}

/** What is done to a request or its answer. */
export type Fault =
  /** Answers with a Kubernetes Status. */
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly reason?: string;
      readonly message?: string;
      readonly retryAfterSeconds?: number;
    }
  /** Answers with this JSON. */
  | { readonly kind: 'json'; readonly body: object }
  /** Answers 200 to a watch and ends it with an ERROR event that holds a Status. */
  | { readonly kind: 'error-event'; readonly code: number; readonly reason: string }
  /** Waits before forwarding. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Forwards so many bytes of the answer, then breaks the connection. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** Puts this text into the answer's stream after so many bytes, then forwards on. */
  | { readonly kind: 'garble'; readonly afterBytes: number; readonly text: string }
  /** Accepts and answers 200, and never sends a byte of the body. */
  | { readonly kind: 'silence' }
  /** Breaks the connection without an answer. */
  | { readonly kind: 'refuse' }
  /** Forwards without these query parameters, as an old server ignores what it does not know. */
  | { readonly kind: 'drop-parameters'; readonly names: readonly string[] }
  /** Leaves lines out of a watch that hold this text (bookmarks: `"type":"BOOKMARK"`). */
  | { readonly kind: 'drop-lines'; readonly containing: string }
  /** Changes the whole body of an answer that is no stream. */
  | { readonly kind: 'rewrite'; readonly text: (body: string) => string };

/** A fault for requests that match, so many times or until it is taken away. */
export interface ProxyRule {
  readonly match: RequestMatch;
  readonly fault: Fault;
  readonly times?: number;
}

/**
 * An HTTP server on loopback that forwards to an API server, streams included, and misbehaves as its rules say. All
 * rules that match apply, in order; the first that answers by itself ends it. Rules can be added and taken away at any time.
 */
export class ScriptedProxy {
  readonly url: string;
  /** Every request that came in: method and path with query. */
  readonly requests: string[] = [];
  readonly #target: string;
  readonly #agent: Agent;
  readonly #server: ReturnType<typeof createServer>;
  #rules: { readonly rule: ProxyRule; left: number }[] = [];

  private constructor(target: string, agent: Agent, server: ReturnType<typeof createServer>) {
    this.#target = target;
    this.#agent = agent;
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Starts one in front of `target`, whose certificate `ca` signed. */
  static async start(target: string, ca: string): Promise<ScriptedProxy> {
    const agent = new Agent({ connect: { ca }, headersTimeout: 0, bodyTimeout: 0 });
    let proxy: ScriptedProxy | undefined;
    const server = createServer(
      (incoming, outgoing) => void proxy?.handle(incoming, outgoing).catch(() => outgoing.destroy()),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = new ScriptedProxy(target, agent, server);
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
    const url = new URL(incoming.url ?? '/', this.url);
    this.requests.push(`${incoming.method} ${url.pathname}${url.search}`);
    const faults: Fault[] = [];
    for (const entry of this.#rules) {
      if (entry.left <= 0 || !matches(entry.rule.match, incoming.method ?? 'GET', url)) continue;
      entry.left -= 1;
      faults.push(entry.rule.fault);
    }
    for (const fault of faults) if (await answeredBy(fault, outgoing)) return;
    for (const fault of faults)
      if (fault.kind === 'drop-parameters') for (const name of fault.names) url.searchParams.delete(name);
    const aborted = new AbortController();
    outgoing.on('close', () => aborted.abort());
    const answer = await request(`${this.#target}${url.pathname}${url.search}`, {
      method: incoming.method ?? 'GET',
      headers: forwarded(incoming.headers),
      body: incoming.method === 'GET' ? null : incoming,
      dispatcher: this.#agent,
      signal: aborted.signal,
    });
    await forward(answer, faults, outgoing);
  }
}

function matches(match: RequestMatch, method: string, url: URL): boolean {
  if (match.method !== undefined && match.method !== method) return false;
  if (typeof match.path === 'string' && match.path !== url.pathname) return false;
  if (match.path instanceof RegExp && !match.path.test(url.pathname)) return false;
  return Object.entries(match.query ?? {}).every(([name, value]) => url.searchParams.get(name) === value);
}

function forwarded(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { host: _host, connection: _connection, 'transfer-encoding': _encoding, ...rest } = headers;
  return rest;
}

function status(code: number, reason: string, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

/** Carries out a fault that needs no answer from the server; false for the others. */
async function answeredBy(fault: Fault, outgoing: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case 'status': {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      if (fault.retryAfterSeconds !== undefined) headers['retry-after'] = String(fault.retryAfterSeconds);
      outgoing.writeHead(fault.code, headers);
      outgoing.end(JSON.stringify(status(fault.code, fault.reason ?? '', fault.message ?? `scripted ${fault.code}`)));
      return true;
    }
    case 'json':
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end(JSON.stringify(fault.body));
      return true;
    case 'error-event':
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end(`${JSON.stringify({ type: 'ERROR', object: status(fault.code, fault.reason, 'scripted') })}\n`);
      return true;
    case 'silence':
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.flushHeaders();
      return true;
    case 'refuse':
      outgoing.destroy();
      return true;
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return false;
    default:
      return false;
  }
}

async function forward(
  answer: Dispatcher.ResponseData,
  faults: readonly Fault[],
  outgoing: ServerResponse,
): Promise<void> {
  const {
    'content-length': length,
    'transfer-encoding': _encoding,
    connection: _connection,
    ...headers
  } = answer.headers;
  const rewrite = faults.find((fault) => fault.kind === 'rewrite');
  if (rewrite !== undefined) {
    outgoing.writeHead(answer.statusCode, headers);
    outgoing.end(rewrite.text(await answer.body.text()));
    return;
  }
  const untouched = faults.every((fault) => !['cut', 'garble', 'drop-lines'].includes(fault.kind));
  outgoing.writeHead(
    answer.statusCode,
    untouched && length !== undefined ? { ...headers, 'content-length': length } : headers,
  );
  outgoing.flushHeaders();
  const change = streamChange(faults);
  for await (const chunk of answer.body) {
    const { bytes, end } = change(chunk);
    if (bytes.length > 0) outgoing.write(bytes);
    if (end) {
      // What was written must leave before the connection breaks.
      await new Promise((resolve) => setTimeout(resolve, 20));
      outgoing.destroy();
      return;
    }
  }
  outgoing.end();
}

/** What becomes of each chunk; `end` breaks the connection behind it. */
function streamChange(faults: readonly Fault[]): (chunk: Buffer) => { bytes: Buffer; end: boolean } {
  const cut = faults.find((fault) => fault.kind === 'cut');
  const garble = faults.find((fault) => fault.kind === 'garble');
  const drop = faults.find((fault) => fault.kind === 'drop-lines');
  let seen = 0;
  let rest = '';
  return (chunk) => {
    const before = seen;
    seen += chunk.length;
    if (cut !== undefined && seen >= cut.afterBytes)
      return { bytes: chunk.subarray(0, cut.afterBytes - before), end: true };
    if (garble !== undefined && before < garble.afterBytes && seen >= garble.afterBytes) {
      const at = garble.afterBytes - before;
      return {
        bytes: Buffer.concat([chunk.subarray(0, at), Buffer.from(garble.text), chunk.subarray(at)]),
        end: false,
      };
    }
    if (drop === undefined) return { bytes: chunk, end: false };
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    const kept = lines.filter((line) => !line.includes(drop.containing)).map((line) => `${line}\n`);
    return { bytes: Buffer.from(kept.join('')), end: false };
  };
}

/** The rules that make a server one of an old version: its `/version`, no WatchList, before 1.16 no bookmarks. */
export function oldServer(minor: number): readonly ProxyRule[] {
  const version = {
    major: '1',
    minor: String(minor),
    gitVersion: `v1.${minor}.2`,
    gitCommit: '0',
    gitTreeState: 'clean',
    buildDate: '2018-10-24T06:43:59Z',
    goVersion: 'go1.10.4',
    compiler: 'gc',
    platform: 'linux/amd64',
  };
  const ignored = ['sendInitialEvents', 'resourceVersionMatch', ...(minor < 16 ? ['allowWatchBookmarks'] : [])];
  return [
    { match: { path: '/version' }, fault: { kind: 'json', body: version } },
    ...(minor >= 27 && minor < 34
      ? [
          {
            match: { query: { sendInitialEvents: 'true' } },
            fault: {
              kind: 'status',
              code: 422,
              reason: 'Invalid',
              message: 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
            },
          } as const,
        ]
      : []),
    { match: { query: { watch: '1' } }, fault: { kind: 'drop-parameters', names: ignored } },
    { match: { query: { watch: 'true' } }, fault: { kind: 'drop-parameters', names: ignored } },
  ];
}
