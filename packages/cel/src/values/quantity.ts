import { CelError } from '../errors.ts';

const suffixes: ReadonlyMap<string, { readonly base: 2 | 10; readonly exponent: number }> = new Map([
  ['n', { base: 10, exponent: -9 }],
  ['u', { base: 10, exponent: -6 }],
  ['m', { base: 10, exponent: -3 }],
  ['', { base: 10, exponent: 0 }],
  ['k', { base: 10, exponent: 3 }],
  ['M', { base: 10, exponent: 6 }],
  ['G', { base: 10, exponent: 9 }],
  ['T', { base: 10, exponent: 12 }],
  ['P', { base: 10, exponent: 15 }],
  ['E', { base: 10, exponent: 18 }],
  ['Ki', { base: 2, exponent: 10 }],
  ['Mi', { base: 2, exponent: 20 }],
  ['Gi', { base: 2, exponent: 30 }],
  ['Ti', { base: 2, exponent: 40 }],
  ['Pi', { base: 2, exponent: 50 }],
  ['Ei', { base: 2, exponent: 60 }],
]);
const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE])([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/** Digits after the point that a quantity keeps: nano. Finer amounts round up, away from zero. */
const NANO = 9;
/** Exponents beyond this cannot occur in a quantity of use; they are compared by size without being written out. */
const LARGEST_EXPONENT = 400;

/**
 * A Kubernetes quantity (apimachinery pkg/api/resource): an exact decimal, `mantissa × 10^-9`.
 */
export class Quantity {
  /** Value in billionths. */
  readonly nanos: bigint;
  /** True where Go keeps it as an int64 with a non-negative scale: what isInteger answers. */
  readonly integer: boolean;

  constructor(nanos: bigint, integer: boolean) {
    this.nanos = nanos;
    this.integer = integer;
  }

  /** @throws {CelError} where Kubernetes would refuse the text. */
  static parse(text: string): Quantity {
    const parts = form.exec(text);
    const malformed = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    if (parts === null || text === '') throw new CelError(malformed);
    const [, sign = '', whole = '', fraction = '', , exponentText, suffix = ''] = parts;
    const scale = suffixes.get(suffix);
    if (scale === undefined) throw new CelError("unable to parse quantity's suffix");
    const exponent = exponentText === undefined ? scale.exponent : Number(exponentText);
    if (Math.abs(exponent) > LARGEST_EXPONENT) throw new CelError("unable to parse quantity's suffix");
    const digits = BigInt(`${whole}${fraction}` || '0');
    const shift = (scale.base === 10 ? exponent : 0) - fraction.length + NANO;
    const factor = scale.base === 2 ? 2n ** BigInt(exponent) : 1n;
    const scaled = digits * factor;
    const magnitude = shift >= 0 ? scaled * 10n ** BigInt(shift) : divideUp(scaled, 10n ** BigInt(-shift));
    const wide = scale.base === 2 && exponent >= 50;
    const fits = !wide && fraction === '' && exponent >= 0 && magnitude / 10n ** BigInt(NANO) < 2n ** 63n;
    return new Quantity(sign === '-' ? -magnitude : magnitude, fits);
  }

  /** Negative, 0 or positive. */
  compare(other: Quantity): number {
    return this.nanos < other.nanos ? -1 : this.nanos > other.nanos ? 1 : 0;
  }

  equals(other: Quantity): boolean {
    return this.nanos === other.nanos;
  }

  get sign(): number {
    return this.nanos < 0n ? -1 : this.nanos > 0n ? 1 : 0;
  }

  plus(other: Quantity): Quantity {
    const nanos = this.nanos + other.nanos;
    return new Quantity(nanos, this.integer && other.integer);
  }

  minus(other: Quantity): Quantity {
    const nanos = this.nanos - other.nanos;
    return new Quantity(nanos, this.integer && other.integer);
  }

  /** @throws {CelError} where it is no int64. */
  asInteger(): bigint {
    if (!this.integer) throw new CelError('cannot convert value to integer');
    return this.nanos / 10n ** BigInt(NANO);
  }

  asApproximateFloat(): number {
    return Number(this.nanos / 1_000_000_000n) + Number(this.nanos % 1_000_000_000n) / 1e9;
  }
}

function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
