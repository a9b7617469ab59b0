import { z } from 'zod';
import type { Route } from './route.ts';
import { routes } from './routes.ts';
import { problemReplySchema, streamQuerySchema } from './schemas.ts';

/**
 * The OpenAPI 3.1 document, made from the schemas that validate the queries (and to which the tests hold every
 * answer).
 */
export function openApi(version: string): object {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Plimsoll',
      version,
      description:
        'What your clusters run, held to guardrails. Lists take `where` (CEL), `limit` and `pageToken`. `/healthz`: the process answers. `/readyz`: the store is open and what comes is judged; it does not say that every source is live, which the `coverage` of each answer and `/v1/sources` do.',
    },
    paths: {
      ...Object.fromEntries(
        [...Map.groupBy(routes, ({ path }) => path)].map(([path, same]) => [
          path.replace(/:(\w+)/g, '{$1}'),
          Object.fromEntries(same.map((route) => [route.method, operation(route)])),
        ]),
      ),
      '/v1/stream': { get: streamOperation },
    },
    components: {
      schemas: { Problem: z.toJSONSchema(problemReplySchema) },
      responses: {
        Problem: {
          description: 'What went wrong (RFC 9457)',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}

const refusals = { default: { $ref: '#/components/responses/Problem' } };

function operation(route: Route): object {
  const words = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  return {
    summary: route.summary,
    operationId: operationId(route),
    parameters: [
      ...words.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...queryParameters(route.query),
    ],
    ...(route.body === null ? {} : { requestBody: requestBody(route.body) }),
    responses: {
      [route.status]: {
        description: route.status === 201 ? 'Created' : 'OK',
        content: { 'application/json': { schema: z.toJSONSchema(route.answer, { unrepresentable: 'any' }) } },
      },
      ...refusals,
    },
  };
}

/** `findings`, `waiversName`; of what writes with the method before it: `postWaivers`. */
function operationId({ method, path }: Route): string {
  const words = path.replace(/^\/v1\//, '').replaceAll(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase());
  return method === 'get' ? words : `${method}${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function requestBody(body: z.ZodType): object {
  return {
    required: true,
    content: { 'application/json': { schema: z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }) } },
  };
}

function queryParameters(query: z.ZodType): object[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

const streamOperation = {
  summary: 'What happens, as Server-Sent Events: change, finding, coverage, reset',
  description:
    'An event is sent only after its transaction is durable; its id is its position in the log. Reconnect with Last-Event-ID to miss nothing. `reset`: the log no longer holds that position; read the lists again. A reader 10,000 events behind is cut off.',
  operationId: 'stream',
  parameters: [
    ...queryParameters(streamQuerySchema),
    { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } },
  ],
  responses: { 200: { description: 'The stream', content: { 'text/event-stream': {} } }, ...refusals },
};
