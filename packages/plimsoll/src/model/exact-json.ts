import type { Json } from './json.ts';

declare global {
  interface JSON {
    /** TC39 "JSON.parse source text access": the reviver is told the text of a primitive. */
    parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): Json;
  }
}

const LONG_DIGITS = /\d{16}/;
/** A number of 16 or more digits where JSON allows a number to begin; a string with `:` before digits matches too. */
const LONG_NUMBER = /(?:^|[:[,\s])-?\d{16}/;

function exactInteger(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const text = context.source ?? '';
  if (!/^-?\d+$/.test(text)) return value;
  const integer = BigInt(text);
  return BigInt.asIntN(64, integer) === integer ? integer : value;
}

/**
 * Parses JSON text with integers beyond 2⁵³ exact, as `bigint`; beyond 64 bits they are doubles,
 * as Kubernetes reads them (sigs.k8s.io/json). The slow way, a reviver, is
 * taken only for text that holds a number of 16 or more digits. Throws {@link SyntaxError}.
 */
export function parseExactJson(text: string): Json {
  // The first expression skips 16 characters at a time; the second, slower, then tells numbers from digests and ids.
  const slow = LONG_DIGITS.test(text) && LONG_NUMBER.test(text);
  return slow ? JSON.parse(text, exactInteger) : JSON.parse(text);
}
