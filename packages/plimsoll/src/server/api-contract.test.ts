import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FastifyInstance } from 'fastify';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { noConfiguration } from './backend.ts';
import { changed, found, openInventory, pod } from './inventory.fixture.ts';
import { waiverItemOf } from './waiver-item.fixture.ts';
import { listen } from './listen.ts';
import { openApi } from './openapi.ts';
import { routes } from './routes.ts';
import { emptyWorld } from '../guardrails/empty-world.ts';
import { Trial } from '../guardrails/trial.ts';

let inventory: ReturnType<typeof openInventory>;
let app: FastifyInstance;
let url: string;

beforeEach(async () => {
  inventory = openInventory();
  const { store, subscribe } = inventory;
  app = createApp(
    {
      store,
      subscribe,
      guardrails: () => [guardrail],
      keepWaiver: async () => 'w',
      endWaiver: async () => undefined,
      waivers: async () => [waiverItemOf('w')],
      explain: async (finding) => ({ ...explanation, finding: await itemOf(finding.id) }),
      trial: (expression, type) => new Trial(expression, type, emptyWorld),
      world: emptyWorld,
      restsOn: () => [],
      judging: () => false,
      unready: () => [],
      configuration: noConfiguration,
    },
    { version: '0', names: () => new Set(), holders: () => null, onBug: () => undefined },
  );
  url = await listen(app, { host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  await app.close();
  await inventory.store.close();
});

const guardrail = {
  name: 'no-privileged',
  policy: { source: 'files', kind: 'Guardrail', namespace: null },
  title: null,
  severity: 'high' as const,
  categories: ['pods'],
  state: 'ok' as const,
  idle: null,
  skipped: { resources: 2, reason: 'failurePolicy Ignore: no such key: labels' },
  description: null,
  frameworks: { pss: ['privileged'] },
  matches: ['core/pods'],
  validations: [{ expression: 'true', message: null }],
  bindings: [],
  enforcement: [],
  file: 'g.yaml',
  line: 1,
  problems: [],
};
const explanation = {
  guardrail,
  description: null,
  current: null,
  values: [],
  satisfy: [],
  places: [{ path: 'spec.containers[0].image', container: 'app', line: 3, column: 5 }],
  fix: {
    patch: [{ op: 'replace' as const, path: '/spec/hostNetwork', value: false }],
    edits: [{ operation: 'replace' as const, path: 'spec.hostNetwork', container: null, from: true, to: false }],
  },
  history: [],
  waivers: [],
  notApplied: [{ guardrail: 'other', binding: null, reason: 'no rule is about core/pods' }],
  others: { guardrail: 3, resource: 1 },
};

async function itemOf(id: string) {
  return JSON.parse(await (await fetch(`${url}/v1/findings/${id}`)).text());
}

// oxlint-disable-next-line typescript/no-explicit-any -- reached into here and there
const document: any = openApi('0');
const problems = new Ajv2020({ strict: false }).compile(document.components.schemas.Problem);

const ofOne = '?source=prod&type=core/pods&scope=shop&name=a';
/** Paths that ask nothing without a query. */
const queries = new Map([
  ['/v1/versions', ofOne],
  ['/v1/diff', ofOne],
  ['/v1/trial', '?type=core/pods&expression=false'],
]);

const policy = {
  apiVersion: 'plimsoll.dev/v1',
  kind: 'Guardrail',
  metadata: { name: 'g' },
  spec: { appliesTo: 'podTemplates', validations: [{ expression: 'false' }] },
};
/** What is sent where something has to be. */
const bodies = new Map([
  ['post /v1/waivers', '{}'],
  ['post /v1/replay', JSON.stringify({ guardrails: [{ body: policy }], since: '1970-01-01T00:00:00Z' })],
]);

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
  });

  test.each(routes.map(({ method, path, status }) => [method, path, status] as const))(
    'describes what %s %s answers',
    async (method, path, status) => {
      const event = found(2, pod('a'));
      await inventory.publish(changed(1, pod('a')), event);
      const [id] = (JSON.parse(await (await fetch(`${url}/v1/findings`)).text()) as { items: { id: string }[] }).items;
      const name = path.startsWith('/v1/waivers') ? 'w' : 'no-privileged';
      const words = { id: id?.id ?? '', name, word: 'pods' };
      const about = queries.get(path) ?? '';
      const answer = await fetch(
        url + path.replace(':id', words.id).replace(':name', words.name).replace(':word', words.word) + about,
        method === 'get'
          ? {}
          : { method, headers: { 'content-type': 'application/json' }, body: bodies.get(`${method} ${path}`) ?? null },
      );
      const { schema } =
        document.paths[path.replace(/:(\w+)/g, '{$1}')][method].responses[status].content['application/json'];
      const validate = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(schema);
      const body: unknown = JSON.parse(await answer.text());
      expect(answer.status).toBe(status);
      validate(body);
      expect(validate.errors).toBe(null);
    },
  );
});

