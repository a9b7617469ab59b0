import { utf8 } from '../values/utf8.ts';

const BLOCK = 64;

/** MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4) of text as UTF-8, in hexadecimal: synchronous, as CEL needs them. */
export const digests: Readonly<Record<'md5' | 'sha1' | 'sha256', (text: string) => string>> = {
  md5: (text) => {
    const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
    for (const block of blocks(utf8(text), true)) md5Block(state, block);
    return hexadecimal(state, true);
  },
  sha1: (text) => {
    const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
    for (const block of blocks(utf8(text), false)) sha1Block(state, block);
    return hexadecimal(state, false);
  },
  sha256: (text) => {
    const state = roots(8, 1 / 2);
    for (const block of blocks(utf8(text), false)) sha256Block(state, block);
    return hexadecimal(state, false);
  },
};

/** The message with its padding and its length in bits, 16 words a block. */
function* blocks(message: Uint8Array, littleEndian: boolean): Generator<number[]> {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / BLOCK) * BLOCK);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  const bits = message.length * 8;
  view.setUint32(padded.length - (littleEndian ? 8 : 4), bits >>> 0, littleEndian);
  view.setUint32(padded.length - (littleEndian ? 4 : 8), Math.floor(bits / 2 ** 32), littleEndian);
  for (let at = 0; at < padded.length; at += BLOCK)
    yield Array.from({ length: 16 }, (_, i) => view.getUint32(at + i * 4, littleEndian));
}

function hexadecimal(words: readonly number[], littleEndian: boolean): string {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word >>> 0, littleEndian);
  return Array.from(new Uint8Array(view.buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const left = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
const right = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** Adds what a block came to. */
function addTo(state: number[], words: readonly number[]): void {
  for (const [i, word] of words.entries()) state[i] = ((state[i] ?? 0) + word) | 0;
}

const md5Turns = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21] as const;

function md5Block(state: number[], block: readonly number[]): void {
  let [a = 0, b = 0, c = 0, d = 0] = state;
  for (let i = 0; i < 64; i += 1) {
    const round = i >> 4;
    const mixed = [(b & c) | (~b & d), (d & b) | (~d & c), b ^ c ^ d, c ^ (b | ~d)][round] ?? 0;
    const word = block[[i, 5 * i + 1, 3 * i + 5, 7 * i][round]! & 15] ?? 0;
    const constant = Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32);
    const turned = left((a + mixed + constant + word) | 0, md5Turns[round * 4 + (i & 3)] ?? 0);
    [a, d, c, b] = [d, c, b, (b + turned) | 0];
  }
  addTo(state, [a, b, c, d]);
}

function sha1Block(state: number[], block: readonly number[]): void {
  const words = [...block];
  for (let i = 16; i < 80; i += 1)
    words.push(left((words[i - 3] ?? 0) ^ (words[i - 8] ?? 0) ^ (words[i - 14] ?? 0) ^ (words[i - 16] ?? 0), 1));
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (const [i, word] of words.entries()) {
    const round = Math.floor(i / 20);
    const mixed = [(b & c) | (~b & d), b ^ c ^ d, (b & c) | (b & d) | (c & d), b ^ c ^ d][round] ?? 0;
    const constant = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6][round] ?? 0;
    [a, b, c, d, e] = [(left(a, 5) + mixed + e + constant + word) | 0, a, left(b, 30), c, d];
  }
  addTo(state, [a, b, c, d, e]);
}

function sha256Block(state: number[], block: readonly number[]): void {
  const words = [...block];
  for (let i = 16; i < 64; i += 1) {
    const [old = 0, recent = 0] = [words[i - 15], words[i - 2]];
    const s0 = right(old, 7) ^ right(old, 18) ^ (old >>> 3);
    const s1 = right(recent, 17) ^ right(recent, 19) ^ (recent >>> 10);
    words.push(((words[i - 16] ?? 0) + s0 + (words[i - 7] ?? 0) + s1) | 0);
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (const [i, constant] of roots(64, 1 / 3).entries()) {
    const s1 = right(e, 6) ^ right(e, 11) ^ right(e, 25);
    const one = (h + s1 + ((e & f) ^ (~e & g)) + constant + (words[i] ?? 0)) | 0;
    const s0 = right(a, 2) ^ right(a, 13) ^ right(a, 22);
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [a, b, c, d, e, f, g, h] = [(one + two) | 0, a, b, c, (d + one) | 0, e, f, g];
  }
  addTo(state, [a, b, c, d, e, f, g, h]);
}

const known = new Map<number, readonly number[]>();

/** The first 32 bits of the fractions of the first primes' roots. */
function roots(count: number, power: number): number[] {
  const found = known.get(power) ?? primes(count).map((prime) => Math.floor((prime ** power % 1) * 2 ** 32));
  known.set(power, found);
  return [...found];
}

function primes(count: number): readonly number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n += 1) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}
