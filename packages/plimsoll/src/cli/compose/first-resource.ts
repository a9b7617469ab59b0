import { existsSync } from 'node:fs';
import { PlimsollError } from '../../model/errors.ts';
import type { JsonObject } from '../../model/json.ts';
import { readTargets } from '../../sources/files/read-targets.ts';
import type { Terminal } from '../terminal.ts';

/**
 * The first object of a file, of a folder or of standard input (`-`); null where there is no such file.
 *
 * @throws PlimsollError PLM1005 where nothing in it can be read as an object
 */
export async function firstResourceOf(path: string, { complain }: Terminal): Promise<JsonObject | null> {
  if (path !== '-' && !existsSync(path)) return null;
  const objects: JsonObject[] = [];
  await readTargets([path], (items) => {
    for (const item of items) {
      if (item.item === 'object' && objects.length === 0) objects.push(item.body);
      if (item.item === 'problem') complain(item.problem);
    }
  });
  const [first] = objects;
  if (first !== undefined) return first;
  throw new PlimsollError('PLM1005', `There is no object in ${path}.`);
}
