import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import type { Resource } from '../model/resource.ts';
import { createApp } from './app.ts';
import { keepsNothing, noConfiguration } from './backend.ts';
import { changed, found, openInventory, pod } from './inventory.fixture.ts';
import { listen, parseListen } from './listen.ts';
import { openApi } from './openapi.ts';
import { routes } from './routes.ts';
import * as schemas from './schemas.ts';
import { parseTokens, type TokenHolder } from './tokens.ts';
import { emptyWorld } from '../guardrails/empty-world.ts';
import { Trial } from '../guardrails/trial.ts';

const explain = async (): Promise<never> => {
  throw new Error('nothing to explain');
};

let inventory: ReturnType<typeof openInventory>;
let app: FastifyInstance;
let url: string;
let waiting: string[] = [];
let holders: readonly TokenHolder[] | null = null;

beforeEach(async () => {
  inventory = openInventory();
  const { store, subscribe } = inventory;
  app = createApp(
    {
      store,
      subscribe,
      guardrails: () => [],
      ...keepsNothing,
      waivers: async () => [],
      explain,
      trial: (expression, type) => new Trial(expression, type, emptyWorld),
      restsOn: () => [],
      judging: () => false,
      unready: () => waiting,
      configuration: noConfiguration,
    },
    { version: '0', names: () => new Set(['plimsoll.example']), holders: () => holders, onBug: () => undefined },
  );
  url = await listen(app, { host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  waiting = [];
  holders = null;
  await app.close();
  await inventory.store.close();
});

const ask = async (path: string) => {
  const response = await fetch(url + path);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: JSON.parse(await response.text()),
  };
};

/** Sends a request whose Host, which fetch does not let one set, is `host`. */
async function statusWith(headers: Record<string, string>, method = 'GET'): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const sent = request(`${url}/v1/findings`, { headers, method }, (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  sent.on('error', reject).end();
  return await promise;
}

/** Reads the stream until it has `count` frames with data. */
async function frames(
  path: string,
  count: number,
  headers: Record<string, string> = {},
  onOpen = async () => {},
): Promise<string[]> {
  const abort = new AbortController();
  const response = await fetch(url + path, { signal: abort.signal, headers });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  await onOpen();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    text += value ?? '';
    const whole = text
      .split('\n\n')
      .slice(0, -1)
      .filter((frame) => frame.includes('data: '));
    if (done || whole.length >= count) {
      abort.abort();
      return whole;
    }
  }
}

const ids = (all: readonly string[]) => all.map((frame) => Number(/^id: (\d+)$/m.exec(frame)?.[1]));

describe('lists', () => {
  test('given resources, when listed page by page, then each comes once and is what the schema says', async () => {
    await inventory.publish(...[1, 2, 3, 4, 5].map((seq) => changed(seq, pod(`p${seq}`))));
    const names: string[] = [];
    let token = '';
    for (let pages = 0; pages < 3; pages++) {
      const { body } = await ask(`/v1/resources?limit=2${token}`);
      const page = schemas.listSchema(schemas.resourceSchema).parse(body);
      names.push(...page.items.map(({ name }) => name));
      token = `&pageToken=${page.nextPageToken}`;
    }
    expect(names).toEqual(['p1', 'p2', 'p3', 'p4', 'p5']);
  });

  test('given where, then only what it holds for comes, over all pages, and what it cannot tell is counted', async () => {
    await inventory.publish(
      ...[1, 2, 3, 4].map((seq) =>
        changed(seq, pod(`p${seq}`, seq % 2 === 0 ? { spec: { hostNetwork: seq === 4 } } : {})),
      ),
    );
    const { body } = await ask(`/v1/resources?limit=1&where=${encodeURIComponent('object.spec.hostNetwork')}`);
    const page = schemas.listSchema(schemas.resourceSchema).parse(body);
    expect(page.items.map(({ name }) => name)).toEqual(['p4']);
    expect(page.coverage).toMatchObject({ complete: false, undecided: { count: 2, example: 'no such key: spec' } });
  });

  test('given a Secret, then its data never shows', async () => {
    const secret: Resource = {
      ...pod('token'),
      type: 'core/secrets',
      kind: 'Secret',
      body: {
        metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2', other: 'x' } },
        data: { password: 'hunter2' },
        stringData: { password: 'hunter2' },
      },
    };
    await inventory.publish(changed(1, secret));
    const response = await fetch(`${url}/v1/resources`);
    const text = await response.text();
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text).items[0]).toMatchObject({
      unseen: ['data', 'stringData'],
      object: { metadata: { annotations: { other: 'x' } } },
    });
  });

  test('given an integer beyond 2⁵³, then it is exact', async () => {
    await inventory.publish(changed(1, pod('big', { spec: { n: 9007199254740993n } })));
    expect(await (await fetch(`${url}/v1/resources`)).text()).toContain('"n":9007199254740993');
  });

  test('given a forbidden type, then the list says that it is not complete', async () => {
    const coverage = {
      source: 'prod',
      type: 'core/pods',
      scope: null,
      state: 'forbidden' as const,
      since: 1,
      lastComplete: null,
      reason: 'pods is forbidden',
    };
    await inventory.publish({ seq: 1, kind: 'coverage', coverage });
    const { body } = await ask('/v1/findings');
    expect(body.coverage).toMatchObject({ complete: false, gaps: [{ type: 'core/pods', state: 'forbidden' }] });
  });

  test.each([
    ['/v1/resources', true],
    ['/v1/resources?type=core/pods', true],
    ['/v1/resources?type=core/events', false],
  ])('given a type that is off, then %s is complete: %s', async (path, complete) => {
    const row = { source: 'prod', scope: null, since: 1, lastComplete: 1, reason: null };
    await inventory.publish(
      { seq: 1, kind: 'coverage', coverage: { ...row, type: 'core/pods', state: 'live' } },
      { seq: 2, kind: 'coverage', coverage: { ...row, type: 'core/events', state: 'off', lastComplete: null } },
    );
    const { body } = await ask(path);
    expect(body.coverage.complete).toBe(complete);
  });

  test('given findings at two pods of a Deployment, then each names it and they are rolled up to one', async () => {
    const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-web', controller: true };
    const owned = (name: string) => pod(name, { metadata: { name, namespace: 'shop', ownerReferences: [reference] } });
    const deployment = { ...pod('web'), type: 'apps/deployments', apiVersion: 'apps/v1', kind: 'Deployment' };
    await inventory.publish(changed(1, deployment), changed(2, owned('a')), changed(3, owned('b')));
    await inventory.publish(found(4, owned('a')), found(5, owned('b')), found(6, pod('c')));
    const { body } = await ask('/v1/findings?name=a');
    const owner = { type: 'apps/deployments', kind: 'Deployment', namespace: 'shop', name: 'web', unseen: null };
    expect(body.items).toMatchObject([{ owner }]);
    const rollups = schemas.listSchema(schemas.rollupSchema).parse((await ask('/v1/rollups?where=count > 1')).body);
    expect(rollups.items).toMatchObject([{ guardrail: 'no-privileged', owner, count: 2, outcomes: { fail: 2 } }]);
    expect((await ask('/v1/rollups')).body.items).toHaveLength(2);
  });

  test('given findings, then one is found by its id or the beginning of it', async () => {
    await inventory.publish(found(1, pod('a')), found(2, pod('b')));
    const { body } = await ask('/v1/findings');
    const { items } = schemas.listSchema(schemas.findingSchema).parse(body);
    const id = items[0]?.id ?? '';
    expect((await ask(`/v1/findings/${id.slice(0, 12)}`)).body).toMatchObject({ id });
    expect(await ask('/v1/findings/ffff')).toMatchObject({
      status: 404,
      type: 'application/problem+json; charset=utf-8',
      body: { code: 'PLM1005' },
    });
  });

  test.each([
    ['/v1/resources?where=object.', 'PLM1006', 400],
    ['/v1/resources?where=nonsense', 'PLM1006', 400],
    ['/v1/resources?limit=0', 'PLM1002', 400],
    ['/v1/resources?wher=true', 'PLM1002', 400],
    ['/v1/resources?pageToken=x', 'PLM1002', 400],
    ['/v2/nothing', 'PLM1005', 404],
  ])('given %s, then it is refused with %s', async (path, code, status) => {
    expect(await ask(path)).toMatchObject({ status, body: { code, status } });
  });

  test.each([
    ['/v1/findings?limit=abc', 'The parameter limit must be a whole number.'],
    ['/v1/findings?limit=1&limit=2', 'The parameter limit is given more than once.'],
    ['/v1/findings?where=true&where=false', 'The parameter where is given more than once.'],
    ['/v1/findings?wher=true', 'There is no parameter wher.'],
  ])('given %s, then it says in a sentence what is wrong', async (path, detail) => {
    expect(await ask(path)).toMatchObject({ status: 400, body: { code: 'PLM1002', detail } });
  });
});

