import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { PlimsollError } from '../model/errors.ts';
import { type Json, type JsonObject, isJsonObject } from '../model/json.ts';
import { jsonText } from '../model/json-text.ts';
import type { Backend } from './backend.ts';
import { guardAgainstBrowsers, guardContentType } from './browser-guard.ts';
import type { Answered, Metrics } from './metrics.ts';
import { openApi } from './openapi.ts';
import { malformedReply, notFoundReply, problemReply, type ProblemReply } from './problem-reply.ts';
import { routes } from './routes.ts';
import { streamQuerySchema } from './schemas.ts';
import { StreamHub } from './stream.ts';
import { holderOf, type TokenHolder } from './tokens.ts';

/** How the API is served. */
export interface ServerSettings {
  readonly version: string;
  /** Host names besides localhost by which the server may be called. */
  readonly names: () => ReadonlySet<string>;
  /** Whose tokens are answered, as of now; null: everybody's question is. */
  readonly holders: () => readonly TokenHolder[] | null;
  /** Serve by TLS, with these as PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** What /metrics answers; left out: it is not there. */
  readonly metrics?: Metrics;
  /** Told of each request once it is answered, and of whom it was. */
  readonly onAnswer?: (answered: Answered, holder: string | null) => void;
  /** Told of each error that is ours (PLM1901), which the caller sees without its details. */
  readonly onBug: (error: unknown) => void;
}

/** The largest body that a request may have, and the longest it may take to come, in bytes and milliseconds. */
const limits = { bodyLimit: 1_048_576, requestTimeout: 30_000, routerOptions: { maxParamLength: 1000 } };
/** Of each connection: a client that sends its headers a byte at a time is cut off (slow loris). */
const connectionLimits = { headersTimeout: 10_000, maxHeaderSize: 16_384, connectionsCheckingInterval: 1000 };
/** Connections at once; Node drops what comes beyond. */
const mostConnections = 1000;
/** What probes ask, who have no token. */
const openPaths = new Set(['/healthz', '/readyz']);

/**
 * The HTTP API over a backend; not yet listening. `inject` asks it without a socket. `readers`: how many follow the
 * stream.
 */
export function createApp(
  backend: Backend,
  settings: ServerSettings,
): FastifyInstance & { readonly readers: () => number } {
  const app = fastify({
    ...limits,
    forceCloseConnections: true,
    ...(settings.tls === undefined ? { http: connectionLimits } : { https: { ...connectionLimits, ...settings.tls } }),
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, _request, reply) => void refuse(reply, problemReply(error)),
  });
  app.server.maxConnections = mostConnections;
  const hub = new StreamHub(backend.store, backend.subscribe);
  const holders = new WeakMap<FastifyRequest, string | null>();
  app.addHook('onResponse', async (request, reply) => {
    const { method, is404, routeOptions } = request;
    const route = is404 ? null : (routeOptions.url ?? null);
    const answered = { method, route, status: reply.raw.statusCode, milliseconds: reply.elapsedTime };
    settings.metrics?.answered(answered);
    settings.onAnswer?.(answered, holders.get(request) ?? null);
  });
  app.addHook('preClose', async () => hub.close());
  app.addHook('onRequest', async (request, reply) => {
    guardAgainstBrowsers(request.method, request.headers, settings.names(), request.socket.localAddress);
    holders.set(request, authenticate(request, reply, settings.holders()));
    await refuseMethod(request, reply);
    guardContentType(request.method, request.headers);
    refuseRepeated(request.query);
  });
  app.setErrorHandler((error, _request, reply) => {
    const answer = problemReply(error);
    if (answer.status >= 500) settings.onBug(error);
    return refuse(reply, answer);
  });
  app.setNotFoundHandler((request, reply) => refuse(reply, notFoundReply(request.url)));
  // What ends something says that it is application/json, as every write does, and has nothing to say in it.
  const json = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void json(request, String(body), done);
  });
  for (const route of routes)
    app.route<{ Params: Record<string, string> }>({
      method: route.method.toUpperCase(),
      url: route.path,
      handler: async (request, reply) => {
        const asked = { body: bodyOf(request.body), holder: holders.get(request) ?? null };
        const answer = await route.handle(backend, request.query, request.params, asked);
        return reply
          .code(route.status)
          .type('application/json; charset=utf-8')
          .header('cache-control', 'no-store')
          .send(jsonText(answer));
      },
    });
  app.get('/v1/stream', { exposeHeadRoute: false }, async (request, reply) => {
    const { since, kinds } = streamQuerySchema.parse(request.query);
    const resumed = lastEventId(request);
    hub.makeRoom();
    reply.hijack();
    await hub.serve(reply.raw, new Set(kinds.split(',')), resumed ?? since);
  });
  app.get('/openapi.json', async () => openApi(settings.version));
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const waiting = backend.unready();
    return await reply
      .code(waiting.length === 0 ? 200 : 503)
      .send({ status: waiting.length === 0 ? 'ready' : 'starting', waiting });
  });
  app.get('/metrics', async (_request, reply) => {
    const { metrics } = settings;
    if (metrics === undefined) return await refuse(reply, notFoundReply('/metrics'));
    return await reply
      .type(metrics.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.text());
  });
  app.get('/', async () => ({
    name: 'Plimsoll',
    version: settings.version,
    paths: paths.slice(1),
  }));
  return Object.assign(app, { readers: () => hub.size });
}

