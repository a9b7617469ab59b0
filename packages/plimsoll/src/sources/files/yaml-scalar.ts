/** Words of go-yaml v2's resolve.go (resolveMapList): YAML 1.1's booleans, `y` and `n` included, and nulls. */
const words = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((w) => [w, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((w) => [w, null] as const),
]);
const special = new Set([
  '.nan',
  '.NaN',
  '.NAN',
  ...['', '+', '-'].flatMap((sign) => ['.inf', '.Inf', '.INF'].map((w) => sign + w)),
]);
const integer = /^[-+]?(?:0|[1-9][0-9]*|0[0-7]+|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+)$/;
/** go-yaml gives strconv.ParseInt what follows `0b`, and that takes a sign; beyond int64 it takes none. */
const signedBinary = /^0b([-+])(0*[01]{1,63})$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** strconv.ParseFloat takes underscores between digits. */
const leadingPointFloat = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;
const safe = BigInt(Number.MAX_SAFE_INTEGER);
const int64 = 1n << 63n;
const uint64 = 1n << 64n;

/** A number that JSON cannot carry (`.inf`, `.nan`): kubectl refuses the document. */
export class NotJsonNumber extends Error {
  override readonly name = 'NotJsonNumber';
}

/**
 * The value of a plain scalar as kubectl's reader sees it: sigs.k8s.io/yaml over go-yaml v2's `resolve`. Integers
 * beyond 2⁵³ are bigint within int64, else a float, as Kubernetes' JSON decoder has it.
 * Throws {@link NotJsonNumber} for infinities and NaN.
 */
export function resolvePlain(text: string): string | number | bigint | boolean | null {
  const first = text.charCodeAt(0);
  const digit = first >= 48 && first <= 57;
  if (digit || first === 43 || first === 45) return resolveNumber(text);
  if (first === 46) {
    if (special.has(text)) throw new NotJsonNumber(`${text} is a number that JSON has no form for`);
    if (!leadingPointFloat.test(text)) return text;
    const value = Number(text.replaceAll('_', ''));
    return Number.isFinite(value) ? value : text;
  }
  if (text.length > 5) return text;
  const word = words.get(text);
  return word === undefined ? text : word;
}

function resolveNumber(text: string): string | number | bigint {
  if (special.has(text)) throw new NotJsonNumber(`${text} is a number that JSON has no form for`);
  const last = text.charCodeAt(text.length - 1);
  // most texts that begin with a digit and are no number end in a letter: times, versions, quantities
  if (last > 102 && text.charCodeAt(0) !== 43) return text;
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  if (integer.test(plain)) {
    const value = parseInteger(plain);
    if (value !== null) return value;
  }
  const [, sign, bits] = signedBinary.exec(plain) ?? [];
  if (bits !== undefined) return parseInteger(`${sign}0b${bits}`) ?? text;
  if (!float.test(plain)) return text;
  const value = Number(plain);
  if (!Number.isFinite(value)) return text; // strconv.ParseFloat: out of range, so it stays a string
  return value === 0 ? 0 : value;
}

function parseInteger(plain: string): number | bigint | null {
  const negative = plain.startsWith('-');
  const unsigned = negative || plain.startsWith('+') ? plain.slice(1) : plain;
  const octal = /^0[0-7]+$/.test(unsigned) ? `0o${unsigned.slice(1)}` : unsigned;
  if (octal.length < 16 && octal === unsigned && !/^0[a-zA-Z]/.test(octal)) {
    const value = Number(octal);
    return negative && value !== 0 ? -value : value;
  }
  const magnitude = BigInt(octal.toLowerCase());
  const value = negative ? -magnitude : magnitude;
  if (value >= -safe && value <= safe) return Number(value);
  if (value >= -int64 && value < int64) return value;
  // beyond uint64 a decimal is still a float to go-yaml; other bases are then no number
  if (value >= 0n && value < uint64) return Number(value);
  return /^[0-9]+$/.test(unsigned) && !/^0[0-7]+$/.test(unsigned) ? Number(value) : null;
}
