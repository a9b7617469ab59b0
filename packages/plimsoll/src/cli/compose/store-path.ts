import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where the store is: `--store`, else `$XDG_STATE_HOME/plimsoll/plimsoll.db`, which is
 * `~/.local/state/…` where the variable is not set (XDG Base Directory Specification).
 */
export function storePath(given: string | undefined, environment: NodeJS.ProcessEnv): string {
  if (given !== undefined) return resolve(given.replace(/^sqlite:/, ''));
  const state = environment['XDG_STATE_HOME'] ?? '';
  return join(state === '' ? join(homedir(), '.local', 'state') : state, 'plimsoll', 'plimsoll.db');
}
