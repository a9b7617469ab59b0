import { PlimsollError } from '../../model/errors.ts';
import type { Options } from '../option-table.ts';
import { storePath } from './store-path.ts';

/**
 * The store file that a command works on by itself, whoever has it open.
 *
 * @throws {PlimsollError} PLM1002 where a server or the demo fleet is named: neither is a file
 */
export function storeFileOf(options: Options, environment: NodeJS.ProcessEnv): string {
  for (const name of ['server', 'demo'] as const)
    if (options[name] !== undefined && options[name] !== false)
      throw new PlimsollError('PLM1002', `--${name} is no store file; name one with --store.`);
  return storePath(options.store, environment);
}
