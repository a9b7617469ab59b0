import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { PlimsollError, type ErrorCode } from '../../model/errors.ts';
import { parseListen, type ListenAddress } from '../../server/listen.ts';
import { parseTokens, type TokenHolder } from '../../server/tokens.ts';
import type { Options } from '../option-table.ts';

/** Who may ask the server, by which names, and over what. */
export interface Access {
  readonly address: ListenAddress;
  /** Null: everybody on this machine. */
  readonly holders: readonly TokenHolder[] | null;
  readonly names: ReadonlySet<string>;
  /** PEM; null: plain HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
}

type AccessOptions = Pick<Options, 'listen' | 'tokens' | 'names' | 'tls-cert' | 'tls-key'>;

/**
 * Reads what the options say of it.
 *
 * @throws PlimsollError PLM1010 where more than this machine would be served without asking who calls; PLM1107, PLM1109
 *   for files that do not do; PLM1002 for words that are none
 */
export async function readAccess(options: AccessOptions): Promise<Access> {
  const { listen, tokens, names } = options;
  const odd = names.find((name) => !/^[a-z0-9.-]+$|^[0-9a-f:]+$/i.test(name));
  if (odd !== undefined) throw new PlimsollError('PLM1002', `--names ${odd}: give a host name, without port.`);
  return {
    address: parseListen(listen, tokens !== undefined),
    holders: tokens === undefined ? null : await readTokens(tokens),
    names: new Set(names.map((name) => (name.includes(':') ? `[${name}]` : name).toLowerCase())),
    tls: await readTls(options),
  };
}

/** The files that {@link readAccess} reads. */
export function accessFiles({ tokens, 'tls-cert': cert, 'tls-key': key }: AccessOptions): readonly string[] {
  return [tokens, cert, key].filter((file) => file !== undefined);
}

async function readTokens(file: string): Promise<readonly TokenHolder[]> {
  const { holders, faults } = parseTokens(await readSecret('PLM1107', file));
  const [fault] = faults;
  if (fault === undefined) return holders;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more lines)` : '';
  throw new PlimsollError('PLM1107', `${fault.message}${more}`, { file, line: fault.line });
}

async function readTls({ 'tls-cert': certFile, 'tls-key': keyFile }: AccessOptions): Promise<Access['tls']> {
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined || keyFile === undefined)
    throw new PlimsollError('PLM1109', 'There must be both, a certificate and its key (--tls-cert, --tls-key).');
  const cert = await readText('PLM1109', certFile);
  const key = await readSecret('PLM1109', keyFile);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PlimsollError('PLM1109', `${certFile} and ${keyFile}: ${why}`, { file: certFile }, { cause: error });
  }
  return { cert, key };
}

/** A file that others may not read. */
async function readSecret(code: ErrorCode, file: string): Promise<string> {
  const text = await readText(code, file);
  const { mode } = await stat(file);
  if ((mode & 0o007) === 0) return text;
  throw new PlimsollError(code, `Everybody on this machine may read ${file} (mode ${(mode & 0o777).toString(8)}).`, {
    file,
  });
}

async function readText(code: ErrorCode, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PlimsollError(code, `Cannot read ${file}: ${why}`, { file }, { cause: error });
  }
}
