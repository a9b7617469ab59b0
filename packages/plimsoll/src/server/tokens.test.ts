import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holderOf, parseTokens } from './tokens.ts';

const token = '0123456789abcdef';

describe('a token file', () => {
  test('given names and tokens, comments and empty lines, then there is a holder a line, and no token is kept', () => {
    const { holders, faults } = parseTokens(
      `# ours\n\nci:${token}\r\n  alice@example.org:${token}==  \nci:${token}2\n`,
    );
    expect([holders.map(({ name }) => name), faults]).toEqual([['ci', 'alice@example.org', 'ci'], []]);
    expect(JSON.stringify(holders)).not.toContain(token);
  });

  test.each([
    ['', 1, 'there is no token'],
    ['# a\n', 1, 'there is no token'],
    [token, 1, 'expected NAME:TOKEN'],
    [`\n:${token}`, 2, 'the name before the colon is none'],
    [`a b:${token}`, 1, 'the name before the colon is none'],
    ['ci:short', 1, 'the token of ci is shorter than 16 characters'],
    [`ci:${token} ${token}`, 1, 'the token of ci holds what no bearer token may'],
    [`ci: ${token}`, 1, 'the token of ci holds what no bearer token may'],
  ])('given %j, then line %d: %s', (text, line, message) => {
    expect(parseTokens(text).faults).toEqual([{ line, message: expect.stringContaining(message) }]);
  });

  test('given any tokens, then each is its holder’s, and a fault never tells a token', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9._~+/-]{16,40}$/);
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1 }), word, (tokens, other) => {
        const { holders } = parseTokens(tokens.map((one, index) => `n${index}:${one}`).join('\n'));
        expect(tokens.map((one) => holderOf(`Bearer ${one}`, holders)?.name)).toEqual(tokens.map((_, i) => `n${i}`));
        expect(holderOf(`Bearer ${other}!`, holders)).toBe(null);
        expect(JSON.stringify(parseTokens(tokens.join('\n')).faults)).not.toContain(tokens[0]);
      }),
    );
  });
});
