import { CelError } from '../errors.ts';

/** Go's FormatFloat(x, 'g', -1) writes an exponent from 10^21 on for `%v`, but from 10^6 on by itself. */
const LARGEST_PLAIN_EXPONENT = 6;

/** `string(double)`: shortest digits, an exponent from 10^6 on and below 10^-4 (Go strconv 'g', -1). */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [digits = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= LARGEST_PLAIN_EXPONENT)
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  if (exponent >= 0) return value.toString();
  const figures = digits.replace('-', '').replace('.', '');
  return `${value < 0 ? '-' : ''}0.${'0'.repeat(-exponent - 1)}${figures}`;
}

/** Go's words for a text that strconv does not parse: it is none, or its number is too large. */
function unparsed(what: string, text: string, isNone: boolean): CelError {
  const why = isNone ? 'invalid syntax' : 'value out of range';
  return new CelError(`strconv.Parse${what}: parsing ${JSON.stringify(text)}: ${why}`);
}

/** Go strconv.ParseInt(s, 10, 64). @throws {CelError} */
export function parseInt64(text: string): bigint {
  const value = /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : null;
  if (value === null || value < -(2n ** 63n) || value >= 2n ** 63n) throw unparsed('Int', text, value === null);
  return value;
}

/** Go strconv.ParseUint(s, 10, 64). @throws {CelError} */
export function parseUint64(text: string): bigint {
  const value = /^\d+$/.test(text) ? BigInt(text) : null;
  if (value === null || value >= 2n ** 64n) throw unparsed('Uint', text, value === null);
  return value;
}

/** Go strconv.ParseFloat(s, 64): decimal and hexadecimal, underscores only after a base prefix. @throws {CelError} */
export function parseDouble(text: string): number {
  if (/^[+-]?(?:inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  const hex = /^([+-]?)0[xX]([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([+-]?\d+)$/.exec(text);
  if (hex !== null) {
    const [, sign, whole = '', fraction = '', exponent = '0'] = hex;
    const digits = (whole + fraction).replaceAll('_', '');
    if (digits === '') throw unparsed('Float', text, true);
    const value = Number(BigInt(`0x${digits}`)) * 2 ** (Number(exponent) - 4 * fraction.replaceAll('_', '').length);
    return sign === '-' ? -value : value;
  }
  if (!/^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?$/.test(text)) throw unparsed('Float', text, true);
  const value = Number(text.replaceAll('_', ''));
  if (!Number.isFinite(value)) throw unparsed('Float', text, false);
  return value;
}

/** Go strconv.ParseBool. @throws {CelError} */
export function parseBool(text: string): boolean {
  if (/^(?:1|t|T|TRUE|[tT]rue)$/.test(text)) return true;
  if (/^(?:0|f|F|FALSE|[fF]alse)$/.test(text)) return false;
  throw unparsed('Bool', text, true);
}

/** Cut towards zero; the limits themselves are out of range, as in cel-go. @throws {CelError} */
export function doubleToInt(value: number): bigint {
  if (!Number.isFinite(value) || value <= -(2 ** 63) || value >= 2 ** 63) throw new CelError('integer overflow');
  return BigInt(Math.trunc(value));
}

/** Cut towards zero. @throws {CelError} below 0 and beyond uint64. */
export function doubleToUint(value: number): bigint {
  if (!Number.isFinite(value) || value < 0 || value >= 2 ** 64) throw new CelError('unsigned integer overflow');
  return BigInt(Math.trunc(value));
}

/** UTF-8 to text. @throws {CelError} where the bytes are not UTF-8. */
export function bytesToString(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new CelError('invalid UTF-8 in bytes, cannot convert to string');
    throw error;
  }
}

/** Text to UTF-8. */
export function stringToBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
