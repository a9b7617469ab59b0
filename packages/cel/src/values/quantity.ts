import { lazy } from '../lazy.ts';
import { CelError } from '../errors.ts';
import { type Fault, noSuchOverload } from './fault.ts';
import { goQuote } from './go-quote.ts';
import {
  type Amount,
  type Decimal,
  addSmall,
  asDecimal,
  canonical,
  canonicalBinary,
  compareDecimals,
  fitsInt64,
  roundUp,
  smallAsInt64,
} from './quantity-amount.ts';
import { LibraryValue } from './library-value.ts';

type Format = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

interface Suffix {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: Format;
}

const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const;
const binarySuffixes = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const LOWEST_EXPONENT = -9;

const suffixes = lazy(
  () =>
    new Map<string, Suffix>([
      ...decimalSuffixes.map(
        (text, i) => [text, { base: 10, exponent: LOWEST_EXPONENT + 3 * i, format: 'DecimalSI' }] as const,
      ),
      ...binarySuffixes.map((text, i) => [text, { base: 2, exponent: 10 * (i + 1), format: 'BinarySI' }] as const),
    ]),
);

const form = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;
const MALFORMED = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
/** Decimal digits that Go's fast form holds (maxInt64Factors). */
const SMALL_DIGITS = 18;
const INT64_MAX = 2n ** 63n - 1n;
const NANO = 9;
/** Go would write out the power of ten of any exponent; beyond this it would run out of memory first. */
const LARGEST_EXPONENT = 100_000;

/**
 * A Kubernetes quantity (apimachinery pkg/api/resource), exact. As in Go it has two forms, an int64 with a decimal
 * scale and a big decimal: `isInteger`, `asInteger` and the printed form depend on which one arithmetic has led to.
 */
export class Quantity extends LibraryValue {
  readonly amount: Amount;
  readonly format: Format;
  /** The text it was read from, where that is canonical. */
  readonly #text: string | null;
  /**
   * True for what add and sub gave: cel-go's `==` finds no overload where such a one stands on the right, since they
   * give a pointer (pkg/cel/library/quantity.go).
   */
  readonly derived: boolean;

  constructor(amount: Amount, format: Format, text: string | null = null, derived = false) {
    super();
    this.amount = amount;
    this.format = format;
    this.#text = text;
    this.derived = derived;
  }

  override get type(): string {
    return 'kubernetes.Quantity';
  }

  override equals(other: Quantity): boolean | Fault {
    return other.derived ? noSuchOverload() : this.compare(other) === 0;
  }

  /** resource.ParseQuantity. @throws {CelError} where Kubernetes refuses the text. */
  static parse(text: string): Quantity {
    if (text === '0') return new Quantity({ kind: 'small', value: 0n, scale: 0 }, 'DecimalSI', text);
    const parts = form.exec(text);
    if (parts === null || text === '') throw new CelError(MALFORMED);
    const [, sign = '', wholeText = '', fractionText = '', suffixText = ''] = parts;
    const suffix = suffixOf(suffixText);
    const whole = wholeText.replace(/^0+/, '') || '0';
    const negative = sign === '-';
    // Nothing but zeros before the end of the text: Go stops reading there, and takes it for a plain 0.
    const zero = /^[+-]?0*$/.test(text);
    const fraction = zero ? '' : fractionText;
    const small = smallOf(whole, fraction, suffix, negative, text);
    if (small !== null) return small;
    if (!/\d/.test(wholeText + fraction)) throw new CelError('unable to parse numeric part of quantity');
    return bigOf(BigInt(whole + fraction), fraction.length, suffix, negative);
  }

  /** The quantity of a whole number, as `add` and `sub` of an int take it. */
  static fromInt(value: bigint): Quantity {
    return new Quantity({ kind: 'small', value, scale: 0 }, 'DecimalExponent');
  }

  /** Negative, 0 or positive. */
  compare(other: Quantity): number {
    return compareDecimals(asDecimal(this.amount), asDecimal(other.amount));
  }

  /** -1, 0 or 1. */
  get sign(): number {
    const value = this.amount.kind === 'small' ? this.amount.value : this.amount.unscaled;
    return value < 0n ? -1 : value > 0n ? 1 : 0;
  }

  /** The exact sum. */
  plus(other: Quantity): Quantity {
    return this.#combined(other, other.amount, asDecimal(other.amount));
  }

  /** The exact difference. */
  minus(other: Quantity): Quantity {
    const exact = asDecimal(other.amount);
    return this.#combined(other, negated(other.amount), { ...exact, unscaled: -exact.unscaled });
  }

