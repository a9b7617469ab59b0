import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patched, pointerOf } from './json-patch.ts';

describe('patched', () => {
  const body = { a: { 'b/c~d': [1, 2, 3] }, e: null };

  it.each([
    [
      { op: 'add', path: '/a/f', value: {} },
      { a: { 'b/c~d': [1, 2, 3], f: {} }, e: null },
    ],
    [
      { op: 'replace', path: '/e', value: 1 },
      { a: { 'b/c~d': [1, 2, 3] }, e: 1 },
    ],
    [{ op: 'remove', path: '/a' }, { e: null }],
    [
      { op: 'remove', path: '/a/b~1c~0d/1' },
      { a: { 'b/c~d': [1, 3] }, e: null },
    ],
    [
      { op: 'add', path: '/a/b~1c~0d/-', value: 4 },
      { a: { 'b/c~d': [1, 2, 3, 4] }, e: null },
    ],
    [
      { op: 'add', path: '/a/b~1c~0d/0', value: 0 },
      { a: { 'b/c~d': [0, 1, 2, 3] }, e: null },
    ],
    [
      { op: 'replace', path: '/a/b~1c~0d/2', value: 9 },
      { a: { 'b/c~d': [1, 2, 9] }, e: null },
    ],
    [{ op: 'replace', path: '/none', value: 1 }, null],
    [{ op: 'remove', path: '/a/b~1c~0d/3' }, null],
    [{ op: 'remove', path: '/a/b~1c~0d/-' }, null],
    [{ op: 'add', path: '/a/none/x', value: 1 }, null],
    [{ op: 'add', path: '/a/b~1c~0d/01', value: 1 }, null],
  ] as const)('by %j', (operation, expected) => {
    expect(patched(body, [operation])).toEqual(expected);
  });

  it('finds what pointerOf points to, whatever the names are', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (names) => {
        const made = names.reduceRight<object>((inner, name) => Object.fromEntries([[name, inner]]), {});
        const set = patched(made as never, [{ op: 'replace', path: pointerOf(names), value: 'x' }]);
        expect(names.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], set)).toBe('x');
      }),
    );
  });
});
