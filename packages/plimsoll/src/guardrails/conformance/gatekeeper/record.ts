import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { corpus, objects } from './corpus.fixture.ts';

/*
 * Records what Gatekeeper says of the corpus: `npm run record:gatekeeper`. It builds Gatekeeper's own client with Go,
 * which takes some minutes the first time; the tests read what was recorded alone.
 */

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const version = /gatekeeper\/v3 (\S+)/.exec(readFileSync(here('recorder/go.mod'), 'utf8'))?.[1];
const folder = mkdtempSync(join(tmpdir(), 'gatekeeper-recorder-'));
try {
  cpSync(here('recorder'), folder, { recursive: true });
  const go = (...line: readonly string[]) =>
    execFileSync('go', line, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  go('mod', 'tidy');
  go('build', '-o', 'recorder', '.');
  const input = JSON.stringify({ objects, cases: corpus });
  const output = execFileSync(join(folder, 'recorder'), {
    input,
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said: unknown = JSON.parse(output.toString());
  writeFileSync(here('verdicts.json'), `${JSON.stringify({ gatekeeper: version, said }, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
