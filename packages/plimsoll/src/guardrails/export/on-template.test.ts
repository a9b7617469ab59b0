import { evaluate, isFault, kubernetes } from '@plimsoll/cel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { podTemplateTypes } from '../evaluate/pod-template-types.ts';
import { podView } from '../evaluate/pod-template.ts';
import { resourceOf } from '../resource-of.fixture.ts';
import { onTemplate } from './on-template.ts';

test.each([
  ['object.spec.containers', 'object.spec.template.spec.containers'],
  ['has(object.spec)', 'has(object.spec.template.spec)'],
  ['object . spec', 'object.spec.template . spec'],
  ['.object.?spec', '.object.spec.template.?spec'],
  ["object['spec'][?'nodeName']", "object.spec.template['spec'][?'nodeName']"],
  ['object.metadata.?labels', 'object.spec.template.metadata.?labels'],
  ['object.metadata.namespace', 'object.metadata.namespace'],
  ['has(object.metadata.namespace)', 'has(object.metadata.namespace)'],
  ['has(object.metadata)', 'has(object.spec.template.metadata)'],
  ['object.kind', "{'apiVersion': 'v1', 'kind': 'Pod'}.kind"],
  [
    'oldObject == null || oldObject.spec == object.spec',
    'oldObject == null || oldObject.spec.template.spec == object.spec.template.spec',
  ],
  ["'object.spec' // object.spec", "'object.spec' // object.spec"],
  ['[1].all(object, object > 0) && object.spec.x', '[1].all(object, object > 0) && object.spec.template.spec.x'],
  ['object.spec.c.all(c, c in object.spec.d)', 'object.spec.template.spec.c.all(c, c in object.spec.template.spec.d)'],
  ['variables.object.spec && request.object.spec', 'variables.object.spec && request.object.spec'],
])('given %s, then in a template it is %s', (source, expected) => {
  expect(onTemplate(source, 'spec.template')).toBe(expected);
});

test.each([
  'object',
  'object == oldObject',
  "'spec' in object",
  'object.metadata',
  'object.metadata == {}',
  '[object]',
])('given %s, which reads the Pod as a whole, then it is not told', (source) => {
  expect(onTemplate(source, 'spec.template')).toEqual({ reason: expect.stringContaining('as a whole') });
});

const text = fc.constantFrom('a', 'b');
const leaf = fc.constantFrom(
  'object.spec.a',
  'object.spec.?a.orValue("none")',
  'object.?spec.?b.orValue("none")',
  'object.kind',
  'object.metadata.namespace',
  'object.metadata.?namespace.orValue("none")',
  'object.metadata.?labels.?a.orValue("none")',
  'object.metadata.name',
  'object["spec"]["b"]',
  'object.?status.?phase.orValue("none")',
);
const condition = fc.oneof(
  fc.tuple(leaf, leaf).map(([left, right]) => `${left} == ${right}`),
  fc.constantFrom(
    'has(object.spec.a)',
    'has(object.metadata.labels)',
    'has(object.status)',
    'has(object.metadata.name)',
  ),
  leaf.map((one) => `["a", "b"].exists(object, object == "a") && ${one} == "a"`),
);
const expressions = fc.array(condition, { minLength: 1, maxLength: 4 }).map((all) => all.join(' || '));
const labels = fc.option(fc.record({ a: text }), { nil: undefined });
const templates = fc.record({
  metadata: fc.record({ labels }, { requiredKeys: [] }),
  spec: fc.record({ a: text, b: text }, { requiredKeys: [] }),
});
const environment = kubernetes('1.36', 'new', { variables: ['object'] });

function valueOf(source: string, object: JsonObject): string {
  const value = evaluate(source, { object }, environment);
  return isFault(value) ? 'error' : String(value);
}

test.each([...podTemplateTypes])(
  'given any expression and template in %s, then it has the value that it has of the Pod',
  (type, path) => {
    const template = path.join('.');
    fc.assert(
      fc.property(expressions, templates, (source, held) => {
        const inside = path.reduceRight(
          (value: JsonObject, key) => ({ [key]: value }),
          JSON.parse(JSON.stringify(held)) as JsonObject,
        );
        const body: JsonObject = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x', namespace: 'shop' }, ...inside };
        const pod = podView({ ...resourceOf(body, 'cluster'), type })?.body ?? {};
        expect(valueOf(String(onTemplate(source, template)), body)).toBe(valueOf(source, pod));
      }),
    );
  },
);
