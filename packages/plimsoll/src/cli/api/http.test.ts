import { describe, expect, test } from 'vitest';
import { PlimsollError } from '../../model/errors.ts';
import { baseUrl } from './http.ts';

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
