import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { jsonText } from '../model/json-text.ts';
import type { Backend } from './backend.ts';
import { guardAgainstBrowsers } from './browser-guard.ts';
import { openApi } from './openapi.ts';
import { notFoundReply, problemReply, type ProblemReply } from './problem-reply.ts';
import { routes } from './routes.ts';
import { streamQuerySchema } from './schemas.ts';
import { StreamHub } from './stream.ts';

/** How the API is served. */
export interface ServerSettings {
  readonly version: string;
  /** Host names besides localhost by which the server may be called. */
  readonly names: ReadonlySet<string>;
  /** Told of each error that is ours (PLM1901), which the caller sees without its details. */
  readonly onBug: (error: unknown) => void;
}

/** The largest body that a request may have, and the longest it may take, in bytes and milliseconds. */
const limits = { bodyLimit: 1_048_576, requestTimeout: 30_000, routerOptions: { maxParamLength: 1000 } };

/** The HTTP API over a backend; not yet listening. `inject` asks it without a socket. */
export function createApp(backend: Backend, settings: ServerSettings): FastifyInstance {
  const app = fastify({
    ...limits,
    forceCloseConnections: true,
    http: { headersTimeout: 10_000, maxHeaderSize: 16_384 },
  });
  const hub = new StreamHub(backend.store, backend.subscribe);
  app.addHook('preClose', async () => hub.close());
  app.addHook('onRequest', async (request) => guardAgainstBrowsers(request.method, request.headers, settings.names));
  app.setErrorHandler((error, _request, reply) => {
    const answer = problemReply(error);
    if (answer.status >= 500) settings.onBug(error);
    return refuse(reply, answer);
  });
  app.setNotFoundHandler((request, reply) => refuse(reply, notFoundReply(request.url)));
  for (const route of routes) {
    app.get<{ Params: Record<string, string> }>(route.path, async (request, reply) => {
      const answer = await route.handle(backend, request.query, request.params);
      return reply.type('application/json; charset=utf-8').header('cache-control', 'no-store').send(jsonText(answer));
    });
  }
  app.get('/v1/stream', async (request, reply) => {
    const { since } = streamQuerySchema.parse(request.query);
    const resumed = /^\d{1,15}$/.exec(String(request.headers['last-event-id'] ?? ''))?.[0];
    reply.hijack();
    await hub.serve(reply.raw, resumed === undefined ? since : Number(resumed));
  });
  app.get('/openapi.json', async () => openApi(settings.version));
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const waiting = backend.unready();
    return await reply
      .code(waiting.length === 0 ? 200 : 503)
      .send({ status: waiting.length === 0 ? 'ready' : 'starting', waiting });
  });
  app.get('/', async () => ({
    name: 'Plimsoll',
    version: settings.version,
    paths: [...routes.map(({ path }) => path), '/v1/stream', '/openapi.json', '/healthz', '/readyz'],
  }));
  return app;
}

async function refuse(reply: FastifyReply, answer: ProblemReply): Promise<FastifyReply> {
  return await reply.code(answer.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(answer));
}
