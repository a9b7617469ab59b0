const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const TRIPLE = 3;

/** Go's int64Amount: `value × 10^scale`. */
interface Small {
  readonly kind: 'small';
  readonly value: bigint;
  readonly scale: number;
}

/** Go's inf.Dec: `unscaled × 10^-scale`. */
export interface Decimal {
  readonly kind: 'big';
  readonly unscaled: bigint;
  readonly scale: number;
}

/** A quantity's amount in one of the two forms that Go has for it (apimachinery pkg/api/resource/amount.go). */
export type Amount = Small | Decimal;

export function fitsInt64(value: bigint): boolean {
  return value >= INT64_MIN && value <= INT64_MAX;
}

export function asDecimal(amount: Amount): Decimal {
  return amount.kind === 'big' ? amount : { kind: 'big', unscaled: amount.value, scale: -amount.scale };
}

export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.unscaled === 0n || b.unscaled === 0n || a.unscaled < 0n !== b.unscaled < 0n)
    return a.unscaled < b.unscaled ? -1 : a.unscaled > b.unscaled ? 1 : 0;
  const scale = Math.max(a.scale, b.scale);
  const x = a.unscaled * 10n ** BigInt(scale - a.scale);
  const y = b.unscaled * 10n ** BigInt(scale - b.scale);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** inf.Dec Round with RoundUp, away from zero; the scale becomes the given one whatever it was. */
export function roundUp(amount: Decimal, scale: number): Decimal {
  const shift = amount.scale - scale;
  if (shift <= 0) return { kind: 'big', unscaled: amount.unscaled * 10n ** BigInt(-shift), scale };
  const divisor = 10n ** BigInt(shift);
  const whole = amount.unscaled / divisor;
  const rest = amount.unscaled % divisor;
  const unscaled = rest === 0n ? whole : rest > 0n ? whole + 1n : whole - 1n;
  return { kind: 'big', unscaled, scale };
}

/** int64Amount.AsInt64: null where there are digits behind the point, or too many before it. */
export function smallAsInt64(amount: Small): bigint | null {
  if (amount.scale < 0) return null;
  return scaledUp(amount.value, amount.scale);
}

/** int64Amount.Add; null where it overflows. */
export function addSmall(a: Small, b: Small): Small | null {
  if (b.value === 0n) return a;
  if (a.value === 0n) return b;
  const scale = Math.min(a.scale, b.scale);
  const x = scaledUp(a.value, a.scale - scale);
  const y = scaledUp(b.value, b.scale - scale);
  if (x === null || y === null || !fitsInt64(x + y)) return null;
  return { kind: 'small', value: x + y, scale };
}

function scaledUp(value: bigint, scale: number): bigint | null {
  if (value === 0n) return 0n;
  // No int64 has more than 19 digits.
  if (scale > 19) return null;
  const product = value * 10n ** BigInt(scale);
  return fitsInt64(product) ? product : null;
}

/** Number and exponent, the exponent a multiple of three and as large as it goes. */
export function canonical(amount: Amount): readonly [bigint, number] {
  let [number, exponent] = amount.kind === 'small' ? [amount.value, amount.scale] : [amount.unscaled, -amount.scale];
  while (number !== 0n && number % 10n === 0n) {
    number /= 10n;
    exponent += 1;
  }
  while (exponent % TRIPLE !== 0) {
    number *= 10n;
    exponent -= 1;
  }
  return [number, exponent];
}

/** Number and exponent of 1024. */
export function canonicalBinary(value: bigint): readonly [bigint, number] {
  let number = value;
  let exponent = 0;
  while (number !== 0n && number % 1024n === 0n) {
    number /= 1024n;
    exponent += 1;
  }
  return [number, exponent];
}
