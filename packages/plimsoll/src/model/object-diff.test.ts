import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applied } from './applied-diff.fixture.ts';
import type { Json } from './json.ts';
import { objectDiff } from './object-diff.ts';

const containers = (...items: Json[]): Json => ({ spec: { containers: items } });

describe('a difference', () => {
  test('is found by members, and by the key that Kubernetes merges a list by', () => {
    const from = containers({ name: 'a', image: 'x:1' }, { name: 'b', image: 'y:1' });
    const to = containers({ name: 'b', image: 'y:2', tty: true }, { name: 'a', image: 'x:1' }, { name: 'c' });
    const path = ['spec', 'containers'];
    expect(objectDiff(from, to)).toEqual([
      { operation: 'changed', path: [...path, { key: { name: 'b' } }, 'image'], from: 'y:1', to: 'y:2' },
      { operation: 'added', path: [...path, { key: { name: 'b' } }, 'tty'], to: true },
      { operation: 'added', path: [...path, { key: { name: 'c' } }], to: { name: 'c' } },
      { operation: 'reordered', path, order: [1, 0, 2] },
    ]);
  });

  test('of ports goes by port and protocol, which may be left out', () => {
    const from = { ports: [{ port: 53, protocol: 'UDP' }, { port: 53 }] };
    const to = {
      ports: [
        { port: 53, protocol: 'UDP' },
        { port: 53, targetPort: 5353 },
      ],
    };
    expect(objectDiff(from, to)).toEqual([
      { operation: 'added', path: ['ports', { key: { port: 53, protocol: null } }, 'targetPort'], to: 5353 },
    ]);
  });

  test('of a list without keys is what lies between the ends that are alike', () => {
    expect(objectDiff({ args: ['a', 'b', 'c', 'd'] }, { args: ['a', 'x', 'd'] })).toEqual([
      { operation: 'spliced', path: ['args', 1], from: ['b', 'c'], to: ['x'] },
    ]);
    expect(objectDiff({ rules: [{ verbs: ['get'] }] }, { rules: [{ verbs: ['get', 'list'] }] })).toEqual([
      { operation: 'spliced', path: ['rules', 0, 'verbs', 1], from: [], to: ['list'] },
    ]);
  });

  test('is told of what is null, absent, an integer or its text', () => {
    expect(objectDiff({ a: null }, {})).toEqual([{ operation: 'removed', path: ['a'], from: null }]);
    expect(objectDiff({ a: 1 }, { a: '1' })).toEqual([{ operation: 'changed', path: ['a'], from: 1, to: '1' }]);
    expect(objectDiff({ a: 2n ** 60n }, { a: 2n ** 60n })).toEqual([]);
  });
});

describe('for whatever two values', () => {
  const scalar = fc.oneof(
    fc.constantFrom<Json>(null, true, 'a', 'b', 0, 1),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 54n }),
  );
  const field = fc.constantFrom('name', 'port', 'protocol', 'image', 'containers', 'ports', 'args', '__proto__', 'a');
  const { value } = fc.letrec<{ value: Json; object: Json; list: Json }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, scalar, tie('object'), tie('list')),
    object: fc
      .uniqueArray(fc.tuple(field, tie('value')), { selector: ([name]) => name, maxLength: 4 })
      .map((all) => Object.fromEntries(all)),
    list: fc.oneof(
      fc.array(tie('value'), { maxLength: 4 }),
      // Elements as Kubernetes has them, each with a name of its own, in any order.
      fc
        .uniqueArray(fc.tuple(fc.constantFrom('p', 'q', 'r', 's'), tie('value')), {
          selector: ([name]) => name,
          maxLength: 4,
        })
        .map((items) => items.map(([name, image]) => ({ name, image }))),
    ),
  }));

  test('the differences, applied to the first, give the second', () => {
    fc.assert(
      fc.property(value, value, (from, to) => {
        expect(applied(objectDiff(from, to), from)).toEqual(to);
      }),
      { numRuns: 3000 },
    );
  });

  test('there is none exactly where they are equal', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(objectDiff(a, a)).toEqual([]);
        expect(objectDiff(a, b).length === 0).toBe(isDeepStrictEqual(a, b));
      }),
      { numRuns: 1000 },
    );
  });
});
