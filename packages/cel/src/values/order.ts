import { Fault, noSuchOverload } from './fault.ts';
import { Double, Uint, isDouble } from './numbers.ts';
import { Duration } from './duration.ts';
import { Timestamp } from './timestamp.ts';
import type { Value } from './value.ts';

/**
 * Order of two values: negative, 0 or positive; NaN where neither comes first (a NaN operand); a fault where CEL has no
 * order between them. Numbers are compared across types by value (cel-go CrossTypeNumericComparisons).
 */
export function compare(a: Value, b: Value): number | Fault {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (a instanceof Fault) return a;
  if (b instanceof Fault) return b;
  const x = numeric(a);
  const y = numeric(b);
  if (x !== undefined && y !== undefined) return orderOf(a, b, x, y);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Timestamp && b instanceof Timestamp) return a.seconds - b.seconds || a.nanos - b.nanos;
  if (a instanceof Duration && b instanceof Duration) return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  return noSuchOverload();
}

/** An int or uint against a double is compared as doubles, losing what a double cannot hold (cel-go compare.go). */
function orderOf(a: Value, b: Value, x: number | bigint, y: number | bigint): number {
  const lossy = isDouble(a) !== isDouble(b);
  const left = lossy ? Number(x) : x;
  const right = lossy ? Number(y) : y;
  if (left < right) return -1;
  if (left > right) return 1;
  return left === right || typeof left === 'bigint' || typeof right === 'bigint' ? 0 : Number.NaN;
}

function numeric(value: Value): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  return value instanceof Double || value instanceof Uint ? value.value : undefined;
}

/** By code points, as Go compares UTF-8: surrogates sort above all other units. */
function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
}
