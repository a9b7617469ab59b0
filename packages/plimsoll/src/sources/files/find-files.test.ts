import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findFiles } from './find-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), '');
  }
}

test('the cases of a guardrail are no manifests, and a file of that name alone is one', async () => {
  write('library/a/guardrail.yaml', 'library/a/cases.yaml', 'library/waivers.yaml', 'apps/cases.yaml');
  const found = await Array.fromAsync(findFiles(folder));
  expect(found.map((file) => relative(folder, String(file)))).toEqual([
    'apps/cases.yaml',
    'library/a/guardrail.yaml',
    'library/waivers.yaml',
  ]);
});
