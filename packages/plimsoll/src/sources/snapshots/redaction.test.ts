import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { each } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { type Redaction, redactionOf, Redactions } from './redaction.ts';

function pod(body: JsonObject, more: Partial<Resource> = {}): Resource {
  const key = { source: 'prod', type: 'core/pods', scope: 'shop', name: 'web' };
  return { ...key, apiVersion: 'v1', kind: 'Pod', uid: null, version: null, body, unseen: [], place: null, ...more };
}

function read(text: string): Redaction {
  const read = redactionOf(text);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

const redact = (resource: Resource, ...texts: string[]) => new Redactions(texts.map(read)).of(resource);

describe('a redaction', () => {
  test.each<[string, Omit<Redaction, 'text'>]>([
    ['core/configmaps:data', { type: 'core/configmaps', steps: ['data'] }],
    ['*:metadata.annotations', { type: '*', steps: ['metadata', 'annotations'] }],
    [
      'apps/*:spec.template.spec.containers[*].env',
      { type: 'apps/*', steps: ['spec', 'template', 'spec', 'containers', each, 'env'] },
    ],
    ['core/pods:metadata.labels["a:b/c"]', { type: 'core/pods', steps: ['metadata', 'labels', 'a:b/c'] }],
  ])('%s is read', (text, expected) => {
    expect(redactionOf(text)).toEqual({ text, ...expected });
  });

  test.each([
    ['', 'write TYPE:FIELD'],
    ['data', 'write TYPE:FIELD'],
    ['configmaps:data', 'write TYPE:FIELD'],
    ['core/:data', 'write TYPE:FIELD'],
    ['core/configmaps:', 'nothing is no field path'],
    ['core/configmaps:data..x', 'data..x is no field path'],
    ['*:metadata', 'nobody knows which resource it is'],
    ['*:metadata.name', 'nobody knows which resource it is'],
    ['*:metadata[*]', 'nobody knows which resource it is'],
    ['*:[*]', 'nobody knows which resource it is'],
    ['*:kind', 'nobody knows which resource it is'],
    ['*:metadata.ownerReferences[0]', 'nobody knows which resource it is'],
  ])('%j is refused', (text, why) => {
    expect(redactionOf(text)).toContain(why);
  });
});

describe('redacting', () => {
  test('leaves a field out and says that it was not kept; what is not there is not named', () => {
    const resource = redact(pod({ spec: { nodeName: 'a', hostname: 'b' } }), 'core/pods:spec.nodeName', '*:data');
    expect(resource.body).toEqual({ spec: { hostname: 'b' } });
    expect(resource.unseen).toEqual(['spec.nodeName']);
  });

  test('goes through lists, and names each field that it found', () => {
    const containers = [{ name: 'a', env: [1] }, { name: 'b' }, { name: 'c', env: [2] }];
    const resource = redact(pod({ spec: { containers } }), '*:spec.containers[*].env');
    expect(resource.body).toEqual({ spec: { containers: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] } });
    expect(resource.unseen).toEqual(['spec.containers[0].env', 'spec.containers[2].env']);
  });

  test('keeps the names of members where each of them is redacted', () => {
    const resource = redact(pod({ data: { a: '1', 'b.c': '2' } }), 'core/*:data[*]');
    expect(resource.body).toEqual({ data: {} });
    expect(resource.unseen).toEqual(['data.a', 'data["b.c"]']);
  });

  test('touches no other type', () => {
    const resource = pod({ data: { a: '1' } });
    expect(redact(resource, 'core/configmaps:data', 'apps/*:data')).toBe(resource);
  });

  test('leaves out other versions, and the hash of what was applied, from which values could be guessed', () => {
    const applied = 'kubectl.kubernetes.io/last-applied-configuration';
    const metadata = { name: 'web', annotations: { [applied]: '{"apiVersion":"v1","hash":"0123"}' } };
    const form = { apiVersion: 'x/v1', kind: 'X', body: { data: 'secret' }, unknown: null };
    const resource = redact(pod({ metadata, data: 'secret' }, { forms: [form] }), '*:data');
    expect(JSON.stringify(resource)).not.toMatch(/secret|0123/);
    expect(resource.forms).toEqual([{ apiVersion: 'x/v1', kind: 'X', body: null, unknown: 'it was redacted' }]);
  });

  test('counts: a redaction that found nothing is idle', () => {
    const redactions = new Redactions([read('*:data'), read('*:datta')]);
    redactions.of(pod({ data: { a: '1' } }));
    expect(redactions.idle.map(({ text }) => text)).toEqual(['*:datta']);
  });

  test('leaves no trace of a value, wherever it stands, and what is left is what was there', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.dictionary(key, fc.dictionary(key, fc.jsonValue())), key, (spec, first) => {
        const marked = { ...spec, [first]: { a: 'the-secret', b: spec[first]?.['b'] ?? null } };
        const { body, unseen } = redact(pod({ spec: marked } as JsonObject), `*:spec.${first}.a`);
        const { a: _, ...others } = marked[first] as JsonObject;
        expect(body).toEqual({ spec: { ...marked, [first]: others } });
        expect(unseen).toEqual([`spec.${first}.a`]);
      }),
    );
  });
});
