import { readFile } from 'node:fs/promises';
import { PlimsollError } from '../../model/errors.ts';
import type { Options } from '../option-table.ts';

/**
 * The token to ask a server with: that of the first line of `--token-file`, else what PLIMSOLL_TOKEN holds; null where
 * neither is given.
 *
 * @throws PlimsollError PLM1107 for a file that cannot be read, or holds none
 */
export async function tokenOf(
  { 'token-file': file }: Pick<Options, 'token-file'>,
  environment: NodeJS.ProcessEnv,
): Promise<string | null> {
  if (file === undefined) return environment['PLIMSOLL_TOKEN']?.trim() || null;
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new PlimsollError('PLM1107', `Cannot read ${file}: ${error.message}`, { file }, { cause: error });
  });
  const row = text.split('\n').find((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const token = row?.slice(row.indexOf(':') + 1).trim() ?? '';
  if (token === '') throw new PlimsollError('PLM1107', `There is no token in ${file}.`, { file });
  return token;
}
