import { createApp } from '../../server/app.ts';
import type { Backend } from '../../server/backend.ts';
import { plimsollVersion } from '../version.ts';
import type { Transport } from './client.ts';

/** Asks the API inside this process, without a socket: commands without a server say what the server would say. */
export function insideTransport(name: string, backend: Backend, close: () => Promise<void>): Transport {
  let bug: unknown;
  const app = createApp(backend, {
    version: plimsollVersion(),
    names: () => new Set(),
    holders: () => null,
    onBug: (error) => (bug = error),
  });
  return {
    name,
    remote: false,
    ask: async (path, write) => {
      const written = write === undefined ? {} : { method: write.method, payload: write.body };
      const headers = { host: 'localhost', ...(write === undefined ? {} : { 'content-type': 'application/json' }) };
      const { statusCode, body } = await app.inject({ url: path, headers, ...written });
      if (bug !== undefined) throw bug;
      return { status: statusCode, body };
    },
    close: async () => {
      await app.close();
      await close();
    },
  };
}
