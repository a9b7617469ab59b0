import { readdirSync } from 'node:fs';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { sourceKinds } from './registry.ts';
import { optionsOf, sourcesReference } from './reference.ts';

describe('the registry of sources', () => {
  it('names every folder under sources/, sorted, by its id', () => {
    const modules = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('/index.ts'),
    );
    expect(Object.keys(sourceKinds)).toEqual(modules.map((path) => path.slice(0, path.indexOf('/'))).sort());
    expect(Object.values(sourceKinds).map(({ id }) => id)).toEqual(Object.keys(sourceKinds));
  });

  it.each(Object.values(sourceKinds))('$id says what every option means, and what it needs', ({ options, needs }) => {
    expect(optionsOf(options).filter(([, doc]) => doc === '')).toEqual([]);
    expect(needs).not.toEqual([]);
  });

  it.each(Object.values(sourceKinds))('$id refuses an option that it does not know', ({ options }) => {
    expect(options.safeParse({ path: '.', contextt: 'x' })).toMatchObject({ success: false });
  });

  it('given the registry, then docs/sources.md is what it says (vitest -u writes it)', async () => {
    const text = await format(sourcesReference(), { parser: 'markdown', printWidth: 120, proseWrap: 'preserve' });
    await expect(text).toMatchFileSnapshot('../../../../docs/sources.md');
  });
});
