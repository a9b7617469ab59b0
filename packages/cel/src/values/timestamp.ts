import { CelError } from '../errors.ts';
import { Duration } from './duration.ts';

/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z in seconds since 1970 (cel-go minUnixTime, maxUnixTime). */
const FIRST = -62_135_596_800;
const LAST = 253_402_300_799;
const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d+))?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/** A point in time with nanoseconds; the offset it was written with is kept for printing only. */
export class Timestamp {
  /** Seconds since 1970, floored. */
  readonly seconds: number;
  /** 0 … 999,999,999. */
  readonly nanos: number;
  readonly offsetMinutes: number;

  /** @throws {CelError} outside the years 1 … 9999. */
  constructor(seconds: number, nanos: number, offsetMinutes = 0) {
    if (seconds < FIRST || seconds > LAST) throw new CelError('timestamp overflow');
    this.seconds = seconds;
    this.nanos = nanos;
    this.offsetMinutes = offsetMinutes;
  }

  /** RFC 3339, as Go's time.Parse reads it. @throws {CelError} */
  static parse(text: string): Timestamp {
    const fault = (): CelError =>
      new CelError(`parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse`);
    const parts = rfc3339.exec(text);
    if (parts === null) throw fault();
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
    const [fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = parts.slice(7);
    if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59)
      throw fault();
    if (Number(offsetHours) > 24 || Number(offsetMinutes) > 60) throw fault();
    const offset = (sign === '-' ? -1 : 1) * (Number(offsetHours) * 60 + Number(offsetMinutes));
    const days = civilDays(year, month, day);
    return new Timestamp(
      days * 86_400 + hour * 3600 + minute * 60 + second - offset * 60,
      Number(fraction.slice(0, 9).padEnd(9, '0')),
      offset,
    );
  }

  /** @throws {CelError} out of range. */
  plus(duration: Duration): Timestamp {
    const nanos = BigInt(this.nanos) + duration.nanos;
    const carry = nanos >= 0n ? nanos / 1_000_000_000n : -((-nanos + 999_999_999n) / 1_000_000_000n);
    return new Timestamp(this.seconds + Number(carry), Number(nanos - carry * 1_000_000_000n), this.offsetMinutes);
  }

  /** @throws {CelError} out of range. */
  minus(duration: Duration): Timestamp {
    // Go negates it, which the least duration does not survive.
    return this.plus(new Duration(-duration.nanos));
  }

  /** Go's zero time, the first second of the year 1. */
  get isZero(): boolean {
    return this.seconds === FIRST && this.nanos === 0;
  }

  /** This less another. @throws {CelError} beyond a duration's range. */
  since(other: Timestamp): Duration {
    // The whole seconds alone have to fit, as in cel-go.
    const whole = new Duration(BigInt(this.seconds - other.seconds) * 1_000_000_000n);
    return whole.plus(new Duration(BigInt(this.nanos - other.nanos)));
  }

  /** RFC 3339 with the offset it was written with and no more digits than needed. */
  toString(): string {
    const shown = new Date((this.seconds + this.offsetMinutes * 60) * 1000).toISOString().replace(/^\+0*(\d{4})/, '$1');
    const fraction = this.nanos === 0 ? '' : `.${String(this.nanos).padStart(9, '0').replace(/0+$/, '')}`;
    const size = Math.abs(this.offsetMinutes);
    const pad = (value: number): string => String(value).padStart(2, '0');
    const zone =
      size === 0 ? 'Z' : `${this.offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
    return `${shown.slice(0, -5)}${fraction}${zone}`;
  }

  /** The wall clock of a zone: an IANA name, `+05:30`, `02:00`, or UTC where left out. @throws {CelError} */
  inZone(zone = 'UTC'): {
    year: number;
    month: number;
    day: number;
    weekday: number;
    dayOfYear: number;
    hours: number;
    minutes: number;
    seconds: number;
  } {
    const date = new Date((this.seconds + zoneOffset(zone, this.seconds)) * 1000);
    const year = date.getUTCFullYear();
    return {
      year,
      month: date.getUTCMonth(),
      day: date.getUTCDate(),
      weekday: date.getUTCDay(),
      dayOfYear: Math.floor(date.getTime() / 86_400_000) - civilDays(year, 1, 1),
      hours: date.getUTCHours(),
      minutes: date.getUTCMinutes(),
      seconds: date.getUTCSeconds(),
    };
  }
}

function daysIn(year: number, month: number): number {
  return civilDays(month === 12 ? year + 1 : year, month === 12 ? 1 : month + 1, 1) - civilDays(year, month, 1);
}

/** Days since 1970-01-01 of a date of the Gregorian calendar; years below 100 are not 19xx here. */
function civilDays(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.round(date.getTime() / 86_400_000);
}

function zoneOffset(zone: string, seconds: number): number {
  if (zone === '' || zone === 'UTC' || zone === 'Local') return 0;
  const fixed = /^([+-]?)(\d{2}):(\d{2})$/.exec(zone);
  if (fixed !== null) return (fixed[1] === '-' ? -60 : 60) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  const parts = zoneFormat(zone).formatToParts(new Date(seconds * 1000));
  const text = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  const part = (type: string): number => Number(text(type));
  const local = new Date(0);
  // The year before 1 is 0 here, and 1 BC there.
  local.setUTCFullYear(text('era').startsWith('B') ? 1 - part('year') : part('year'), part('month') - 1, part('day'));
  local.setUTCHours(part('hour'), part('minute'), part('second'));
  return Math.round(local.getTime() / 1000) - seconds;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function zoneFormat(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    // Intl ignores case; Go's zone database does not.
    if (!/^[A-Z][A-Za-z_]*(?:[/+-][A-Za-z0-9_+-]+)*$/.test(zone) && zone !== 'GB')
      throw new CelError(`unknown time zone ${zone}`);
    try {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        hourCycle: 'h23',
        era: 'short',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch (error) {
      if (error instanceof RangeError) throw new CelError(`unknown time zone ${zone}`);
      throw error;
    }
    formats.set(zone, format);
  }
  return format;
}