/**
 * Lets in who has a token, where tokens are asked for (RFC 6750); gives the holder's name.
 *
 * @throws PlimsollError PLM1108
 */
function authenticate(
  { url, headers }: FastifyRequest,
  reply: FastifyReply,
  holders: readonly TokenHolder[] | null,
): string | null {
  if (holders === null || openPaths.has(url.split('?')[0] ?? url)) return null;
  const holder = holderOf(headers.authorization, holders);
  if (holder !== null) return holder.name;
  const given = headers.authorization !== undefined;
  void reply.header('www-authenticate', `Bearer realm="Plimsoll"${given ? ', error="invalid_token"' : ''}`);
  throw new PlimsollError('PLM1108', given ? 'The token is none of this server.' : 'This server asks for a token.');
}

/** The position after which a reader resumes; undefined where it begins. @throws PlimsollError PLM1002 */
function lastEventId({ headers }: FastifyRequest): number | undefined {
  const id = headers['last-event-id'];
  if (id === undefined || id === '') return undefined;
  if (/^\d{1,15}$/.test(String(id))) return Number(id);
  throw new PlimsollError('PLM1002', `Last-Event-ID ${String(id)} is none of this stream's ids.`);
}

/** Every path there is, `/` first. */
const paths = [
  '/',
  ...new Set(routes.map(({ path }) => path)),
  '/v1/stream',
  '/openapi.json',
  '/healthz',
  '/readyz',
  '/metrics',
];
const patterns = paths.map((path) => ({
  pattern: new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`),
  allow: allowed(path),
}));

/** The methods of a path. */
function allowed(path: string): string {
  const own = routes.filter((route) => route.path === path).map(({ method }) => method);
  const writing = own.filter((method) => method !== 'get');
  // A stream's headers alone tell nothing, and its end would never come.
  const reads = path === '/v1/stream' ? ['GET'] : own.length > 0 && !own.includes('get') ? [] : ['GET', 'HEAD'];
  return [...reads, ...writing.map((method) => method.toUpperCase()), 'OPTIONS'].join(', ');
}

/** A request's body; null where it has none. @throws PlimsollError PLM1013 for one that is no object */
function bodyOf(body: unknown): JsonObject | null {
  if (body === undefined) return null;
  const found = body as Json;
  if (isJsonObject(found)) return found;
  throw new PlimsollError('PLM1013', 'The body is no JSON object.');
}

/**
 * Answers OPTIONS, and refuses the methods that a path does not have before their body is read (RFC 9110, 15.5.6).
 *
 * @throws PlimsollError PLM1007
 */
async function refuseMethod({ method, url }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const path = url.split('?')[0] ?? url;
  const allow = patterns.find(({ pattern }) => pattern.test(path))?.allow;
  if (allow === undefined) {
    if (method !== 'GET' && method !== 'HEAD') await refuse(reply, notFoundReply(url));
    return;
  }
  if (method === 'OPTIONS') await reply.code(204).header('allow', allow).send();
  else if (!allow.split(', ').includes(method)) {
    void reply.header('allow', allow);
    throw new PlimsollError('PLM1007', `${method} is nothing that ${path} answers.`);
  }
}

/** No parameter of ours is a list: which of two values was meant is not ours to guess. @throws PlimsollError PLM1002 */
function refuseRepeated(query: unknown): void {
  for (const [name, value] of Object.entries(query ?? {}))
    if (Array.isArray(value)) throw new PlimsollError('PLM1002', `The parameter ${name} is given more than once.`);
}

/** Answers what Node could not read as HTTP, and ends the connection. */
function refuseUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, phrase] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout']
        : [400, 'Bad Request'];
  const body = JSON.stringify(malformedReply(phrase, status));
  const head = `HTTP/1.1 ${status} ${phrase}\r\ncontent-type: application/problem+json; charset=utf-8`;
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
}

async function refuse(reply: FastifyReply, answer: ProblemReply): Promise<FastifyReply> {
  return await reply.code(answer.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(answer));
}
