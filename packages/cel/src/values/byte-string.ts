import { utf8 } from './utf8.ts';

const CHUNK = 8192;
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true });

/** Text as Go holds it, UTF-8 bytes, written one character a byte. */
export function byteString(text: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII is its own UTF-8
  return /^[\u0000-\u007f]*$/.test(text) ? text : latin1(utf8(text));
}

/** The text of a byte string; bytes that are no UTF-8 are U+FFFD. */
export function textOf(bytes: string): string {
  // oxlint-disable-next-line no-control-regex -- as above
  if (/^[\u0000-\u007f]*$/.test(bytes)) return bytes;
  return decoder.decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
}

/** Bytes as a byte string. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += CHUNK) text += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
  return text;
}
