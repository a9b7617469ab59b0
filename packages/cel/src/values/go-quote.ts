/** Go's escapes of one letter, between double quotes. */
export const shortEscapes: ReadonlyMap<string, string> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Array.from('\u0007\b\f\n\r\t\v\\"', (character, at) => [character, `\\${'abfnrtv\\"'[at]}`] as const),
);

/** Go's strconv.Quote: what it does not print is escaped. */
export function goQuote(text: string): string {
  return `"${text.replace(/[^ !#-[\]-~]/gsu, quoteOne)}"`;
}

function quoteOne(c: string): string {
  const known = shortEscapes.get(c);
  if (known !== undefined) return known;
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(c)) return c;
  const code = c.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  // A lone surrogate cannot be in a Go string.
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
