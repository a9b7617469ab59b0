import { ErrorValue } from './fault.ts';

export const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/** A CEL double whose value is a safe integer: a bare JS number of that kind is an int. */
export class Double {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A CEL uint. */
export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** A CEL int from a bigint in int64 range: a number where that is exact, else the bigint; an error outside. */
export function int(value: bigint): number | bigint | ErrorValue {
  if (value >= -9007199254740991n && value <= 9007199254740991n) return Number(value);
  return value < INT64_MIN || value > INT64_MAX ? new ErrorValue('integer overflow') : value;
}

/** A CEL uint; an error outside uint64. */
export function uint(value: bigint): Uint | ErrorValue {
  return value < 0n || value > UINT64_MAX ? new ErrorValue('unsigned integer overflow') : new Uint(value);
}

/** A CEL double. */
export function double(value: number): number | Double {
  return Number.isSafeInteger(value) ? new Double(value) : value;
}

/** True for a CEL int. */
export function isInt(value: unknown): value is number | bigint {
  return typeof value === 'number' ? Number.isSafeInteger(value) : typeof value === 'bigint';
}

/** True for a CEL double. */
export function isDouble(value: unknown): value is number | Double {
  return typeof value === 'number' ? !Number.isSafeInteger(value) : value instanceof Double;
}

/** The JS number of a CEL double. */
export function doubleOf(value: number | Double): number {
  return typeof value === 'number' ? value : value.value;
}
