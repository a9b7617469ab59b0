import type { Encoded } from './encode.ts';
import { quoted } from './literals.ts';

/** Types whose values are equal to the one that is made of their text; `$` is the text as a literal. */
const madeOf: Readonly<Record<string, string>> = {
  duration: 'duration($)',
  quantity: 'quantity($)',
  url: 'url($)',
  ip: 'ip($)',
  cidr: 'cidr($)',
  semver: 'semver($)',
  format: 'format.named($).value()',
};
/** Types whose literals tell the type, so that a list of them is compared at once. */
const plain = new Set(['bool', 'int', 'uint', 'string']);

/** Why there is no way to ask for a value. */
export class NoCheck extends Error {}

/**
 * CEL that is true where the value at `path` is this one, with its type, and all that it holds; `path` has to be dyn.
 * Equality alone does not tell `1` from `1.0`, nor `0.0` from `-0.0`, and `%s` not a double from its first six decimals.
 * @throws {NoCheck} where no expression can tell.
 */
export function valueCheck(path: string, encoded: Encoded): string {
  const [kind, content] = Object.entries(encoded)[0] ?? ['null', true];
  const made = madeOf[kind];
  if (made !== undefined) {
    if (kind === 'quantity' && /^-?8Ei$/.test(String(content)))
      throw new NoCheck('a quantity of 8Ei, the first that no text gives: Kubernetes reads it as 2^63 − 1');
    const text = kind === 'duration' ? `${String(content)}ns` : String(content);
    return `${path} == ${made.replace('$', () => quoted(text))}`;
  }
  switch (kind) {
    case 'null':
      return `type(${path}) == null_type`;
    case 'double':
      return `type(${path}) == double && ${doubleCheck(path, String(content))}`;
    case 'bytes':
      return `type(${path}) == bytes && ${path} == ${bytesLiteral(String(content))}`;
    case 'timestamp':
      return `type(${path}) == google.protobuf.Timestamp && string(${path}) == ${quoted(String(content))}`;
    case 'type':
      return `type(${path}) == type && '%s'.format([${path}]) == ${quoted(String(content))}`;
    case 'list':
      return listCheck(path, content as readonly Encoded[]);
    case 'map':
      return mapCheck(path, content as readonly (readonly Encoded[])[]);
    case 'optional':
      return content === null
        ? `type(${path}) == optional_type && !${path}.hasValue()`
        : `type(${path}) == optional_type && ${path}.hasValue() && ${valueCheck(`dyn(${path}.value())`, content as Encoded)}`;
    case 'opaque':
      if (content === 'error') throw new NoCheck('an error inside of an optional');
      return `'%s'.format([type(${path})]) == ${quoted(String(content))}`;
    default:
      if (!plain.has(kind)) throw new NoCheck(`a value of the kind ${kind}`);
      return `type(${path}) == ${kind} && ${path} == ${literal(encoded)}`;
  }
}

function literal(encoded: Encoded): string {
  const [kind, content] = Object.entries(encoded)[0] ?? ['null', true];
  if (kind !== 'string') return `${String(content)}${kind === 'uint' ? 'u' : ''}`;
  const text = String(content);
  if (!text.isWellFormed()) throw new NoCheck('a text that is no Unicode');
  return quoted(text);
}

function doubleCheck(path: string, text: string): string {
  if (text === 'NaN') return `${path} != ${path}`;
  if (text === '0') return `${path} == 0.0 && 1.0 / ${path} > 0.0`;
  if (text === '-0') return `${path} == 0.0 && 1.0 / ${path} < 0.0`;
  if (text.endsWith('Infinity')) return `${path} == double('${text}')`;
  return `${path} == ${/[.e]/.test(text) ? text : `${text}.0`}`;
}

function bytesLiteral(base64: string): string {
  const octets = [...Buffer.from(base64, 'base64')];
  return `b'${octets.map((octet) => `\\x${octet.toString(16).padStart(2, '0')}`).join('')}'`;
}

function listCheck(path: string, items: readonly Encoded[]): string {
  const list = `type(${path}) == list && ${path}.size() == ${items.length}`;
  const kinds = new Set(items.map((item) => Object.keys(item)[0] ?? ''));
  const [kind = ''] = kinds;
  if (kinds.size === 1 && plain.has(kind))
    return `${list} && ${path}.all(e, type(e) == ${kind}) && ${path} == [${items.map(literal).join(', ')}]`;
  return [list, ...items.map((item, i) => valueCheck(`${path}[${i}]`, item))].join(' && ');
}

function mapCheck(path: string, pairs: readonly (readonly Encoded[])[]): string {
  const checks = pairs.map(([key = {}, value = {}]) => {
    const [kind = ''] = Object.keys(key);
    if (kind === 'string') return `${literal(key)} in ${path} && ${valueCheck(`${path}[${literal(key)}]`, value)}`;
    // By the key that it has: keys of other number types are found under the same name.
    const [k, v] = [`k${path.length}`, `v${path.length}`];
    return `${path}.exists(${k}, ${v}, ${valueCheck(k, key)} && ${valueCheck(v, value)})`;
  });
  return [`type(${path}) == map && ${path}.size() == ${pairs.length}`, ...checks].join(' && ');
}
