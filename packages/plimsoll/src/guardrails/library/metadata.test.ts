import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { readFrameworks } from './frameworks.ts';
import { presetTable, presetsOf } from './preset-table.ts';
import { libraryFolder, readLibrary } from './read-library.ts';
import { runCases } from './run-cases.ts';

const library = readLibrary(libraryFolder);
const frameworks = readFrameworks();

describe.each(library.map((entry) => [entry.name, entry] as const))('guardrail %s', (name, entry) => {
  const { results } = runCases(entry);

  test('is named as its folder, within its category', () => {
    expect(entry.variants.map(({ reference }) => reference.name)).toEqual(entry.variants.map(() => name));
    expect(entry.variants.map(({ categories }) => categories[0])).toEqual(entry.variants.map(() => entry.category));
    expect(name.startsWith(`${entry.category}-`)).toBe(true);
  });

  test('says what it is about, and what goes wrong when it is left', () => {
    expect(entry.variants.filter(({ title }) => !/^.{5,70}$/.test(title ?? ''))).toEqual([]);
    expect(entry.variants.filter(({ description }) => !/^\S.{60,}[.)]$/s.test(description ?? ''))).toEqual([]);
    expect(entry.variants.map(({ severityKnown }) => severityKnown)).not.toContain(false);
  });

  test('is mapped to ids that the frameworks have', () => {
    const unknown = entry.variants.flatMap((policy) =>
      Object.entries(policy.frameworks).flatMap(([framework, ids]) =>
        ids.filter((id) => frameworks.get(framework)?.ids[id] === undefined).map((id) => `${framework} ${id}`),
      ),
    );
    expect(unknown).toEqual([]);
  });

  test('has cases that pass and fail for each variant, and fail each validation', () => {
    const shown = entry.variants.map((_, variant) => {
      const own = results.filter((result) => result.variant === variant);
      return {
        pass: own.some(({ outcome }) => outcome === 'pass'),
        fail: own.some(({ outcome }) => outcome === 'fail'),
      };
    });
    expect(shown).toEqual(entry.variants.map(() => ({ pass: true, fail: true })));
    const newest = entry.variants.length - 1;
    const violated = new Set(results.flatMap((result) => (result.variant === newest ? result.violated : [])));
    expect(
      entry.variants[newest]?.validations.filter((_, index) => !violated.has(index)).map(({ message }) => message),
    ).toEqual([]);
  });

  test('names a remedy in every message', () => {
    const said = results.flatMap(({ messages }) => messages);
    expect(said.filter((message) => !/[^.]\. (?:[A-Z][a-z]+|[a-z]+)\b/.test(message))).toEqual([]);
    expect(entry.variants.flatMap(({ validations }) => validations.filter(({ message }) => message === null))).toEqual(
      [],
    );
  });

  test('is unknown, in a case, where what it looks up cannot be listed', () => {
    const unknown = results.filter(({ outcome }) => outcome === 'unknown').map(({ variant }) => variant);
    const looksUp = entry.variants.flatMap(({ lookups }, index) => (lookups.length > 0 ? [index] : []));
    expect(looksUp.filter((index) => !unknown.includes(index))).toEqual([]);
  });
});

describe('the library', () => {
  test('has no two guardrails of one name, nor of one title', () => {
    const titles = library.map(({ variants }) => variants.at(-1)?.title);
    expect(library.length).toBe(new Set(library.map(({ name }) => name)).size);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });

  test('has presets with a purpose and at least ten guardrails', () => {
    const wrong = presetsOf(library).filter(({ purpose, guardrails }) => purpose === '' || guardrails.length < 10);
    expect(wrong).toEqual([]);
  });

  test('given the metadata, then guardrails/presets.yaml is what it says (vitest -u writes it)', async () => {
    const text = await format(presetTable(library), { parser: 'yaml', printWidth: 120, singleQuote: true });
    await expect(text).toMatchFileSnapshot('../../../../../guardrails/presets.yaml');
  });
});
