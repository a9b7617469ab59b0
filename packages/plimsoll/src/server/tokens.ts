import { createHash, timingSafeEqual } from 'node:crypto';

/** A caller that a token stands for. */
export interface TokenHolder {
  /** The name that logs and metrics use. */
  readonly name: string;
  /** SHA-256 of the token: what it is itself is not kept. */
  readonly hash: Buffer;
}

/** The shortest token: 16 characters of base64 are 96 bits. */
const shortest = 16;
/** RFC 6750, 2.1: what a bearer token may be made of. */
const tokenForm = /^[A-Za-z0-9._~+/-]+=*$/;
const nameForm = /^[A-Za-z0-9][\w.@-]{0,62}$/;

/** A line of a token file that is none, and why; the token itself is never told. */
export interface TokenFault {
  readonly line: number;
  readonly message: string;
}

/**
 * Reads a token file: `NAME:TOKEN` a line; empty lines and those that begin with `#` are passed over. A name that stands
 * twice has two tokens, so that one can take the other's place.
 */
export function parseTokens(text: string): {
  readonly holders: readonly TokenHolder[];
  readonly faults: readonly TokenFault[];
} {
  const holders: TokenHolder[] = [];
  const faults: TokenFault[] = [];
  for (const [index, row] of text.split('\n').entries()) {
    const words = row.trim();
    if (words === '' || words.startsWith('#')) continue;
    const [, name = '', token = ''] = /^([^:]*):(.*)$/.exec(words) ?? [];
    const message = faultOf(words, name, token);
    if (message === null) holders.push({ name, hash: hashOf(token) });
    else faults.push({ line: index + 1, message });
  }
  if (holders.length === 0 && faults.length === 0) faults.push({ line: 1, message: 'there is no token' });
  return { holders, faults };
}

function faultOf(words: string, name: string, token: string): string | null {
  if (!words.includes(':')) return 'expected NAME:TOKEN';
  if (!nameForm.test(name)) return 'the name before the colon is none: letters, digits and . _ @ -';
  if (!tokenForm.test(token)) return `the token of ${name} holds what no bearer token may (RFC 6750)`;
  if (token.length < shortest) return `the token of ${name} is shorter than ${shortest} characters`;
  return null;
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * Who sends this `Authorization` header; null where nobody that is known does. Hashes are compared, all of them and in
 * constant time, so that the time it takes tells nothing of a token.
 */
export function holderOf(authorization: string | undefined, holders: readonly TokenHolder[]): TokenHolder | null {
  const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  const hash = hashOf(token ?? '');
  let found: TokenHolder | null = null;
  for (const holder of holders) if (timingSafeEqual(holder.hash, hash)) found = holder;
  return token === undefined ? null : found;
}
