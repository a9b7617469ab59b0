import { Oracle, testClusterOrSkip } from '@plimsoll/testcluster';
import { afterAll, describe, expect, it } from 'vitest';
import { schemaType } from '../check/schema/schema-type.ts';
import { types } from '../index.ts';
import { kubernetes } from '../environment/environment.ts';
import { comparable, ours, theirs } from './checker-oracle.ts';
import { everySchema, rules } from './schema-rules.ts';

const oracle = await testClusterOrSkip(() => Oracle.start('cel'));
const self = schemaType(everySchema, 'schema.self');
const environment = kubernetes('1.36', 'stored', { variables: ['self'], types: { self: self?.type ?? types.dyn } });
const schemas = new Map(self === null ? [] : [['self', self.declared]]);
const settings = { version: '1.36', mode: 'stored', schemas: { self: everySchema } } as const;

afterAll(() => oracle?.close());

describe.skipIf(oracle === undefined)('given a variable with a schema', () => {
  it.each(rules)('%s: types, faults and the estimated cost are cel-go’s', async (rule) => {
    if (oracle === undefined) return;
    const expected = comparable(await theirs(oracle, rule, settings));
    expect(comparable(ours(rule, environment, schemas))).toBe(expected);
  });
});
