import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversParts, eitherParts, noParts, partsUnder, takeParts } from './json-parts.ts';
import type { Json } from './json.ts';

const pod: Json = {
  metadata: { name: 'web', labels: { app: 'web', tier: 'front' } },
  spec: { volumes: [{ name: 'a', secret: { secretName: 's' } }, { name: 'b' }, 'odd'], nodeName: 'n' },
};

const words = (text: string): readonly string[][] =>
  text === '' ? [] : text.split(' ').map((path) => (path === '.' ? [] : path.split('.')));

describe('parts of a value', () => {
  it.each<readonly [string, Json]>([
    ['', {}],
    ['.', pod],
    ['metadata.name', { metadata: { name: 'web' } }],
    ['metadata.labels.*', { metadata: { labels: { app: 'web', tier: 'front' } } }],
    ['metadata.labels.app metadata.missing.x', { metadata: { labels: { app: 'web' } } }],
    ['spec.volumes.*.name', { spec: { volumes: [{ name: 'a' }, { name: 'b' }, 'odd'] } }],
    ['spec.volumes.none', { spec: { volumes: [{}, {}, 'odd'] } }],
    ['spec.nodeName.deeper', { spec: { nodeName: 'n' } }],
    ['spec.*.x spec.volumes.*.name', { spec: { volumes: [{ name: 'a' }, { name: 'b' }, 'odd'], nodeName: 'n' } }],
  ])('under %j', (paths, expected) => {
    expect(takeParts(pod, partsUnder(words(paths)))).toEqual(expected);
  });

  it('a member of the name __proto__ is one like any other', () => {
    const value = JSON.parse('{"__proto__": {"a": 1}, "b": 2}') as Json;
    expect(JSON.stringify(takeParts(value, partsUnder([['__proto__', 'a']])))).toBe('{"__proto__":{"a":1}}');
  });
});

const name = fc.constantFrom('a', 'b', '*');
const pathsOf = fc.array(fc.array(name, { maxLength: 3 }), { maxLength: 4 });
const value = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(1, 'x', null),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('node'), { maxKeys: 3 }),
  ),
})).node;

describe('parts together', () => {
  it('what either takes is what the paths of both take, and covers both', () => {
    fc.assert(
      fc.property(pathsOf, pathsOf, value, (a, b, json) => {
        const [one, other] = [partsUnder(a), partsUnder(b)];
        const both = eitherParts(one, other);
        expect(takeParts(json, both)).toEqual(takeParts(json, partsUnder([...a, ...b])));
        expect([coversParts(both, one), coversParts(both, other)]).toEqual([true, true]);
      }),
    );
  });

  it('of what covers others those can be taken', () => {
    fc.assert(
      fc.property(pathsOf, pathsOf, value, (a, b, json) => {
        const [one, other] = [partsUnder(a), partsUnder(b)];
        fc.pre(coversParts(one, other));
        expect(takeParts(takeParts(json, one), other)).toEqual(takeParts(json, other));
      }),
    );
  });

  it('all covers nothing, and nothing does not cover all', () => {
    expect([coversParts('whole', noParts), coversParts(noParts, 'whole'), coversParts(noParts, noParts)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});
