import { PlimsollError } from '../../model/errors.ts';
import { ApiClient } from '../api/client.ts';
import { announcedOrNamed } from '../api/connect.ts';
import { httpTransport } from '../api/http.ts';
import { tokenOf } from '../api/token-of.ts';
import type { Options } from '../option-table.ts';
import type { Terminal } from '../terminal.ts';
import type { Check } from './check.ts';

/** Whether the server answers that is named, or that is announced beside the store, and what it says of its configuration. */
export async function examineServer(options: Options, terminal: Terminal): Promise<Check> {
  const check = { check: 'server', subject: null };
  try {
    const url = await announcedOrNamed(options, terminal);
    if (url === null) return { ...check, said: 'none is running on this store', problems: [] };
    const api = new ApiClient(httpTransport(url, await tokenOf(options, terminal.environment)));
    const { file, problems } = await api.configuration();
    const said = file === null ? 'answers' : `answers; configuration ${file}`;
    return { ...check, subject: url, said, problems: problems.map((found) => ({ ...found, subject: null })) };
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    return { ...check, said: 'does not answer', problems: [error.problem] };
  }
}
