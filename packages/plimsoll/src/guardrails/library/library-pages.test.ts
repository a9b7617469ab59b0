import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { readFrameworks } from './frameworks.ts';
import { guardrailPage } from './guardrail-page.ts';
import { knownCategories, libraryIndex } from './library-index.ts';
import { presetsOf } from './preset-table.ts';
import { libraryFolder, readLibrary } from './read-library.ts';

const library = readLibrary(libraryFolder);
const frameworks = readFrameworks();
const presets = presetsOf(library);
const docs = '../../../../../docs/guardrails';
const markdown = (text: string) => format(text, { parser: 'markdown', printWidth: 120, singleQuote: true });

describe('docs/guardrails (vitest -u writes it)', () => {
  test.each(library.map((entry) => [entry.name, entry] as const))('%s is what its folder says', async (name, entry) => {
    const within = presets.filter(({ guardrails }) => guardrails.includes(name)).map((preset) => preset.name);
    await expect(await markdown(guardrailPage(entry, within, frameworks))).toMatchFileSnapshot(`${docs}/${name}.md`);
  });

  test('has an index of every guardrail', async () => {
    await expect(await markdown(libraryIndex(library, frameworks))).toMatchFileSnapshot(`${docs}/README.md`);
    expect(library.filter(({ category }) => !knownCategories.includes(category))).toEqual([]);
  });

  test('has no page of a guardrail that is gone', () => {
    const pages = readdirSync(fileURLToPath(new URL(`${docs}/`, import.meta.url)));
    expect(pages.toSorted()).toEqual(['README.md', ...library.map(({ name }) => `${name}.md`)].toSorted());
  });
});
