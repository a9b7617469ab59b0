import { noSuchOverload } from '../values/fault.ts';
import { int } from '../values/numbers.ts';
import { Semver } from '../values/semver.ts';
import type { Value } from '../values/value.ts';
import { walksArgument } from './cost.ts';
import { memberOf, parses } from './define.ts';
import type { CelFunction } from './function.ts';

function reads(name: string, apply: (parse: () => Semver) => Value): CelFunction {
  return {
    name,
    style: 'global',
    arity: [1, 2],
    apply: (text, normalize = false) =>
      typeof text === 'string' && typeof normalize === 'boolean'
        ? apply(() => (normalize ? Semver.parseNormalized(text) : Semver.parse(text)))
        : noSuchOverload(),
    cost: walksArgument(),
  };
}

const against =
  (apply: (order: number) => Value) =>
  (a: Semver, b: Value = null): Value =>
    b instanceof Semver ? apply(a.compare(b)) : noSuchOverload();

/** Go makes an int64 of a uint64 by its bits. */
const number = (value: bigint): Value => int(BigInt.asIntN(64, value));

/** Kubernetes' semantic versions (pkg/cel/library/semverlib.go, version 1). */
export const semverFunctions = (): readonly CelFunction[] => [
  reads('semver', (parse) => parse()),
  reads('isSemver', (parse) => parses(parse)),
  memberOf(Semver, 'major', 0, (version) => number(version.major)),
  memberOf(Semver, 'minor', 0, (version) => number(version.minor)),
  memberOf(Semver, 'patch', 0, (version) => number(version.patch)),
  memberOf(
    Semver,
    'isGreaterThan',
    1,
    against((order) => order > 0),
  ),
  memberOf(
    Semver,
    'isLessThan',
    1,
    against((order) => order < 0),
  ),
  memberOf(
    Semver,
    'compareTo',
    1,
    against((order) => order),
  ),
];
