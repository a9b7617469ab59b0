import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExactJson } from '../../model/exact-json.ts';
import type { Json } from '../../model/json.ts';
import { parseWithoutFieldSets } from './field-sets.ts';
import { reduceObject } from './reduce.ts';

const pods = { source: 's', type: 'core/pods', apiVersion: 'v1', kind: 'Pod', metadataOnly: false };
const itself = (parsed: Json): readonly Json[] => [parsed];
const read = (text: string): Json => parseWithoutFieldSets(Buffer.from(text), itself);

/** Keys as server-side apply makes them: fields, keys and values of lists, with quotes, braces and backslashes. */
const fieldKey = fc.oneof(
  fc.constantFrom('.', 'f:metadata', 'k:{"name":"a","x":"}"}', 'v:"}],\\"{"', 'f:"fieldsV1":{'),
  fc.string({ unit: 'grapheme' }).map((word) => `f:${word}`),
);
const { set: fieldSet } = fc.letrec((tie) => ({
  set: fc.dictionary(fieldKey, fc.oneof({ depthSize: 'small' }, fc.constant({}), tie('set')), { maxKeys: 4 }),
}));
const manager = fc.record({
  manager: fc.string(),
  operation: fc.constant('Apply'),
  fieldsType: fc.constant('FieldsV1'),
  fieldsV1: fieldSet,
  subresource: fc.constant('status'),
});
const object = fc.record({
  metadata: fc.record({ name: fc.constant('a'), managedFields: fc.array(manager, { maxLength: 3 }) }),
  spec: fc.oneof(fc.jsonValue(), fc.record({ fieldsV1: fieldSet }), fc.array(manager)),
});

describe('given an object with managed fields', () => {
  test('when it is read without their sets, then it reduces to what it reduces to with them', () => {
    fc.assert(
      fc.property(object, (one) => {
        const text = JSON.stringify(one);
        expect(reduceObject(read(text), pods)).toEqual(reduceObject(parseExactJson(text), pods));
      }),
    );
  });

  test('when only they have sets, then those are not read', () => {
    const text = '{"metadata":{"name":"a","managedFields":[{"manager":"m","fieldsV1":{"f:a":{}}}]},"spec":{"b":1}}';
    expect(read(text)).toEqual({
      metadata: { name: 'a', managedFields: [{ manager: 'm', fieldsV1: expect.any(String) }] },
      spec: { b: 1 },
    });
  });

  test('when another object stands in its spec, then that one keeps its sets', () => {
    const text = '{"metadata":{"name":"a","managedFields":[]},"spec":{"managedFields":[{"fieldsV1":{"f:a":{}}}]}}';
    expect(read(text)).toEqual(JSON.parse(text));
  });

  test('when a longer key ends like the one of a set, then it is kept', () => {
    const text = '{"metadata":{"managedFields":[{"\\"fieldsV1":{"f:a":{}}}]}}';
    expect(read(text)).toEqual(JSON.parse(text));
  });
});

test('given a text that is cut within a set, then it is no JSON', () => {
  expect(() => read('{"metadata":{"managedFields":[{"fieldsV1":{"f:a":{')).toThrow(SyntaxError);
});
