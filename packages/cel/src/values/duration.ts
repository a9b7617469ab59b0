import { CelError } from '../errors.ts';

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;
const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** A duration: int64 nanoseconds, as Go's time.Duration (cel-go common/types/duration.go). */
export class Duration {
  readonly nanos: bigint;

  /** @throws {CelError} outside int64. */
  constructor(nanos: bigint) {
    if (nanos < MIN || nanos > MAX) throw new CelError('integer overflow');
    this.nanos = nanos;
  }

  /** Go's `time.ParseDuration`: `1h2m3.5s`. @throws {CelError} */
  static parse(text: string): Duration {
    const body = /^[-+]?(.*)$/s.exec(text)?.[1] ?? '';
    const negative = text.startsWith('-');
    if (body === '0') return new Duration(0n);
    if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body))
      throw new CelError(`time: invalid duration ${JSON.stringify(text)}`);
    let total = 0n;
    for (const [, whole = '', fraction = '', unit = ''] of body.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
      const size = units[unit] ?? 0n;
      total += BigInt(whole || '0') * size;
      if (fraction !== '') total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
    }
    if (total > MAX && !(negative && total === -MIN))
      throw new CelError(`time: invalid duration ${JSON.stringify(text)}`);
    return new Duration(negative ? -total : total);
  }

  /** @throws {CelError} on overflow. */
  plus(other: Duration): Duration {
    return new Duration(this.nanos + other.nanos);
  }

  /** @throws {CelError} on overflow. */
  minus(other: Duration): Duration {
    return new Duration(this.nanos - other.nanos);
  }

  /** Whole hours in total; Go's float arithmetic and cut. */
  get hours(): number {
    return Math.trunc(this.#in('h'));
  }

  /** Whole minutes in total, likewise. */
  get minutes(): number {
    return Math.trunc(this.#in('m'));
  }

  /** Whole seconds in total, likewise. */
  get seconds(): number {
    return Math.trunc(this.#in('s'));
  }

  /** Milliseconds in total, as cel-go gives them. */
  get milliseconds(): number {
    return Number(this.nanos / 1_000_000n);
  }

  /** Seconds as a float, `5400s`, `1.5s`; the digits go through a double as in cel-go. */
  toString(): string {
    return `${plain(this.#in('s'))}s`;
  }

  #in(name: string): number {
    const unit = units[name] ?? 1n;
    return Number(this.nanos / unit) + Number(this.nanos % unit) / Number(unit);
  }
}

/** A double without exponent (Go `strconv.FormatFloat(x, 'f', -1, 64)`). */
function plain(value: number): string {
  const text = String(value);
  const parts = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (parts === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const shift = Number(exponent);
  const digits = whole + fraction;
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${digits}`;
  return sign + digits.padEnd(whole.length + shift, '0');
}
