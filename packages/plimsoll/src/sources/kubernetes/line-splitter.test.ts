import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

function chunked(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let from = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(from, from + size));
    from += size;
  }
  return [...chunks, bytes.subarray(from)];
}

describe('given a stream of lines', () => {
  test('when it comes in any chunks, then the same lines come out', () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\n'));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(20)), (lines, sizes) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const splitter = new LineSplitter(1_000_000);
        expect(chunked(bytes, sizes).flatMap((chunk) => splitter.push(chunk).map(String))).toEqual(lines);
        expect(String(splitter.rest())).toBe('');
      }),
    );
  });

  test('when the last line is not ended, then it is the rest', () => {
    const splitter = new LineSplitter(100);
    expect(splitter.push(Buffer.from('{"a":1}\n\n{"b"')).map(String)).toEqual(['{"a":1}']);
    expect(String(splitter.rest())).toBe('{"b"');
  });

  test('when a line exceeds the limit, then it is refused', () => {
    const splitter = new LineSplitter(10);
    expect(splitter.push(Buffer.from('12345678'))).toEqual([]);
    expect(() => splitter.push(Buffer.from('9012'))).toThrow(RangeError);
  });
});
