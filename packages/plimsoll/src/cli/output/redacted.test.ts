import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redacted, redactedFields } from './redacted.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJlLXNpZ25hdHVyZQ';

describe('what is written to a log', () => {
  test.each([
    ['authorization: Bearer abcdef0123456789', 'authorization: Bearer [redacted]'],
    ['Basic dXNlcjpwYXNz', 'Basic [redacted]'],
    [`got ${jwt}, refused`, 'got [redacted], refused'],
    ['https://alice:hunter2@proxy.example:3128/x', 'https://[redacted]@proxy.example:3128/x'],
    ['a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb', 'a\n[redacted]\nb'],
    ['cut -----BEGIN PRIVATE KEY-----\nMIIE', 'cut [redacted]'],
    ['password=hunter2&user=x', 'password=[redacted]&user=x'],
    ['{"token": "hunter2-hunter2"}', '{"token": "[redacted]"}'],
    ['token: 0a1b2c3d4e5f', 'token: [redacted]'],
    ['password: hunter', 'password: [redacted]'],
    [
      'It asks for a token: --token-file FILE, or PLIMSOLL_TOKEN.',
      'It asks for a token: --token-file FILE, or PLIMSOLL_TOKEN.',
    ],
    ['Everybody may read tokens (mode 644)', 'Everybody may read tokens (mode 644)'],
    ['core/secrets of prod are forbidden', 'core/secrets of prod are forbidden'],
    ['http://127.0.0.1:7070/v1/findings?where=a@b', 'http://127.0.0.1:7070/v1/findings?where=a@b'],
  ])('given %j, then it is %j', (text, written) => {
    expect(redacted(text)).toBe(written);
  });

  test('given fields, then those that hold secrets are left out at any depth, whatever they hold', () => {
    const fields = {
      user: { name: 'ci', token: 'x' },
      list: [{ Authorization: 1 }],
      data: { a: 'b' },
      why: `no ${jwt}`,
    };
    expect(redactedFields(fields)).toEqual({
      user: { name: 'ci', token: '[redacted]' },
      list: [{ Authorization: '[redacted]' }],
      data: '[redacted]',
      why: 'no [redacted]',
    });
  });

  test('given any token behind Bearer, then it is not in what is written, and writing it again changes nothing', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9._~+/-]{16,60}={0,2}$/);
    fc.assert(
      fc.property(token, fc.string(), (secret, before) => {
        const written = redacted(`${before} Bearer ${secret}`);
        expect(written).not.toContain(secret);
        expect(redacted(written)).toBe(written);
      }),
    );
  });
});
