import { CelError } from '../errors.ts';
import { goQuote } from './go-quote.ts';

/** Which part of a URL a text stands in: each lets other characters stand unescaped. */
export type Part = 'path' | 'host' | 'zone' | 'user' | 'query' | 'fragment';

/** What may stand as it is (Go net/url encoding_table.go). */
const plain: Readonly<Record<Part, RegExp>> = {
  path: /[A-Za-z0-9\-._~$&+,/:;=@]/,
  host: /[A-Za-z0-9\-._~!"$&'()*+,:;<=>[\]]/,
  zone: /[A-Za-z0-9\-._~!"$&'()*+,:;<=>[\]]/,
  user: /[A-Za-z0-9\-._~$&+,;=]/,
  query: /[A-Za-z0-9\-._~]/,
  fragment: /[A-Za-z0-9\-._~!$&()*+,/:;=?@]/,
};

/** url.unescape on a byte string. @throws {CelError} at a bad escape, and at what a host cannot hold. */
export function unescape(text: string, part: Part): string {
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i] ?? '';
    if (c === '%') {
      const code = text.slice(i, i + 3);
      const byte = /^%[0-9a-fA-F]{2}$/.test(code) ? Number.parseInt(code.slice(1), 16) : -1;
      // In a host only bytes beyond ASCII may be escaped (RFC 3986, 3.2.2), and %25 (RFC 6874).
      const misplaced = part === 'host' && byte < 0x80 && code !== '%25';
      const zoned = part === 'zone' && code !== '%25' && byte !== 0x20 && !plain.host.test(String.fromCharCode(byte));
      if (byte === -1 || misplaced || zoned) throw new CelError(`invalid URL escape ${goQuote(code)}`);
      i += 2;
    } else if ((part === 'host' || part === 'zone') && c < '\u0080' && !plain[part].test(c)) {
      throw new CelError(`invalid character ${goQuote(c)} in host name`);
    }
  }
  const spaced = part === 'query' ? text.replaceAll('+', ' ') : text;
  return spaced.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** url.escape on a byte string. */
export function escape(text: string, part: Part): string {
  const pattern = plain[part];
  return text.replace(/[\s\S]/g, (c) =>
    pattern.test(c) ? c : `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** url.validEncoded: every character is one that may stand there, or an escape. */
export function validEncoded(text: string, part: Part): boolean {
  return [...text].every((c) => /[!$&'()*+,;=:@[\]%]/.test(c) || plain[part].test(c));
}
