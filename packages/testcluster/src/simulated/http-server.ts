import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, type Server, type Socket, createServer as createTcpServer } from 'node:net';
import { loopbackCertificate } from '../loopback-certificate.ts';
import type { SimulatedAnswer } from './answer.ts';
import type { SimulatedApiServer, SimulatedRequest } from './api-server.ts';
import { Traffic } from './traffic.ts';

/** Lines that are written to a connection at once, in characters: beyond this the socket is asked whether it keeps up. */
const CHUNK = 65_536;

/** A certificate for loopback addresses that is its own authority, and its key, PEM. */
interface ServerIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** How a server over HTTP is slower than it could be. */
export interface HttpServerOptions {
  /** Milliseconds before each answer begins. */
  readonly delay?: number;
  /** Left out: one for loopback addresses that is made now. */
  readonly identity?: ServerIdentity;
}

/** A simulated API server on a loopback port, over HTTPS, for clients in other processes. */
export class SimulatedHttpServer {
  readonly url: string;
  readonly identity: ServerIdentity;
  readonly traffic = new Traffic();
  readonly #api: SimulatedApiServer;
  readonly #delay: number;
  readonly #server: Server & { closeAllConnections(): void };

  private constructor(
    api: SimulatedApiServer,
    identity: ServerIdentity,
    delay: number,
    server: Server & { closeAllConnections(): void },
  ) {
    this.#api = api;
    this.identity = identity;
    this.#delay = delay;
    this.#server = server;
    this.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(api: SimulatedApiServer, options: HttpServerOptions = {}): Promise<SimulatedHttpServer> {
    const identity = options.identity ?? loopbackCertificate(Date.now());
    let server: SimulatedHttpServer | undefined;
    const handler: RequestListener = (incoming, outgoing) => server?.handle(incoming, outgoing);
    const listening = createTlsServer({ cert: identity.certificate, key: identity.key }, handler);
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    server = new SimulatedHttpServer(api, identity, options.delay ?? 0, listening);
    return server;
  }

  /** PEM of the authority that signed its certificate. */
  get ca(): string {
    return this.identity.certificate;
  }

  /** Answers one request. */
  handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const url = new URL(incoming.url ?? '/', this.url);
    const { accept = '', authorization = null } = incoming.headers;
    const note = this.traffic.begin(url);
    outgoing.once('close', () => note.end());
    const answer = (): void => {
      if (!outgoing.destroyed) this.#answer({ url, accept, authorization }, outgoing, note.listed);
    };
    if (this.#delay === 0) answer();
    else setTimeout(answer, this.#delay);
  }

  #answer(request: SimulatedRequest, outgoing: ServerResponse, listed: () => void): void {
    outgoing.socket?.setNoDelay(true);
    const found = this.#api.answer(request);
    if (found.kind === 'watch') return streamTo(found, outgoing, listed);
    outgoing.writeHead(found.status, { 'content-type': found.contentType });
    outgoing.end(found.text);
  }

  /** Breaks every connection and listens no more. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** A port that takes connections and never says a word on them. */
export async function silentServer(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  // What nobody reads: the TLS handshake waits as well.
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.once('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Writes the events of a watch as fast as the connection takes them; until then they wait as objects. */
function streamTo(
  watch: Extract<SimulatedAnswer, { kind: 'watch' }>,
  outgoing: ServerResponse,
  listed: () => void,
): void {
  const waiting: object[] = [];
  let ended = false;
  let writing = false;
  const write = (): void => {
    writing = false;
    let taken = 0;
    let full = false;
    while (taken < waiting.length && !full) {
      let chunk = '';
      while (taken < waiting.length && chunk.length < CHUNK) chunk += `${JSON.stringify(waiting[taken++])}\n`;
      full = !outgoing.write(chunk);
      if (chunk.includes('"k8s.io/initial-events-end":"true"')) listed();
    }
    waiting.splice(0, taken);
    if (waiting.length > 0) outgoing.once('drain', write);
    else if (ended) outgoing.end();
    writing = waiting.length > 0;
  };
  const soon = (): void => {
    if (writing) return;
    writing = true;
    queueMicrotask(write);
  };
  outgoing.writeHead(200, { 'content-type': 'application/json' });
  outgoing.flushHeaders();
  const stop = watch.begin({
    line: (event) => {
      waiting.push(event);
      soon();
    },
    end: () => {
      ended = true;
      soon();
    },
  });
  outgoing.once('close', stop);
}
