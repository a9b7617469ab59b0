import { noSuchOverload } from '../values/fault.ts';
import { double, int, isInt } from '../values/numbers.ts';
import { Quantity } from '../values/quantity.ts';
import type { Value } from '../values/value.ts';
import { walksArgument } from './cost.ts';
import { memberOf, ofText, parses } from './define.ts';
import type { CelFunction } from './function.ts';

const against =
  (apply: (order: number) => Value) =>
  (a: Quantity, b: Value = null): Value =>
    b instanceof Quantity ? apply(a.compare(b)) : noSuchOverload();

/** The other side of add and sub: a quantity or an int. */
const combined =
  (apply: (a: Quantity, b: Quantity) => Quantity) =>
  (a: Quantity, b: Value = null): Value => {
    if (b instanceof Quantity) return apply(a, b);
    return isInt(b) ? apply(a, Quantity.fromInt(BigInt(b))) : noSuchOverload();
  };

/** Kubernetes' quantities (pkg/cel/library/quantity.go). */
export const quantityFunctions = (): readonly CelFunction[] => [
  ofText('quantity', (text) => Quantity.parse(text), walksArgument()),
  ofText('isQuantity', (text) => parses(() => Quantity.parse(text)), walksArgument()),
  // Declared as a global function there, whatever its documentation says: `sign(quantity('1'))`.
  { ...memberOf(Quantity, 'sign', 0, (quantity) => quantity.sign), style: 'global' },
  memberOf(Quantity, 'isInteger', 0, (quantity) => quantity.integer),
  memberOf(Quantity, 'asInteger', 0, (quantity) => int(quantity.asInteger())),
  memberOf(Quantity, 'asApproximateFloat', 0, (quantity) => double(quantity.asApproximateFloat())),
  memberOf(
    Quantity,
    'add',
    1,
    combined((a, b) => a.plus(b)),
  ),
  memberOf(
    Quantity,
    'sub',
    1,
    combined((a, b) => a.minus(b)),
  ),
  memberOf(
    Quantity,
    'compareTo',
    1,
    against((order) => order),
  ),
  memberOf(
    Quantity,
    'isGreaterThan',
    1,
    against((order) => order > 0),
  ),
  memberOf(
    Quantity,
    'isLessThan',
    1,
    against((order) => order < 0),
  ),
];
