/** A least and a most, of a size or a cost; 64 bits without sign, and what does not fit is the greatest of them. */
export interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

export const MOST = 2n ** 64n - 1n;

/** Nothing is known: from none to the greatest. */
export const unknownRange: Range = { min: 0n, max: MOST };

export function fixed(value: bigint | number): Range {
  const exact = BigInt(value);
  return { min: exact, max: exact };
}

export function add(...ranges: readonly Range[]): Range {
  let min = 0n;
  let max = 0n;
  for (const range of ranges) {
    min = capped(min + range.min);
    max = capped(max + range.max);
  }
  return { min, max };
}

export function multiply(a: Range, b: Range): Range {
  return { min: capped(a.min * b.min), max: capped(a.max * b.max) };
}

/** Each bound times a factor, rounded up, as floating-point numbers multiply (cel-go checker/cost.go). */
export function scale(range: Range, factor: number): Range {
  return { min: scaled(range.min, factor), max: scaled(range.max, factor) };
}

export function union(a: Range, b: Range): Range {
  return { min: a.min < b.min ? a.min : b.min, max: a.max > b.max ? a.max : b.max };
}

export function capped(value: bigint): bigint {
  return value > MOST ? MOST : value;
}

function scaled(value: bigint, factor: number): bigint {
  const product = Math.ceil(Number(value) * factor);
  return product >= 2 ** 64 ? MOST : BigInt(product);
}
