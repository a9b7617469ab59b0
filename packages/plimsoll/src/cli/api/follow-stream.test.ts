import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { followStream } from './follow-stream.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that answers every request with this; gives its URL. */
async function answering(contentType: string, body: string): Promise<string> {
  server = createServer((_, response) => response.writeHead(200, { 'content-type': contentType }).end(body));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

const firstEvent = async (url: string) =>
  await followStream(url, ['finding'], undefined, new AbortController().signal, () => undefined).next();

test.each([
  ['no stream', 'text/html', '<html></html>'],
  ['an event of another shape', 'text/event-stream', 'event: finding\nid: 1\ndata: {"seq": 1}\n\n'],
  ['an event that is no JSON', 'text/event-stream', 'event: finding\nid: 1\ndata: {"seq"\n\n'],
])('given a server that sends %s, then it is said to be no Plimsoll server of this version', async (_, type, body) => {
  await expect(firstEvent(await answering(type, body))).rejects.toMatchObject({
    code: 'PLM1004',
    message: expect.stringContaining('not as a Plimsoll server of this version does'),
  });
});

test('given an event that a later server may send, then it is passed over', async () => {
  const url = await answering(
    'text/event-stream',
    'event: weather\nid: 1\ndata: {}\n\nevent: reset\nid: 7\ndata: {"seq":7}\n\n',
  );
  expect(await firstEvent(url)).toEqual({ done: false, value: { event: 'reset', data: { seq: 7 } } });
});
