import { describe, expect, test } from 'vitest';
import { PlimsollError } from '../../model/errors.ts';
import { baseUrl, unanswered } from './http.ts';

describe('the URL of a server', () => {
  test.each([
    ['http://127.0.0.1:7070', 'http://127.0.0.1:7070'],
    ['https://plimsoll.example/', 'https://plimsoll.example'],
    ['HTTP://localhost:7070', 'http://localhost:7070'],
    ['127.0.0.1:7070', 'http://127.0.0.1:7070'],
    ['[::1]:7070', 'http://[::1]:7070'],
  ])('%s is %s', (url, expected) => {
    expect(baseUrl(url)).toBe(expected);
  });

  test.each([['ftp://x'], ['ftp://x:21'], ['nonsense'], ['host:port'], ['http://'], ['']])('%s is refused', (url) => {
    expect(() => baseUrl(url)).toThrow(PlimsollError);
    expect(() => baseUrl(url)).toThrow(`--server ${url}: give a URL`);
  });
});

describe('a server that gives no answer', () => {
  const failed = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });

  test.each([
    ['ECONNREFUSED', 'https://x does not answer (ECONNREFUSED).'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'https://x has a certificate that is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT).'],
    ['CERT_HAS_EXPIRED', 'https://x has a certificate that is not trusted (CERT_HAS_EXPIRED).'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'https://x has a certificate that is not trusted (ERR_TLS_CERT_ALTNAME_INVALID).'],
  ])('by %s is told for what it is', (code, message) => {
    expect(unanswered('https://x', failed(code)).message).toBe(message);
  });
});
