import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { kyvernoPage } from './kyverno-page.ts';

const page = join(import.meta.dirname, '../docs/kyverno.md');

describe('docs/kyverno.md', () => {
  it('names every function that the checker knows of Kyverno’s (vitest -u writes it)', async () => {
    const config = await resolveConfig(page);
    await expect(await format(kyvernoPage(), { ...config, parser: 'markdown' })).toMatchFileSnapshot(page);
  });
});
