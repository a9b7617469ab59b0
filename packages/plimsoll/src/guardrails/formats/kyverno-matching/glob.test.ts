import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globMatches } from './glob.ts';

/** Some of kyverno's ext/wildcard/match_test.go. */
describe("Kyverno's patterns", () => {
  test.each([
    ['*', 's3:GetObject', true],
    ['', 's3:GetObject', false],
    ['', '', true],
    ['s3:*', 's3:ListMultipartUploadParts', true],
    ['s3:ListBucketMultipartUploads', 's3:ListBucket', false],
    ['my-bucket/In*Ka*', 'my-bucket/India/Karnataka', true],
    ['my-bucket/In*Ka*Ban', 'my-bucket/India/Karnataka/Ban/Ban/Ban', true],
    ['my-bucket/In*Ka*Ban', 'my-bucket/India/Karnataka/Bangalore', false],
    ['my-bucket?/abc*', 'mybucket/abc', false],
    ['my-bucket?/abc*', 'my-bucket1/abc', true],
    ['my??bucket/abc*', 'mybucket/abc', false],
    ['my??bucket/abc*', 'my4abucket/abc', true],
    ['my-bucket/abc?', 'my-bucket/abc', false],
    ['my-bucket/abc?', 'my-bucket/abcde', false],
    ['my-bucket/mnop*?', 'my-bucket/mnop', false],
    ['my-bucket/mnop*?', 'my-bucket/mnopqrst/mnopqrs', true],
  ])('%s on %s', (pattern, text, matches) => {
    expect(globMatches(pattern, text)).toBe(matches);
  });

  test('agree with the regular expression that they stand for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/') });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?') });
    fc.assert(
      fc.property(pattern, text, (glob, word) => {
        const same = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
        expect(globMatches(glob, word)).toBe(same.test(word));
      }),
    );
  });

  test('takes no time that explodes', () => {
    expect(globMatches(`${'*a'.repeat(200)}b`, 'a'.repeat(2000))).toBe(false);
  });
});
