import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loopbackCertificate } from './loopback-certificate.ts';
import { ScriptedProxy } from './scripted-proxy.ts';
import { testUsers } from './cluster-access.ts';
import { sharedTestCluster } from './shared-cluster.ts';

const cluster = await sharedTestCluster();
let proxy: ScriptedProxy;

beforeEach(async () => {
  if (cluster !== undefined) proxy = await ScriptedProxy.start(cluster.url, cluster.ca);
});

afterEach(() => proxy.stop());

async function get(path: string): Promise<{ status: number; text: string; retryAfter: unknown }> {
  const { statusCode, headers, body } = await request(`${proxy.url}${path}`, {
    headers: { authorization: `Bearer ${testUsers.admin.token}` },
    bodyTimeout: 1_500,
  });
  return { status: statusCode, retryAfter: headers['retry-after'], text: await body.text() };
}

const namespaces = '/api/v1/namespaces';

describe.skipIf(cluster === undefined)('a scripted proxy', () => {
  it('without rules is not noticed', async () => {
    expect(JSON.parse((await get(namespaces)).text)).toMatchObject({ kind: 'NamespaceList' });
    expect(proxy.requests).toEqual([`GET ${namespaces}`]);
  });

  it('throttles so many times', async () => {
    proxy.rule({ match: { path: namespaces }, fault: { kind: 'status', code: 429, retryAfterSeconds: 2 }, times: 1 });
    expect(await get(namespaces)).toMatchObject({ status: 429, retryAfter: '2' });
    expect(await get(namespaces)).toMatchObject({ status: 200 });
  });

  it('forbids until it behaves again', async () => {
    proxy.rule({ match: { path: /^\/api\/v1\/nam/ }, fault: { kind: 'status', code: 403, reason: 'Forbidden' } });
    expect(await get(namespaces)).toMatchObject({ status: 403 });
    proxy.behave();
    expect(await get(namespaces)).toMatchObject({ status: 200 });
  });

  it('cuts, garbles and refuses', async () => {
    proxy.rule({ match: {}, fault: { kind: 'cut', afterBytes: 10 }, times: 1 });
    await expect(get(namespaces)).rejects.toThrow();
    proxy.rule({ match: {}, fault: { kind: 'garble', afterBytes: 10, text: '\u0000garbage' }, times: 1 });
    expect((await get(namespaces)).text).toContain('garbage');
    proxy.rule({ match: {}, fault: { kind: 'refuse' }, times: 1 });
    await expect(get(namespaces)).rejects.toThrow();
  });

  it('is silent, and delays', async () => {
    proxy.rule({ match: {}, fault: { kind: 'silence' }, times: 1 });
    await expect(get(namespaces)).rejects.toThrow();
    proxy.rule({ match: {}, fault: { kind: 'delay', ms: 300 }, times: 1 });
    const started = Date.now();
    await get(namespaces);
    expect(Date.now() - started).toBeGreaterThanOrEqual(290);
  });

  it('ends a watch with an ERROR event', async () => {
    proxy.rule({ match: { query: { watch: '1' } }, fault: { kind: 'error-event', code: 410, reason: 'Expired' } });
    expect(JSON.parse((await get(`${namespaces}?watch=1`)).text)).toMatchObject({
      type: 'ERROR',
      object: { code: 410 },
    });
  });

  it('rewrites an answer, and leaves lines out of a watch', async () => {
    proxy.rule({
      match: { path: namespaces },
      fault: { kind: 'rewrite', text: (body) => body.replace('NamespaceList', 'Rewritten') },
      times: 1,
    });
    expect((await get(namespaces)).text).toContain('Rewritten');
    proxy.rule({ match: {}, fault: { kind: 'drop-lines', containing: '"name":"default"' } });
    const lines = (await get(`${namespaces}?watch=1&timeoutSeconds=1`)).text;
    expect(lines).toContain('"name":"kube-system"');
    expect(lines).not.toContain('"name":"default"');
  });
});

describe.skipIf(cluster === undefined)('a scripted proxy with TLS', () => {
  it('is trusted by who knows its authority, and by nobody else', async () => {
    const secure = await ScriptedProxy.start(cluster?.url ?? '', cluster?.ca ?? '', { tls: true });
    const headers = { authorization: `Bearer ${testUsers.admin.token}` };
    const dispatcher = new Agent({ connect: { ca: secure.ca ?? '' } });
    expect(secure.url).toMatch(/^https:/);
    expect((await request(`${secure.url}${namespaces}`, { headers, dispatcher })).statusCode).toBe(200);
    await expect(request(`${secure.url}${namespaces}`, { headers })).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    await dispatcher.destroy();
    await secure.stop();
  });
});

describe('a client that reads slowly', () => {
  it('holds up the server, not the memory of the proxy', async () => {
    const { certificate, key } = loopbackCertificate(Date.now());
    const chunk = Buffer.alloc(1 << 20, 'x');
    let sent = 0;
    const server = createServer({ cert: certificate, key }, (_, response) => {
      const send = (): void => {
        while (sent < 200 && response.write(chunk)) sent += 1;
        sent += 1;
      };
      response.on('drain', send);
      send();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const slow = await ScriptedProxy.start(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, certificate);
    const { body } = await request(slow.url);
    await delay(1_000);
    expect(sent).toBeLessThan(50); // what the sockets' buffers take; without backpressure all 200
    body.on('error', () => undefined).destroy();
    await slow.stop();
    server.closeAllConnections();
    server.close();
  });
});
