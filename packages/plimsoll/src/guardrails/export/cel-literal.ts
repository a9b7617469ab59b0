import type { Json } from '../../model/json.ts';

/** A JSON value as a CEL expression of type dyn: the API server's lists and maps hold values of one type. */
export function celLiteral(value: Json): string {
  return `dyn(${literal(value)})`;
}

function literal(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(celLiteral).join(', ')}]`;
  // JSON's escapes are among CEL's.
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}: ${celLiteral(inner)}`)
    .join(', ')}}`;
}
