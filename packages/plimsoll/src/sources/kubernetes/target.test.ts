import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBehind, isLate } from './target.ts';

describe('the versions of a watch', () => {
  it('order events by number', () => {
    const version = fc.bigInt({ min: 1n, max: 10n ** 20n });
    fc.assert(
      fc.property(version, version, (event, cursor) => {
        expect(isLate(String(event), String(cursor))).toBe(event < cursor);
        expect(isBehind(String(event), String(cursor))).toBe(event < cursor);
      }),
    );
  });

  it.each([
    [null, '5'],
    ['5', null],
    ['abc', '5'],
    ['5', 'abc'],
    ['0', '5'],
  ])('say nothing where one is no number: %s at %s', (event, cursor) => {
    expect(isLate(event, cursor)).toBe(false);
  });
});
