import { sharedTestCluster } from '@plimsoll/testcluster';
import { describe, expect, it } from 'vitest';
import { checkRules } from '../check/schema/crd-rules.ts';
import type { OpenApiSchema } from '../check/schema/open-api-schema.ts';
import { kubernetes } from '../environment/environment.ts';
import { refusals } from './crd-server.ts';

const cluster = await sharedTestCluster();
const environment = kubernetes('1.36', 'new');

const text = { type: 'string' };
const texts = { type: 'array', items: text };
const rule = (...rules: string[]) => ({ 'x-kubernetes-validations': rules.map((source) => ({ rule: source })) });
const crd = (spec: OpenApiSchema): OpenApiSchema => ({ type: 'object', properties: { spec } });

/** Schemas with rules, by what is wrong with them. */
const schemas: readonly (readonly [string, OpenApiSchema])[] = [
  ['nothing', crd({ type: 'object', properties: { a: text }, ...rule('self.a.size() > 1', '!has(self.a)') })],
  [
    'a field that is not there',
    crd({ type: 'object', properties: { containers: texts }, ...rule('self.container == []') }),
  ],
  ['no bool', crd({ type: 'object', properties: { a: text }, ...rule('self.a') })],
  ['metadata beyond its name', { type: 'object', properties: { spec: text }, ...rule('self.metadata.labels == {}') }],
  ['metadata’s name', { type: 'object', properties: { spec: text }, ...rule("self.metadata.name.startsWith('a')") }],
  ['a loop in a loop over lists without end', crd({ ...texts, ...rule('self.all(x, self.all(y, x == y))') })],
  [
    'the same with bounds',
    crd({ type: 'array', maxItems: 10, items: { ...text, maxLength: 5 }, ...rule('self.all(x, self.all(y, x == y))') }),
  ],
  [
    'bounds that are not enough',
    crd({
      type: 'array',
      maxItems: 900,
      items: { ...text, maxLength: 200 },
      ...rule('self.all(x, self.all(y, x == y))'),
    }),
  ],
  [
    'a rule on elements of a list without end',
    crd({ type: 'array', items: { ...text, ...rule("self.matches('^a+$')") } }),
  ],
  [
    'a rule on elements of bounded lists in bounded maps',
    crd({
      type: 'object',
      maxProperties: 10,
      additionalProperties: {
        type: 'array',
        maxItems: 50,
        items: { ...text, maxLength: 30, ...rule("self.contains('a')") },
      },
    }),
  ],
  [
    'many rules that cost too much together',
    crd({
      type: 'array',
      maxItems: 300,
      items: { ...text, maxLength: 40 },
      ...rule(...Array.from({ length: 200 }, (_, i) => `self.all(x, self.all(y, x == y || ${i} == 1))`)),
    }),
  ],
  ['oldSelf in a list', crd({ type: 'array', maxItems: 3, items: { type: 'integer', ...rule('self >= oldSelf') } })],
  [
    'oldSelf in a map list',
    crd({
      type: 'array',
      maxItems: 3,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
      items: {
        type: 'object',
        required: ['k'],
        properties: { k: text, n: { type: 'integer', ...rule('self >= oldSelf') } },
      },
    }),
  ],
  [
    'oldSelf in an atomic map',
    crd({
      type: 'object',
      'x-kubernetes-map-type': 'atomic',
      properties: { n: { type: 'integer', ...rule('self >= oldSelf') } },
    }),
  ],
  [
    'optionalOldSelf without oldSelf',
    crd({ type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 1', optionalOldSelf: true }] }),
  ],
  [
    'optionalOldSelf',
    crd({
      type: 'integer',
      'x-kubernetes-validations': [{ rule: 'oldSelf.orValue(0) < self', optionalOldSelf: true }],
    }),
  ],
  [
    'a message that is no text',
    crd({ type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 1', messageExpression: 'self' }] }),
  ],
  [
    'a message that costs too much',
    crd({
      type: 'array',
      items: text,
      'x-kubernetes-validations': [
        { rule: 'self.size() > 1', messageExpression: "self.map(x, self.map(y, x + y).join('')).join('')" },
      ],
    }),
  ],
  [
    'types that do not fit',
    crd({
      type: 'object',
      properties: { a: text, n: { type: 'integer' }, p: { 'x-kubernetes-int-or-string': true } },
      ...rule("self.a + self.n == ''", 'self.p > 5', 'self.n > 1.5', "self.n in ['a']"),
    }),
  ],
  [
    'names with dashes',
    crd({
      type: 'object',
      properties: { 'a-b': text, namespace: text },
      ...rule("self.a__dash__b == self.namespace && self.__namespace__ != ''", 'self.a-b'),
    }),
  ],
  [
    'quantities of text without end',
    crd({
      type: 'object',
      properties: { q: text },
      ...rule('quantity(self.q).isGreaterThan(quantity("1"))', 'isQuantity(self.q)'),
    }),
  ],
  ['a pattern that is none', crd({ ...text, ...rule("self.matches('(')", "self.find('(') == ''") })],
];

describe.skipIf(cluster === undefined)(
  'given a CRD, the API server and we refuse its rules for the same reasons',
  () => {
    it.each(schemas)('%s', async (_, schema) => {
      if (cluster === undefined) return;
      const found = checkRules(schema, environment).map(({ path, message }) => `${path}: ${message}`);
      expect(found.toSorted()).toEqual(await refusals(cluster, schema));
    });
  },
);
