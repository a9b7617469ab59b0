import { CelError } from '../errors.ts';
import { LibraryValue } from './library-value.ts';

const UINT64 = 2n ** 64n;
const number = /^(?:0|[1-9]\d*)$/;

/** A semantic version (github.com/blang/semver/v4, which Kubernetes uses). */
export class Semver extends LibraryValue {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly prerelease: readonly string[];
  readonly build: readonly string[];

  constructor(numbers: readonly [bigint, bigint, bigint], prerelease: readonly string[], build: readonly string[]) {
    super();
    [this.major, this.minor, this.patch] = numbers;
    this.prerelease = prerelease;
    this.build = build;
  }

  override get type(): string {
    return 'kubernetes.Semver';
  }

  override equals(other: Semver): boolean {
    return this.compare(other) === 0;
  }

  /** @throws {CelError} where it is none. */
  static parse(text: string): Semver {
    const fault = new CelError(`not a semantic version: ${JSON.stringify(text)}`);
    const dots = [text.indexOf('.'), text.indexOf('.', text.indexOf('.') + 1)];
    const [first = -1, second = -1] = dots;
    if (first === -1 || second === -1) throw fault;
    const rest = text.slice(second + 1);
    const [beforeBuild, build] = cut(rest, '+');
    const [patch, prerelease] = cut(beforeBuild, '-');
    const numbers = [text.slice(0, first), text.slice(first + 1, second), patch];
    if (!numbers.every((part) => number.test(part) && BigInt(part) < UINT64)) throw fault;
    const before = prerelease?.split('.') ?? [];
    const after = build?.split('.') ?? [];
    if (!after.every((part) => /^[0-9A-Za-z-]+$/.test(part))) throw fault;
    if (
      !before.every((part) =>
        /^\d+$/.test(part) ? number.test(part) && BigInt(part) < UINT64 : /^[0-9A-Za-z-]+$/.test(part),
      )
    )
      throw fault;
    return new Semver([BigInt(numbers[0] ?? 0), BigInt(numbers[1] ?? 0), BigInt(numbers[2] ?? 0)], before, after);
  }

  /**
   * The lenient form `semver(text, true)`: a leading v goes, leading zeros go, a missing minor and patch are 0
   * (pkg/cel/library/semverlib.go normalizeAndParse). @throws {CelError}
   */
  static parseNormalized(text: string): Semver {
    const stripped = text.replace(/^v/, '');
    const [first = '', second, ...more] = stripped.split('.');
    const parts = [first, ...(second === undefined ? [] : [second]), ...(more.length === 0 ? [] : [more.join('.')])];
    const trimmed = parts.map((part) => {
      if (part.length <= 1) return part;
      const bare = part.replace(/^0+/, '');
      return /^\d/.test(bare) ? bare : `0${bare}`;
    });
    if (trimmed.length < 3 && /[+-]/.test(trimmed.at(-1) ?? ''))
      throw new CelError('short version cannot contain PreRelease/Build meta data');
    while (trimmed.length < 3) trimmed.push('0');
    return Semver.parse(trimmed.join('.'));
  }

  /** -1, 0 or 1; build metadata counts for nothing. */
  compare(other: Semver): number {
    for (const [a, b] of [
      [this.major, other.major],
      [this.minor, other.minor],
      [this.patch, other.patch],
    ] as const)
      if (a !== b) return a < b ? -1 : 1;
    if (this.prerelease.length === 0 || other.prerelease.length === 0)
      return (
        Math.sign(other.prerelease.length - this.prerelease.length) *
        Number(this.prerelease.length !== other.prerelease.length)
      );
    for (const [i, a] of this.prerelease.entries()) {
      const b = other.prerelease[i];
      if (b === undefined) return 1;
      const order = comparePrerelease(a, b);
      if (order !== 0) return order;
    }
    return this.prerelease.length < other.prerelease.length ? -1 : 0;
  }

  override toString(): string {
    const before = this.prerelease.length === 0 ? '' : `-${this.prerelease.join('.')}`;
    const after = this.build.length === 0 ? '' : `+${this.build.join('.')}`;
    return `${this.major}.${this.minor}.${this.patch}${before}${after}`;
  }
}

function comparePrerelease(a: string, b: string): number {
  const [x, y] = [a, b].map((part) => (number.test(part) ? BigInt(part) : null));
  if (x !== null && y !== null && x !== undefined && y !== undefined) return x === y ? 0 : x < y ? -1 : 1;
  if (x !== null) return -1;
  if (y !== null) return 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Before and after the first `separator`; undefined where there is none. */
function cut(text: string, separator: string): readonly [string, string | undefined] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
