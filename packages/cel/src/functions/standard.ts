import { Uint, doubleOf, double, int, isDouble, isInt, uint } from '../values/numbers.ts';
import { ErrorValue, noSuchOverload } from '../values/fault.ts';
import { NONE, Optional } from '../values/optional.ts';
import { isMap, mapSize } from '../values/equality.ts';
import { typeOf } from '../values/type-of.ts';
import { TypeValue } from '../values/type-value.ts';
import { Duration } from '../values/duration.ts';
import { Timestamp } from '../values/timestamp.ts';
import { codePointLength } from '../libraries/strings.ts';
import {
  bytesToString,
  doubleToInt,
  doubleToUint,
  formatDouble,
  parseBool,
  parseDouble,
  parseInt64,
  parseUint64,
  stringToBytes,
} from '../libraries/conversions.ts';
import { matches } from '../libraries/regex.ts';
import { type Value, isList } from '../values/value.ts';
import { costSize } from './operators.ts';
import type { CelFunction, Library } from './function.ts';
import { timeFunctions } from './time.ts';

function size(value: Value): Value {
  if (typeof value === 'string') return codePointLength(value);
  if (isList(value) || value instanceof Uint8Array) return value.length;
  return isMap(value) ? mapSize(value) : noSuchOverload();
}

const onStrings =
  (test: (text: string, part: string) => boolean) =>
  (text: Value, part: Value): Value =>
    typeof text === 'string' && typeof part === 'string' ? test(text, part) : noSuchOverload();

const tenth = ([text]: readonly Value[]): number => Math.ceil(costSize(text ?? null) * 0.1) - 1;
const product = ([text, part]: readonly Value[]): number =>
  Math.ceil(costSize(text ?? null) * 0.1) * Math.ceil(costSize(part ?? null) * 0.1) - 1;
const regexCost = ([text, pattern]: readonly Value[]): number =>
  Math.ceil((costSize(text ?? null) + 1) * 0.1) * Math.ceil(costSize(pattern ?? null) * 0.25) - 1;

function toInt(value: Value): Value {
  if (isInt(value)) return value;
  if (value instanceof Uint) return int(value.value);
  if (isDouble(value)) return int(doubleToInt(doubleOf(value)));
  if (typeof value === 'string') return int(parseInt64(value));
  if (value instanceof Timestamp) return value.seconds;
  return value instanceof Duration ? int(value.nanos) : noSuchOverload();
}

function toUint(value: Value): Value {
  if (value instanceof Uint) return value;
  if (isInt(value)) return uint(BigInt(value));
  if (isDouble(value)) return uint(doubleToUint(doubleOf(value)));
  return typeof value === 'string' ? uint(parseUint64(value)) : noSuchOverload();
}

function toDouble(value: Value): Value {
  if (isDouble(value)) return value;
  if (isInt(value)) return double(Number(value));
  if (value instanceof Uint) return double(Number(value.value));
  return typeof value === 'string' ? double(parseDouble(value)) : noSuchOverload();
}

function toString(value: Value): Value {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || isInt(value)) return String(value);
  if (value instanceof Uint) return String(value.value);
  if (isDouble(value)) return formatDouble(doubleOf(value));
  if (value instanceof Uint8Array) return bytesToString(value);
  return value instanceof Timestamp || value instanceof Duration ? value.toString() : noSuchOverload();
}

function toBytes(value: Value): Value {
  if (value instanceof Uint8Array) return value;
  return typeof value === 'string' ? stringToBytes(value) : noSuchOverload();
}

function toBool(value: Value): Value {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' ? parseBool(value) : noSuchOverload();
}

function isZero(value: Value): boolean {
  if (value === null || value === false || value === '' || value === 0) return true;
  if (isDouble(value)) return doubleOf(value) === 0;
  if (value instanceof Uint) return value.value === 0n;
  if (isList(value) || value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Duration) return value.nanos === 0n;
  return isMap(value) && mapSize(value) === 0;
}

function fn(
  name: string,
  style: CelFunction['style'],
  arity: readonly number[],
  apply: CelFunction['apply'],
  cost?: CelFunction['cost'],
): CelFunction {
  return { name, style, arity, apply, ...(cost === undefined ? {} : { cost }) };
}

/** The CEL standard library with optionals (cel-go stdlib, cel.OptionalTypes). */
export const standardLibrary: Library = {
  name: 'standard',
  since: 0,
  functions: [
    fn('size', 'both', [1], size),
    fn(
      'contains',
      'member',
      [2],
      onStrings((text, part) => text.includes(part)),
      product,
    ),
    fn(
      'startsWith',
      'member',
      [2],
      onStrings((text, part) => text.startsWith(part)),
      ([, part]) => tenth([part ?? null]),
    ),
    fn(
      'endsWith',
      'member',
      [2],
      onStrings((text, part) => text.endsWith(part)),
      ([, part]) => tenth([part ?? null]),
    ),
    fn('matches', 'both', [2], onStrings(matches), regexCost),
    fn('type', 'global', [1], (value) => new TypeValue(typeOf(value ?? null))),
    fn('dyn', 'global', [1], (value) => value ?? null),
    fn('int', 'global', [1], (value) => toInt(value ?? null)),
    fn('uint', 'global', [1], (value) => toUint(value ?? null)),
    fn('double', 'global', [1], (value) => toDouble(value ?? null)),
    fn('string', 'global', [1], (value) => toString(value ?? null), tenth),
    fn('bytes', 'global', [1], (value) => toBytes(value ?? null), tenth),
    fn('bool', 'global', [1], (value) => toBool(value ?? null)),
    fn('optional.of', 'global', [1], (value) => new Optional(value)),
    fn('optional.none', 'global', [0], () => NONE),
    fn('optional.ofNonZeroValue', 'global', [1], (value) => (isZero(value ?? null) ? NONE : new Optional(value))),
    fn('optional.unwrap', 'global', [1], unwrapAll),
    fn('unwrapOpt', 'member', [1], unwrapAll),
    fn('first', 'member', [1], (list) => (isList(list ?? null) ? optionalAt(list ?? null, 0) : noSuchOverload())),
    fn('last', 'member', [1], (list) => (isList(list ?? null) ? optionalAt(list ?? null, -1) : noSuchOverload())),
    ...timeFunctions,
  ],
};

function optionalAt(list: Value, index: number): Value {
  const value = isList(list) ? list.at(index) : undefined;
  return value === undefined ? NONE : new Optional(value);
}

function unwrapAll(list: Value): Value {
  if (!isList(list)) return noSuchOverload();
  const values: Value[] = [];
  for (const element of list) {
    if (!(element instanceof Optional)) return new ErrorValue('no such overload: optional.unwrap');
    if (element.value !== undefined) values.push(element.value);
  }
  return values;
}
