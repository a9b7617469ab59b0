import { lazy } from '../../lazy.ts';
import { formatType } from '../types/format-type.ts';
import {
  type Type,
  any,
  bool,
  bytes,
  double,
  duration,
  dyn,
  int,
  listOf,
  mapOf,
  nullType,
  opaque,
  optionalOf,
  param,
  string,
  struct,
  timestamp,
  typeOfType,
  typeType,
  uint,
} from '../types/type.ts';

/** Kubernetes declares its addresses as opaque, the rest of its own as object types (k8s.io/apiserver pkg/cel/*.go). */
const named = lazy((): ReadonlyMap<string, Type> => {
  const known = [any, bool, bytes, double, duration, dyn, int, nullType, string, timestamp, typeType, uint];
  return new Map([...known, opaque('net.IP'), opaque('net.CIDR')].map((type) => [formatType(type), type]));
});

interface Signature {
  readonly member: boolean;
  readonly args: readonly Type[];
  readonly result: Type;
  readonly params: readonly string[];
}

/** Reads `string.(int) -> string` or `(list(A), A) -> bool`; a single capital letter is a type parameter. */
export function parseSignature(text: string): Signature {
  const [call = '', result = ''] = text.split(' -> ');
  const open = call.startsWith('(') ? 0 : call.indexOf('.(') + 1;
  const target = open === 0 ? [] : [call.slice(0, open - 1)];
  const params = new Set<string>();
  const args = [...target, ...split(call.slice(open + 1, -1))].map((arg) => parseType(arg, params));
  return { member: open > 0, args, result: parseType(result, params), params: [...params] };
}

/** Types from their names, as signatures write them. */
export function parseTypes(texts: readonly string[]): readonly Type[] {
  return texts.map((text) => parseType(text, new Set()));
}

/** Reads `map(string, list(A))`; adds the parameters that it names. */
function parseType(text: string, params: Set<string>): Type {
  const known = named().get(text);
  if (known !== undefined) return known;
  if (/^[A-Z]$/.test(text)) {
    params.add(text);
    return param(text);
  }
  const open = text.indexOf('(');
  if (open === -1) return struct(text);
  const inner = split(text.slice(open + 1, -1)).map((own) => parseType(own, params));
  const [first = dyn, second = dyn] = inner;
  switch (text.slice(0, open)) {
    case 'list':
      return listOf(first);
    case 'map':
      return mapOf(first, second);
    case 'type':
      return typeOfType(first);
    case 'optional_type':
      return optionalOf(first);
    case 'opaque':
      return opaque(first.name);
    default:
      throw new SyntaxError(`not a type: ${text}`);
  }
}

/** Splits at the commas that stand in no parentheses. */
function split(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i += 1) {
    const char = text[i];
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (i === text.length || (char === ',' && depth === 0)) {
      const part = text.slice(start, i).trim();
      if (part !== '') parts.push(part);
      start = i + 1;
    }
  }
  return parts;
}
