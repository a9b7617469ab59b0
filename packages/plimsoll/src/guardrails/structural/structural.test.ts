import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../model/json.ts';
import { withDefaults } from './structural-defaults.ts';
import { structuralFaults } from './structural-faults.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { shapeFaults } from './structural-shape.ts';
import { unknownFields } from './structural-unknown.ts';

const text: StructuralSchema = { type: 'string' };
const faults = (value: Json, schema: StructuralSchema) =>
  structuralFaults(value, schema).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('a value that does not fit its schema', () => {
  test.each<[string, Json, StructuralSchema, string]>([
    ['another type', 1, text, ': must be of type string, is 1'],
    ['null', null, text, ': must be of type string, is null'],
    ['a fraction', 1.5, { type: 'integer' }, ': must be of type integer, is 1.5'],
    [
      'neither integer nor string',
      true,
      { 'x-kubernetes-int-or-string': true },
      ': must be an integer or a string, is true',
    ],
    ['none of the enum', 'c', { ...text, enum: ['a', 'b'] }, ': is "c"; there are "a", "b"'],
    ['another pattern', 'c', { ...text, pattern: '^[ab]$' }, ': "c" does not match \'^[ab]$\''],
    ['too short', 'ü', { ...text, minLength: 2 }, ': must have at least 2 characters'],
    ['too long', '😀😀', { ...text, maxLength: 1 }, ': must have at most 1 characters'],
    ['too small', 0, { type: 'integer', minimum: 1 }, ': must be at least 1, is 0'],
    ['just too small', 1, { type: 'integer', minimum: 1, exclusiveMinimum: true }, ': must be greater than 1, is 1'],
    ['too large', 2, { type: 'number', maximum: 1 }, ': must be at most 1, is 2'],
    ['just too large', 1, { type: 'number', maximum: 1, exclusiveMaximum: true }, ': must be less than 1, is 1'],
    ['no multiple', 3, { type: 'integer', multipleOf: 2 }, ': must be a multiple of 2, is 3'],
    ['an item', ['a', 1], { type: 'array', items: text }, '1: must be of type string, is 1'],
    ['too few items', [], { type: 'array', items: text, minItems: 1 }, ': must have at least 1 items'],
    ['too many items', ['a', 'b'], { type: 'array', items: text, maxItems: 1 }, ': must have at most 1 items'],
    [
      'an item twice',
      [{ a: [1] }, { a: [1] }],
      { type: 'array', items: {}, uniqueItems: true },
      ': must not hold an item twice',
    ],
    ['a field', { a: 1 }, { type: 'object', properties: { a: text } }, 'a: must be of type string, is 1'],
    [
      'an additional field',
      { a: 1 },
      { type: 'object', additionalProperties: text },
      'a: must be of type string, is 1',
    ],
    ['nothing where something is required', {}, { type: 'object', required: ['a'] }, 'a: is required'],
    ['too few fields', {}, { type: 'object', minProperties: 1 }, ': must have at least 1 fields'],
    ['too many fields', { a: 1 }, { type: 'object', maxProperties: 0 }, ': must have at most 0 fields'],
    ['what all have to be', 'a', { ...text, allOf: [{ minLength: 2 }] }, ': must have at least 2 characters'],
    [
      'none of any',
      'a',
      { ...text, anyOf: [{ minLength: 2 }, { enum: ['b'] }] },
      ': fits none of the schemas of anyOf',
    ],
    [
      'two of one',
      'a',
      { ...text, oneOf: [{ minLength: 1 }, { enum: ['a'] }] },
      ': does not fit exactly one of the schemas of oneOf',
    ],
    ['what it must not be', 'a', { ...text, not: { enum: ['a'] } }, ': fits the schema of not'],
  ])('given %s, it says so', (_, value, schema, message) => {
    expect(faults(value, schema)).toEqual([message]);
  });

  test.each<[string, Json, StructuralSchema]>([
    ['null where it may be', null, { ...text, nullable: true }],
    ['an integer for a number', 1, { type: 'number' }],
    ['an integer beyond 2⁵³', 9007199254740993n, { type: 'integer', minimum: 0 }],
    ['an integer or a string', '1', { 'x-kubernetes-int-or-string': true }],
    ['whatever it is where nothing is said', { a: [null] }, {}],
  ])('given %s, it says nothing', (_, value, schema) => {
    expect(faults(value, schema)).toEqual([]);
  });
});

