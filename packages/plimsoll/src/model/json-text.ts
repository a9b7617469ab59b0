import type { Json } from './json.ts';

declare global {
  interface JSON {
    /** TC39 "JSON.parse source text access": text that JSON.stringify takes over as it is. */
    rawJSON(text: string): { readonly rawJSON: string };
  }
}

/**
 * JSON text of plain values; a bigint is written as the integer that it is (RFC 8259 sets no limit), undefined members
 * are left out. `indent` in spaces, 0 for one line.
 */
export function jsonText(value: object | Json, indent = 0): string {
  try {
    return JSON.stringify(value, null, indent);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Only bodies with integers beyond 2⁵³ come here: a replacer costs five times the plain way.
    return JSON.stringify(
      value,
      (_key, member: unknown) => (typeof member === 'bigint' ? JSON.rawJSON(String(member)) : member),
      indent,
    );
  }
}
