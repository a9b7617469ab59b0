import { existsSync } from 'node:fs';
import { PlimsollError } from '../../model/errors.ts';
import { announcedServer } from '../compose/server-file.ts';
import { storePath } from '../compose/store-path.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';
import { ApiClient } from './client.ts';
import { tokenOf } from './token-of.ts';
import { baseUrl, httpTransport, presence } from './http.ts';

/**
 * Whom a command asks: the demo fleet where `--demo` says so, else the server of `--server`, else the
 * one that is announced beside the store and answers, else the store itself.
 *
 * @throws PlimsollError PLM1012 where there is none of them; PLM1004 where the announced one is slow; PLM15xx where
 * the store cannot be opened
 */
export async function connect(options: Options, terminal: Terminal): Promise<ApiClient> {
  if (options.demo) {
    terminal.progress('Reading the demo fleet');
    const { demoTransport } = await import('../compose/demo.ts');
    return new ApiClient(await demoTransport(options, terminal));
  }
  const url = await announcedOrNamed(options, terminal);
  terminal.progress(url === null ? 'Reading the store' : `Asking ${url}`);
  if (url !== null) return new ApiClient(httpTransport(url, await tokenOf(options, terminal.environment)));
  const file = storePath(options.store, terminal.environment);
  if (!existsSync(file)) throw new PlimsollError('PLM1012', `No server is running, and there is no store at ${file}.`);
  const { storeTransport } = await import('../compose/store-transport.ts');
  return new ApiClient(await storeTransport(file, terminal));
}

/** Whom `guardrails list` and `show` ask: the given paths where there are some, else as {@link connect}. */
export async function connectForGuardrails(options: Options, terminal: Terminal): Promise<ApiClient> {
  if (options.guardrails.length === 0) return await connect(options, terminal);
  const { guardrailsTransport } = await import('../compose/guardrails-transport.ts');
  return new ApiClient(await guardrailsTransport(options.guardrails));
}

/** The URL of the running server. @throws PlimsollError PLM1012 where there is none */
export async function runningServer(options: Options, terminal: Terminal): Promise<string> {
  const url = await announcedOrNamed(options, terminal);
  if (url === null) throw new PlimsollError('PLM1012', 'No server is running, and only a server can be watched.');
  return url;
}

/**
 * The URL of `--server`, else of the server that is announced beside the store and answers; null where there is none.
 *
 * @throws PlimsollError PLM1002 for a URL that is none; PLM1004 where the announced one is slow
 */
export async function announcedOrNamed(options: Options, { environment, say }: Terminal): Promise<string | null> {
  if (options.server !== undefined) return baseUrl(options.server);
  const announced = await announcedServer(storePath(options.store, environment));
  if (announced === null) return null;
  const found = await presence(announced);
  if (found === 'there') return announced;
  // It may have the store open, and know more than the store did when it was last written.
  if (found === 'slow')
    throw new PlimsollError('PLM1004', `${announced} is slow: it said nothing for 10 s. Try again.`);
  say(`The server at ${announced} does not answer any more; asking without it.`);
  return null;
}