describe('defaults', () => {
  const inner: StructuralSchema = { type: 'object', properties: { b: { ...text, default: 'x' } } };
  // apiextensions-apiserver pkg/apiserver/schema/defaulting/algorithm_test.go
  test.each<[string, Json, StructuralSchema, Json]>([
    ['a field that is not there', {}, inner, { b: 'x' }],
    ['a field that is there', { b: 'y' }, inner, { b: 'y' }],
    ['a null that may not be one', { b: null }, inner, { b: 'x' }],
    ['inside of what is there', { a: {} }, { properties: { a: inner } }, { a: { b: 'x' } }],
    ['nothing inside of what is not', {}, { properties: { a: inner } }, {}],
    ['inside of a default', {}, { properties: { a: { ...inner, default: {} } } }, { a: { b: 'x' } }],
    ['in the items of a list', [{}, { b: 'y' }], { items: inner }, [{ b: 'x' }, { b: 'y' }]],
    ['in additional fields', { k: {} }, { additionalProperties: inner }, { k: { b: 'x' } }],
  ])('given %s', (_, value, schema, result) => {
    expect(withDefaults(value, schema)).toEqual(result);
  });

  test('given any value, filling them in again changes nothing, and keeps what was there', () => {
    const schema: StructuralSchema = { properties: { a: { ...inner, default: {} }, c: { items: inner } } };
    const value = fc.record(
      {
        a: fc.oneof(fc.constant(null), fc.record({ b: fc.string() }, { requiredKeys: [] })),
        c: fc.array(fc.record({ b: fc.string() }, { requiredKeys: [] })),
        d: fc.integer(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(value, (given) => {
        const once = withDefaults(given, schema);
        expect(withDefaults(once, schema)).toEqual(once);
        expect(once).toMatchObject(given.a === null ? { ...given, a: {} } : given);
      }),
    );
  });
});

describe('unknown fields', () => {
  const schema: StructuralSchema = {
    properties: { a: { properties: { b: text } }, list: { items: { properties: { b: text } } } },
  };
  test.each<[string, Json, StructuralSchema, readonly string[]]>([
    ['beside known ones', { a: { b: '', c: 1 }, d: 1 }, schema, ['a.c', 'd']],
    ['in the items of a list', { list: [{ b: '' }, { c: 1 }] }, schema, ['list.1.c']],
    ['in what keeps them', { d: { e: 1 } }, { ...schema, 'x-kubernetes-preserve-unknown-fields': true }, []],
    [
      'in what is known of what keeps them',
      { a: { c: 1 } },
      { ...schema, 'x-kubernetes-preserve-unknown-fields': true },
      ['a.c'],
    ],
    ['in additional fields', { k: { b: '', c: 1 } }, { additionalProperties: { properties: { b: text } } }, ['k.c']],
    ['in additional fields of which nothing is said', { k: { b: 1 } }, { additionalProperties: true }, ['k.b']],
    ['an embedded resource', { kind: '', x: 1 }, { 'x-kubernetes-embedded-resource': true }, ['x']],
  ])('given some %s', (_, value, of, paths) => {
    expect(unknownFields(value, of).map(({ path }) => path.join('.'))).toEqual(paths);
  });
});

describe('the shape of a schema', () => {
  test.each<[string, StructuralSchema, readonly string[]]>([
    ['a structural one', { type: 'object', properties: { a: { type: 'array', items: text } } }, []],
    ['no type', { properties: { a: {} } }, ['type', 'properties.a.type']],
    ['an unknown type', { type: 'text' }, ['type']],
    ['a list of what', { type: 'array' }, ['items']],
    [
      'both kinds of properties',
      { type: 'object', properties: { a: text }, additionalProperties: text },
      ['additionalProperties'],
    ],
    ['a pattern that is none', { ...text, pattern: '(' }, ['pattern']],
    ['a default that does not fit', { type: 'array', items: text, default: ['a', 1] }, ['default.1']],
    ['an integer or a string', { 'x-kubernetes-int-or-string': true }, []],
  ])('given %s', (_, schema, paths) => {
    expect(shapeFaults(schema).map(({ path }) => path.join('.'))).toEqual(paths);
  });
});