describe('the stream', () => {
  test('given events before and after, when read from 0, then all come in order without a gap', async () => {
    await inventory.publish(...[1, 2, 3].map((seq) => changed(seq, pod(`p${seq}`))));
    const all = await frames(
      '/v1/stream?since=0',
      5,
      {},
      async () => await inventory.publish(changed(4, pod('p4')), found(5, pod('p4'))),
    );
    expect(ids(all)).toEqual([1, 2, 3, 4, 5]);
    expect(all[4]).toMatch(/^event: finding\nid: 5\ndata: \{"id":/);
  });

  test('given Last-Event-ID, then it outranks since and nothing is missed or sent twice', async () => {
    await inventory.publish(...[1, 2, 3, 4].map((seq) => changed(seq, pod(`p${seq}`))));
    expect(ids(await frames('/v1/stream?since=0', 2, { 'last-event-id': '2' }))).toEqual([3, 4]);
  });

  test('given kinds, then only events of those come, before and after', async () => {
    await inventory.publish(changed(1, pod('p1')), found(2, pod('p1')));
    const all = await frames(
      '/v1/stream?since=0&kinds=finding,coverage',
      2,
      {},
      async () => await inventory.publish(changed(3, pod('p2')), found(4, pod('p2'))),
    );
    expect(ids(all)).toEqual([2, 4]);
    expect(await ask('/v1/stream?kinds=finding,all')).toMatchObject({ status: 400, body: { code: 'PLM1002' } });
  });

  test('given no since, then only what happens from now on comes', async () => {
    await inventory.publish(changed(1, pod('old')));
    expect(ids(await frames('/v1/stream', 1, {}, async () => await inventory.publish(changed(2, pod('new')))))).toEqual(
      [2],
    );
  });

  test.each([['99'], ['3']])('given since=%s outside of the log, then reset comes with the head', async (since) => {
    await inventory.publish(...[7, 8].map((seq) => changed(seq, pod(`p${seq}`))));
    expect(await frames(`/v1/stream?since=${since}`, 1)).toEqual(['event: reset\nid: 8\ndata: {"seq":8}']);
  });

  test('given a reader that does not read, when it is 10,000 events behind, then it is cut off and can resume', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const sent = request(`${url}/v1/stream?since=0`, (response) => {
      response.pause();
      response.on('close', resolve).on('error', () => resolve());
      const big = { spec: { text: 'x'.repeat(2000) } };
      const events = Array.from({ length: 12_000 }, (_, index) => changed(index + 1, pod(`p${index}`, big)));
      void inventory.publish(...events);
    });
    sent.on('error', () => resolve()).end();
    await closed;
    expect(ids(await frames('/v1/stream?since=11998', 2))).toEqual([11_999, 12_000]);
  });
});

