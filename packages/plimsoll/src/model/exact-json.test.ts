import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExactJson } from './exact-json.ts';

describe('given JSON text', () => {
  test('when an integer is beyond 2⁵³, then it is exact', () => {
    expect(parseExactJson('{"a":9007199254740993,"b":[-9223372036854775808],"c": 12}')).toEqual({
      a: 9007199254740993n,
      b: [-9223372036854775808n],
      c: 12,
    });
  });

  test('when it is an integer beyond 2⁵³ and nothing else, then it is exact', () => {
    expect(parseExactJson('9007199254740993')).toBe(9007199254740993n);
    expect(parseExactJson('-9007199254740993')).toBe(-9007199254740993n);
  });

  test('when an integer is beyond 64 bits, then it is a double', () => {
    expect(parseExactJson('[9223372036854775808, -9223372036854775809]')).toEqual([2 ** 63, -(2 ** 63)]);
  });

  test('when a fraction has many digits, then it is a double', () => {
    expect(parseExactJson('[1.00000000000000001, 12345678901234567e3]')).toEqual([1, 12345678901234567e3]);
  });

  test('when long digits stand in strings, then they are strings', () => {
    expect(parseExactJson('{"12345678901234567890":"x:12345678901234567890"}')).toEqual({
      '12345678901234567890': 'x:12345678901234567890',
    });
  });

  test('when it holds any int64, then no digit is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (numbers) => {
        const parsed = parseExactJson(`[${numbers.join(',')}]`);
        expect(Array.isArray(parsed) && parsed.map((n) => BigInt(n as number | bigint))).toEqual(numbers);
      }),
    );
  });
});
