import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dump } from 'js-yaml';
import { z } from 'zod';
import type { JsonObject } from '../../../model/json.ts';
import { corpusCases, namespaces } from './corpus.fixture.ts';

/*
 * Records what Kyverno's command line says of the corpus: `npm run record:kyverno -- PATH VERSION`, with a kyverno of
 * that version (`go build ./cmd/cli/kubectl-kyverno` in its repository). The tests read what was recorded alone.
 */

const [, , kyverno, version] = process.argv;
if (kyverno === undefined || version === undefined) throw new Error('give the path of kyverno, and its version');

const report = z.looseObject({
  results: z
    .array(
      z.looseObject({
        policy: z.string(),
        rule: z.string().optional(),
        result: z.string(),
        resources: z.array(z.looseObject({ kind: z.string(), namespace: z.string().optional(), name: z.string() })),
      }),
    )
    .default([]),
});

const folder = mkdtempSync(join(tmpdir(), 'kyverno-recorder-'));

function written(name: string, documents: readonly JsonObject[]): string {
  const file = join(folder, name);
  writeFileSync(file, documents.map((one) => dump(one)).join('---\n'));
  return file;
}

function run(line: readonly string[]): string {
  const { stdout, error } = spawnSync(kyverno ?? '', line, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error !== undefined) throw error;
  return stdout;
}

try {
  const values = written('values.yaml', [
    { apiVersion: 'cli.kyverno.io/v1alpha1', kind: 'Values', metadata: { name: 'v' }, namespaces },
  ]);
  const verdicts: Record<string, Record<string, string>> = {};
  for (const { name, judging, resources } of corpusCases()) {
    const isException = ({ kind }: JsonObject): boolean => kind === 'PolicyException';
    const policies = written(
      'policies.yaml',
      judging.filter((one) => !isException(one)),
    );
    const exceptions = judging.filter(isException);
    const judged = written('resources.yaml', resources);
    const line = ['apply', policies, '-r', judged, '-f', values, '-p', '--output-format', 'json', '--remove-color'];
    if (exceptions.length > 0) line.push('-e', written('exceptions.yaml', exceptions));
    const found: Record<string, string> = {};
    for (const text of run(line).split('\n')) {
      if (!text.startsWith('{')) continue;
      for (const { policy, rule, result, resources: about } of report.parse(JSON.parse(text)).results)
        for (const { kind, namespace, name: of } of about)
          found[
            `${policy}${rule === undefined ? '' : `/${rule}`} ${kind} ${namespace === undefined ? '' : `${namespace}/`}${of}`
          ] = result;
    }
    verdicts[name] = Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
  const target = fileURLToPath(new URL('verdicts.json', import.meta.url));
  writeFileSync(target, `${JSON.stringify({ kyverno: version, verdicts }, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
