import { Ajv2020 } from 'ajv/dist/2020.js';
import { load } from 'js-yaml';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import { configurationJsonSchema, configurationSchema } from './file-schema.ts';
import { configurationReference, exampleConfiguration } from './reference.ts';

const editor = new Ajv2020({ strict: false }).compile(configurationJsonSchema());

describe('the schema of plimsoll.yaml', () => {
  test('given the tables, then the published JSON Schema is what they say (vitest -u writes it)', async () => {
    const text = await format(JSON.stringify(configurationJsonSchema()), { parser: 'json', printWidth: 120 });
    await expect(text).toMatchFileSnapshot('../../../plimsoll.schema.json');
  });

  test('given the tables, then docs/configuration.md is what they say (vitest -u writes it)', async () => {
    const text = await format(configurationReference(), { parser: 'markdown', printWidth: 120 });
    await expect(text).toMatchFileSnapshot('../../../../../docs/configuration.md');
  });

  test.each([
    [exampleConfiguration, true],
    ['sources: [{files: {path: [a, b]}}]', true],
    ['{}', true],
    ['sources: [{}]', false],
    ['sources: [{files: {path: a}, kubernetes: {}}]', false],
    ['sources: [{aws: {}}]', false],
    ['sources: [{files: {}}]', false],
    ['sources: [{kubernetes: {exclude: [pods]}}]', false],
    ['guardrails: builtin:cis', false],
    ['server: {listen: 7070}', false],
    ['server: {listne: ""}', false],
    ['store: ""', false],
  ])('given %j, then editors and the program agree on it: %s', (text, good) => {
    const value: unknown = load(text);
    expect([editor(value), configurationSchema.safeParse(value).success]).toEqual([good, good]);
  });
});
