/** `npm run build -w packages/cel`: the package as it is published, in packages/cel/dist. `npm publish` goes from there. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildPackage } from './build.ts';

const folder = join(import.meta.dirname, '../dist');
const url = remote();
await buildPackage(folder, url);
process.stdout.write(`built ${folder}${url === null ? ', without `repository`: this clone has no remote' : ''}\n`);

/** Where this clone comes from; null where it has no remote. */
function remote(): string | null {
  try {
    return execFileSync('git', ['config', '--get', 'remote.origin.url'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}
