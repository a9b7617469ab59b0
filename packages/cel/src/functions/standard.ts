import { Uint, doubleOf, double, int, isDouble, isInt, uint } from '../values/numbers.ts';
import { noSuchOverload } from '../values/fault.ts';
import { isMap, mapSize } from '../values/equality.ts';
import { typeOf } from '../values/type-of.ts';
import { TypeValue } from '../values/type-value.ts';
import { Duration } from '../values/duration.ts';
import { Timestamp } from '../values/timestamp.ts';
import { codePointLength, endsWith, startsWith } from '../libraries/strings.ts';
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
import { doubtIn } from '../values/unseen.ts';
import { type Value, isList } from '../values/value.ts';
import { operandSize, regexCost, walk, walkOfBoth, walkOfText } from './cost.ts';
import type { CelFunction, Cost, CostFor, OfTexts } from './function.ts';
import { timeFunctions } from './time.ts';

function size(value: Value): Value {
  if (typeof value === 'string') return codePointLength(value);
  if (isList(value) || value instanceof Uint8Array) return value.length;
  return isMap(value) ? (doubtIn(value) ?? mapSize(value)) : noSuchOverload();
}

const onStrings =
  (test: (text: string, part: string) => boolean) =>
  (text: Value, part: Value): Value =>
    typeof text === 'string' && typeof part === 'string' ? test(text, part) : noSuchOverload();

/** A member that tests a text by a part of it. */
function textTest(name: string, test: OfTexts['test'], costOf: OfTexts['cost'], cost: Cost): CelFunction {
  return { ...fn(name, 'member', [2], onStrings(test), cost), ofTexts: { test, cost: costOf } };
}

const contained: Cost = ([text, part]) => walk(operandSize(text)) * walk(operandSize(part));
const walksText: Cost = ([text]) => walk(operandSize(text));
const matched: Cost = ([text, pattern]) => regexCost(operandSize(text), operandSize(pattern));
const walksIf =
  (walking: string): CostFor =>
  (overload) =>
    overload === walking ? walksText : undefined;

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

function fn(
  name: string,
  style: CelFunction['style'],
  arity: readonly number[],
  apply: CelFunction['apply'],
  cost?: CelFunction['cost'],
): CelFunction {
  return { name, style, arity, apply, ...(cost === undefined ? {} : { cost }) };
}

/** The CEL standard library without operators (cel-go common/stdlib/standard.go). */
export const standardFunctions = (): readonly CelFunction[] => [
  fn('size', 'both', [1], size),
  textTest('contains', (text, part) => text.includes(part), walkOfBoth, contained),
  textTest('startsWith', startsWith, walkOfText, walksText),
  textTest('endsWith', endsWith, walkOfText, walksText),
  fn('matches', 'member', [2], onStrings(matches), matched),
  // cel-go charges the global form as any function: the overload has another name than the one it looks for.
  fn('matches', 'global', [2], onStrings(matches)),
  fn('type', 'global', [1], (value) => new TypeValue(typeOf(value ?? null))),
  fn('dyn', 'global', [1], (value) => value ?? null),
  fn('int', 'global', [1], (value) => toInt(value ?? null)),
  fn('uint', 'global', [1], (value) => toUint(value ?? null)),
  fn('double', 'global', [1], (value) => toDouble(value ?? null)),
  // Of the conversions only those between text and bytes walk anything.
  { ...fn('string', 'global', [1], (value) => toString(value ?? null)), costFor: walksIf('bytes_to_string') },
  { ...fn('bytes', 'global', [1], (value) => toBytes(value ?? null)), costFor: walksIf('string_to_bytes') },
  fn('bool', 'global', [1], (value) => toBool(value ?? null)),
  ...timeFunctions(),
];
