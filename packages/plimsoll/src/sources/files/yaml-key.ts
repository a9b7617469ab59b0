import type { Json } from '../../model/json.ts';

const specials = new Map(
  ['.inf', '.Inf', '.INF'].flatMap((word) => [
    [word, '.inf'],
    [`+${word}`, '.inf'],
    [`-${word}`, '-.inf'],
  ]),
);
for (const word of ['.nan', '.NaN', '.NAN']) specials.set(word, '.nan');

/** The key that sigs.k8s.io/yaml makes of an infinity or of NaN, for which JSON has no value; null for other texts. */
export function specialKey(text: string): string | null {
  return specials.get(text) ?? null;
}

/**
 * A key as sigs.k8s.io/yaml writes it into JSON (yaml.go, convertToJSONableObject): integers within int64, floats as
 * Go's `%g` has them in 32 bits. `written` is its text. Null for what has no form there.
 */
export function keyText(value: Json, written = ''): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'number') return null;
  const isDecimal = /^[-+]?[0-9_]+$/.test(written);
  if (Number.isSafeInteger(value) && (isDecimal || !/^[-+]?[0-9_.]*[.eE]/.test(written)))
    return Object.is(value, -0) ? '0' : String(value);
  if (isUint64(written)) return null;
  return shortest32(written.startsWith('-') && value === 0 ? -0 : value);
}

/** True for an integer beyond int64 and within uint64, a Go type that sigs.k8s.io/yaml has no key for. */
function isUint64(written: string): boolean {
  const digits = written.replaceAll('_', '').toLowerCase();
  if (!/^(?:[0-9]+|0x[0-9a-f]+|0o[0-7]+|0b[01]+)$/.test(digits)) return false;
  const value = BigInt(digits);
  return value >= 1n << 63n && value < 1n << 64n;
}

/** Go's strconv.FormatFloat(value, 'g', -1, 32). */
function shortest32(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return single > 0 ? '.inf' : '-.inf';
  if (single === 0) return Object.is(single, -0) ? '-0' : '0';
  let digits = 1;
  while (digits < 17 && Math.fround(Number(single.toPrecision(digits))) !== single) digits++;
  const scientific = single.toExponential(digits - 1);
  const [mantissa, power] = scientific.split('e');
  const exponent = Number(power);
  // `%g` of the shortest form decides as if its precision were 6 (strconv/ftoa.go)
  if (exponent >= -4 && exponent < 6) return single.toFixed(Math.max(0, digits - 1 - exponent));
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}