describe('what the API refuses', () => {
  const json = { 'content-type': 'application/json' };
  test.each([
    ['GET', '/v1/nothing', {}, undefined, 404, 'PLM1005'],
    ['GET', '/v1/findings/0000000000000000', {}, undefined, 404, 'PLM1005'],
    ['GET', '/v1/guardrails/none', {}, undefined, 404, 'PLM1005'],
    ['GET', '/v1/types/none', {}, undefined, 404, 'PLM1005'],
    ['POST', '/v1/findings', json, '{}', 405, 'PLM1007'],
    ['PUT', '/v1/findings/0000000000000000', json, '{}', 405, 'PLM1007'],
    ['DELETE', '/v1/stream', json, undefined, 405, 'PLM1007'],
    ['POST', '/v1/findings', json, '{', 405, 'PLM1007'],
    ['POST', '/v1/findings', json, 'x'.repeat(2_000_000), 405, 'PLM1007'],
    ['POST', '/v1/nothing', json, '{', 404, 'PLM1005'],
    ['POST', '/v1/findings', { 'content-type': 'text/plain' }, '{}', 405, 'PLM1007'],
    ['POST', '/v1/findings', { ...json, origin: 'http://evil.example' }, '{}', 403, 'PLM1008'],
    ['GET', '/v1/findings?limit=1001', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/findings?limit=x', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/findings?pageToken=x', {}, undefined, 400, 'PLM1002'],
    ['GET', `/v1/findings?pageToken=${Buffer.from('["zz",0]').toString('base64url')}`, {}, undefined, 400, 'PLM1002'],
    ['GET', `/v1/sources?pageToken=${Buffer.from('["zz",0]').toString('base64url')}`, {}, undefined, 400, 'PLM1002'],
    ['GET', `/v1/changes?pageToken=${Buffer.from('["zz",0]').toString('base64url')}`, {}, undefined, 400, 'PLM1002'],
    ['GET', `/v1/resources?pageToken=${Buffer.from('["zz",0]').toString('base64url')}`, {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/changes?since=-1', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/stream?since=x', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/stream', { 'last-event-id': 'x' }, undefined, 400, 'PLM1002'],
    ['GET', '/v1/findings?where=object.', {}, undefined, 400, 'PLM1006'],
    ['GET', '/v1/findings?limit=1&limit=2', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/findings?state=closed', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/resources?at=yesterday', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/resources?at=2026-11-26T01:00:00', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/resources?at=1999-01-01T00:00:00Z', {}, undefined, 400, 'PLM1508'],
    ['GET', '/v1/types?at=1999-01-01T00:00:00Z', {}, undefined, 400, 'PLM1508'],
    ['GET', '/v1/findings?at=2999-01-01T00:00:00Z', {}, undefined, 400, 'PLM1509'],
    ['GET', '/v1/versions?type=core/pods&name=a', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/diff?source=prod&type=core/pods&name=none', {}, undefined, 404, 'PLM1005'],
    ['GET', '/v1/diff?source=prod&type=core/pods&name=a&from=x', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/diff?source=prod&type=core/pods&name=a&to=99999', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/trial?type=core/pods', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/trial?type=core/pods&expression=object.', {}, undefined, 400, 'PLM1006'],
    ['GET', '/v1/trial?type=core/pods&expression=true&pageToken=x', {}, undefined, 400, 'PLM1002'],
    ['GET', '/v1/findings/%zz', {}, undefined, 400, 'PLM1013'],
    ['GET', '/v1/findings', { cookie: 'x'.repeat(20_000) }, undefined, 431, 'PLM1013'],
  ])('%s %s', async (method, path, headers, body, status, code) => {
    const answer = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(status);
    const said = await answer.text();
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(said)).toMatchObject({ code, status });
    expect(problems(JSON.parse(said))).toBe(true);
  });

  test.each([
    ['POST', '/v1/findings', 'GET, HEAD, OPTIONS'],
    ['HEAD', '/v1/stream', 'GET, OPTIONS'],
  ])('%s %s, and says what the path takes', async (method, path, allow) => {
    const answer = await fetch(url + path, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  });

  test('what is no HTTP at all', async () => {
    const { port } = new URL(url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('NONSENSE\r\n\r\n');
    const said = await text(socket);
    expect(said).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json/);
    expect(said).toContain('"code":"PLM1013"');
  });
});

describe('a pageToken', () => {
  const page = async (path: string) => {
    const answer = await fetch(url + path);
    const body: { items: { name: string }[]; nextPageToken: string; code?: string } = JSON.parse(await answer.text());
    return body;
  };

  test.each([
    ['to another list', '/v1/changes?limit=1'],
    ['with another filter', '/v1/resources?limit=1&scope=other'],
    ['with another where', '/v1/resources?limit=1&where=true'],
  ])('given %s than it was given for, then it is refused; with another limit it goes on', async (_what, other) => {
    await inventory.publish(...[1, 2, 3].map((seq) => changed(seq, pod(`p${seq}`))));
    const { nextPageToken: token } = await page('/v1/resources?limit=1');
    expect(await page(`${other}&pageToken=${token}`)).toMatchObject({ code: 'PLM1002' });
    const { items } = await page(`/v1/resources?limit=2&pageToken=${token}`);
    expect(items.map(({ name }) => name)).toEqual(['p2', 'p3']);
  });
});

describe('HEAD and OPTIONS', () => {
  test.each(['/v1/findings', '/openapi.json', '/healthz', '/readyz'])('of %s', async (path) => {
    const head = await fetch(url + path, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const options = await fetch(url + path, { method: 'OPTIONS', headers: { origin: 'http://evil.example' } });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS']);
    expect([...options.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
