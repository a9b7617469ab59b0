import { reserved } from '../../syntax/parser.ts';

/** True of CEL's keywords and reserved names, which a field in an expression cannot have as they are. */
export function isReserved(name: string): boolean {
  return /^(?:true|false|null|in)$/.test(name) || reserved.test(name);
}

const written: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/**
 * A property's name as expressions write it, `__dash__` for a dash; null where none can name it
 * (k8s.io/apiserver pkg/cel/escaping.go).
 */
export function escapeName(name: string): string | null {
  if (isReserved(name)) return `__${name}__`;
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return null;
  return name.replace(/__|[./-]/g, (part) => written[part] ?? part);
}