  /** The sum in Go's small form where that holds it, else in the big one. */
  #combined(other: Quantity, amount: Amount, exact: Decimal): Quantity {
    const small = this.amount.kind === 'small' && amount.kind === 'small' ? addSmall(this.amount, amount) : null;
    const format = this.sign === 0 ? other.format : this.format;
    return new Quantity(small ?? addDecimals(asDecimal(this.amount), exact), format, null, true);
  }

  /** True where Go keeps it as an int64 with a scale that is not negative. */
  get integer(): boolean {
    return this.amount.kind === 'small' && smallAsInt64(this.amount) !== null;
  }

  /** @throws {CelError} where it is no int64. */
  asInteger(): bigint {
    const value = this.amount.kind === 'small' ? smallAsInt64(this.amount) : null;
    if (value === null) throw new CelError('cannot convert value to integer');
    return value;
  }

  /** Mantissa times a power of ten, each rounded to a double by itself. */
  asApproximateFloat(): number {
    const [base, exponent] =
      this.amount.kind === 'small'
        ? [this.amount.value, this.amount.scale]
        : [this.amount.unscaled, -this.amount.scale];
    return exponent === 0 ? Number(base) : Number(base) * pow10(exponent);
  }

  /** The canonical text. */
  override toString(): string {
    if (this.#text !== null) return this.#text;
    if (this.sign === 0) return '0';
    if (this.format === 'BinarySI') {
      const decimal = asDecimal(this.amount);
      const whole = roundUp(decimal, 0);
      const near = compareDecimals(decimal, { kind: 'big', unscaled: 1024n, scale: 0 }) < 0;
      const above = compareDecimals(decimal, { kind: 'big', unscaled: -1024n, scale: 0 }) > 0;
      if (!(near && above) && compareDecimals(whole, decimal) === 0) {
        const [number, exponent] = canonicalBinary(whole.unscaled);
        return `${number}${['', ...binarySuffixes][exponent] ?? ''}`;
      }
    }
    const [number, exponent] = canonical(this.amount);
    if (this.format === 'DecimalExponent') return exponent === 0 ? `${number}` : `${number}e${exponent}`;
    return `${number}${decimalSuffixes[(exponent - LOWEST_EXPONENT) / 3] ?? ''}`;
  }
}

function suffixOf(text: string): Suffix {
  const known = suffixes().get(text);
  if (known !== undefined) return known;
  if (!/^[eE][+-]?\d+$/.test(text)) throw new CelError("unable to parse quantity's suffix");
  const exponent = BigInt(text.slice(1).replace('+', ''));
  if (exponent > INT64_MAX || exponent < -INT64_MAX - 1n) throw new CelError("unable to parse quantity's suffix");
  // Go cuts it to an int32.
  const cut = Number(BigInt.asIntN(32, exponent));
  if (Math.abs(cut) > LARGEST_EXPONENT)
    throw new CelError(`unable to write out the exponent of quantity ${goQuote(text)}`);
  return { base: 10, exponent: cut, format: 'DecimalExponent' };
}

/** The form with an int64, where digits and scale allow it. */
function smallOf(whole: string, fraction: string, suffix: Suffix, negative: boolean, text: string): Quantity | null {
  const decimal = suffix.base === 10;
  if (!decimal && fraction !== '') return null;
  const spare = decimal
    ? SMALL_DIGITS - (whole.length + fraction.length)
    : 15 - whole.length - Math.trunc((suffix.exponent * 3) / 10) - 1;
  const scale = (decimal ? suffix.exponent : 0) - fraction.length;
  if (spare < 0 || scale < -NANO) return null;
  const digits = whole + fraction;
  const value = BigInt(digits);
  const product = value * (decimal ? 1n : 2n ** BigInt(suffix.exponent));
  if (!fitsInt64(product)) return null;
  const kept = decimal
    ? scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
    : suffix.exponent % 10 === 0 && (value & 7n) !== 0n;
  return new Quantity(
    { kind: 'small', value: negative ? -product : product, scale },
    suffix.format,
    kept ? text : null,
  );
}

/** The form with a big decimal: rounded up to nano, binary ones capped at int64. */
function bigOf(digits: bigint, fractionLength: number, suffix: Suffix, negative: boolean): Quantity {
  const exact: Decimal =
    suffix.base === 10
      ? { kind: 'big', unscaled: digits, scale: fractionLength - suffix.exponent }
      : { kind: 'big', unscaled: digits * 2n ** BigInt(suffix.exponent), scale: fractionLength };
  const rounded = digits === 0n ? exact : roundUp(exact, NANO);
  const most: Decimal = { kind: 'big', unscaled: INT64_MAX, scale: 0 };
  const binary = suffix.format === 'BinarySI';
  const capped = binary && compareDecimals(rounded, most) > 0 ? most : rounded;
  const one: Decimal = { kind: 'big', unscaled: 1n, scale: 0 };
  const fractional = binary && capped.unscaled > 0n && compareDecimals(capped, one) < 0;
  const amount = negative ? { ...capped, unscaled: -capped.unscaled } : capped;
  return new Quantity(amount, fractional ? 'DecimalSI' : suffix.format);
}

function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const unscaled = a.unscaled * 10n ** BigInt(scale - a.scale) + b.unscaled * 10n ** BigInt(scale - b.scale);
  return { kind: 'big', unscaled, scale };
}

function negated(amount: Amount): Amount {
  return amount.kind === 'small'
    ? { ...amount, value: BigInt.asIntN(64, -amount.value) }
    : { ...amount, unscaled: -amount.unscaled };
}

/** Go's math.Pow10: 0 below 10^-323, infinite above 10^308, and between them one product or quotient of table values. */
function pow10(exponent: number): number {
  if (exponent < -323) return 0;
  if (exponent > 308) return Number.POSITIVE_INFINITY;
  const size = Math.abs(exponent);
  const rest = Number(`1e${size % 32}`);
  return exponent >= 0 ? Number(`1e${size - (size % 32)}`) * rest : Number(`1e-${size - (size % 32)}`) / rest;
}