describe('against browsers', () => {
  test.each([
    [{ host: 'localhost:7070' }, 'GET', 200],
    [{ host: '[::1]:7070' }, 'GET', 200],
    [{ host: 'plimsoll.example' }, 'GET', 200],
    [{ host: '10.1.2.3' }, 'GET', 403],
    [{ host: 'localhost', origin: 'http://evil.example' }, 'GET', 200],
    [{ host: 'evil.example' }, 'GET', 403],
    [{ host: 'localhost.evil.example' }, 'GET', 403],
    [{ host: 'localhost', origin: 'http://evil.example', 'content-type': 'application/json' }, 'POST', 403],
    [{ host: 'localhost', 'content-type': 'text/plain' }, 'POST', 405],
    [{ host: 'localhost', origin: 'http://localhost', 'content-type': 'application/json' }, 'POST', 405],
  ])('given %j, when it asks by %s, then the answer is %d', async (headers, method, status) => {
    expect(await statusWith(headers, method)).toBe(status);
  });

  test('given any request, then no CORS header is sent', async () => {
    const { headers } = await fetch(`${url}/v1/findings`, { headers: { origin: 'http://evil.example' } });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('with tokens', () => {
  const token = 'a-token-of-32-characters-or-more';
  const answer = async (path: string, authorization?: string) =>
    await fetch(url + path, { headers: authorization === undefined ? {} : { authorization } });
  beforeEach(() => {
    holders = parseTokens(`ci:${token}\nold:${token}-old\n`).holders;
  });

  test.each([
    ['/v1/findings', `Bearer ${token}`, 200],
    ['/v1/findings', `bearer ${token}-old`, 200],
    ['/v1/findings', undefined, 401],
    ['/v1/findings', 'Bearer ', 401],
    ['/v1/findings', `Bearer ${token}x`, 401],
    ['/v1/findings', `Bearer ci:${token}`, 401],
    ['/v1/findings', `Basic ${Buffer.from(`ci:${token}`).toString('base64')}`, 401],
    ['/v1/findings', token, 401],
    ['/v1/stream', undefined, 401],
    ['/openapi.json', undefined, 401],
    ['/metrics', undefined, 401],
    ['/metrics', `Bearer ${token}`, 404],
    ['/', undefined, 401],
    ['/v1/nothing', undefined, 401],
    ['/healthz/', undefined, 401],
    ['//healthz', undefined, 401],
    ['/healthz', undefined, 200],
    ['/readyz?verbose', undefined, 200],
  ])('given %s asked with %j, then the answer is %d', async (path, authorization, status) => {
    const response = await answer(path, authorization);
    expect(response.status).toBe(status);
    await response.body?.cancel();
  });

  test('given none, or another, then WWW-Authenticate tells which, and the answer is PLM1108', async () => {
    const [none, other] = [await answer('/v1/findings'), await answer('/v1/findings', 'Bearer other')];
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="Plimsoll"');
    expect(other.headers.get('www-authenticate')).toBe('Bearer realm="Plimsoll", error="invalid_token"');
    expect(await other.json()).toMatchObject({ code: 'PLM1108', status: 401 });
  });

  test('given a token that is taken back, then it is refused from then on', async () => {
    holders = parseTokens(`ci:${token}-new`).holders;
    expect((await answer('/v1/findings', `Bearer ${token}`)).status).toBe(401);
  });
});

describe('what a client may cost', () => {
  /** What a server answers to these bytes, sent `pause` milliseconds apart, and after how many milliseconds it ends. */
  async function dribble(parts: readonly string[], pause: number): Promise<{ said: string; after: number }> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const began = Date.now();
    let said = '';
    socket.setEncoding('utf8').on('data', (text: string) => (said += text));
    const ended = new Promise<void>((resolve) => void socket.on('close', () => resolve()).on('error', () => resolve()));
    for (const part of parts) {
      if (socket.destroyed) break;
      socket.write(part);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    await ended;
    return { said, after: Date.now() - began };
  }

  test('given headers that come a byte at a time, or never, then the connection ends in 10 s or little more', async () => {
    const slow = Array.from('GET / HTTP/1.1\r\nHost: localhost\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa');
    const [some, none] = await Promise.all([dribble(slow, 300), dribble([], 0)]);
    expect(some).toMatchObject({ said: expect.stringMatching(/^HTTP\/1.1 408 /), after: expect.toSatisfy(inTime) });
    expect(none).toMatchObject({ after: expect.toSatisfy(inTime) });
  }, 60_000);
  const inTime = (milliseconds: number) => milliseconds > 8000 && milliseconds < 20_000;

  test.each([
    '/../../../../etc/passwd',
    '/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2f..%2f..%2fetc%2fpasswd',
    '/%252e%252e%252fetc%252fpasswd',
    '/v1/findings/..%2f..%2f..%2f..%2fetc%2fpasswd',
    '/v1/findings/..%5c..%5cetc%5cpasswd',
    '/v1/guardrails/%2fetc%2fpasswd',
    '/v1/guardrails/file:%2f%2f%2fetc%2fpasswd',
    '/v1/types/%2fetc%2fpasswd%00.json',
    '/v1/types/..%c0%af..%c0%afetc%c0%afpasswd',
    '/package.json',
    '//etc/passwd',
  ])('given the path %s, then no file is read', async (path) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    // fetch would fold the dots before it sends them.
    const sent = request({ port: new URL(url).port, path, headers: { host: 'localhost' } }, (response) => {
      let body = `${response.statusCode} `;
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve(body));
    });
    sent.on('error', reject).end();
    expect(await promise).toMatch(/^40[04] \{"type":"about:blank"/);
  });
});

describe('the rest', () => {
  test('given work under way, then /readyz is 503 and says what, /healthz is 200', async () => {
    waiting = ['guardrails are being compiled'];
    expect(await ask('/readyz')).toMatchObject({ status: 503, body: { waiting } });
    expect(await ask('/healthz')).toMatchObject({ status: 200 });
  });

  test('given the routes, then /openapi.json has each with its parameters', async () => {
    const { body } = await ask('/openapi.json');
    expect(body.openapi).toBe('3.1.1');
    const paths = routes.map(({ path }) => path.replace(/:(\w+)/g, '{$1}'));
    expect(Object.keys(body.paths)).toEqual([...new Set(paths), '/v1/stream']);
    expect(body.paths['/v1/findings'].get.parameters.map(({ name }: { name: string }) => name)).toContain('where');
    expect(openApi('0')).toEqual(body);
  });

  test('given a port in use, then PLM1003 names it', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const second = createApp(
      {
        store: inventory.store,
        subscribe: inventory.subscribe,
        guardrails: () => [],
        ...keepsNothing,
        waivers: async () => [],
        explain,
        trial: (expression, type) => new Trial(expression, type, emptyWorld),
        restsOn: () => [],
        judging: () => false,
        unready: () => [],
        configuration: noConfiguration,
      },
      { version: '0', names: () => new Set(), holders: () => null, onBug: () => undefined },
    );
    await expect(listen(second, { host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'PLM1003' });
    other.close();
  });

  test.each([
    ['7070', { host: '127.0.0.1', port: 7070 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:80', { host: '::1', port: 80 }],
  ])('given --listen %s, then it is understood', (text, address) => {
    expect(parseListen(text, false)).toEqual(address);
  });

  test.each([
    ['0.0.0.0:7070', 'PLM1010'],
    ['[::]:7070', 'PLM1010'],
    ['example.com:80', 'PLM1010'],
    ['127.evil.example:80', 'PLM1010'],
    ['x:y', 'PLM1002'],
    ['1:99999', 'PLM1002'],
  ])('given --listen %s, then it is refused with %s', (text, code) => {
    expect(() => parseListen(text, false)).toThrow(expect.objectContaining({ code }));
  });
});
