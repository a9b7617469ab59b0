import { existsSync } from 'node:fs';
import { PlimsollError } from '../../model/errors.ts';
import type { JsonObject } from '../../model/json.ts';
import type { FileObject } from '../../sources/files/file-item.ts';
import { readTargets } from '../../sources/files/read-targets.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';

/**
 * The first object of a file, of a folder or of standard input (`-`), which is told where there are more; null where
 * there is no such file.
 *
 * @throws PlimsollError PLM1005 where nothing in it can be read as an object
 */
export async function firstResourceOf(path: string, { complain, say }: Terminal): Promise<JsonObject | null> {
  if (path !== '-' && !existsSync(path)) return null;
  let count = 0;
  const firsts: FileObject[] = [];
  await readTargets([path], (items) => {
    for (const item of items) {
      if (item.item === 'object') {
        count += 1;
        if (firsts.length === 0) firsts.push(item);
      }
      if (item.item === 'problem') complain(item.problem);
    }
  });
  const [first] = firsts;
  if (first !== undefined) {
    if (count > 1)
      say(`\`object\` is the first of ${count} in ${path}: the ${visible(first.kind)} at line ${first.place.line}.`);
    return first.body;
  }
  throw new PlimsollError('PLM1005', `There is no object in ${path}.`);
}
