import { isDeepStrictEqual } from 'node:util';
import { Activation, type Program } from '../program.ts';
import { isMap, mapGet, mapKeys } from '../values/equality.ts';
import { ErrorValue, Fault, Unknown } from '../values/fault.ts';
import { Double, Uint } from '../values/numbers.ts';
import { Optional } from '../values/optional.ts';
import { isDoubt, withUnknown } from '../values/unseen.ts';
import { type Value, isList, isPlainMap, newMap } from '../values/value.ts';
import type { Random } from './differential/random.ts';

type Key = string | number;

/** A part of a value that is not known: a list's element or a map's key, which `there` says to be there. */
export interface UnknownPart {
  readonly path: readonly Key[];
  readonly there: boolean;
}

/** What may stand there in truth: values of every kind, some of which are in what expressions compare with. */
const possible: readonly Value[] = [
  null,
  true,
  0,
  1,
  -7n,
  2.5,
  new Double(Number.NaN),
  new Uint(1n),
  '',
  'a',
  'web',
  [],
  [1],
  ['a', 'b'],
  [[1]],
  {},
  { a: 1 },
  { a: { b: 'a' }, c: null },
  new Optional(1),
];

/** A part of a value, drawn; a key of a map may be one that it lacks. Null where the value has no parts. */
export function drawnPart(value: Value, random: Random): UnknownPart | null {
  if (isList(value)) {
    if (value.length === 0) return null;
    const at = random.below(value.length);
    return below([at], value[at] ?? null, random) ?? { path: [at], there: true };
  }
  if (!isPlainMap(value)) return null;
  const key = random.pick([...Object.keys(value), 'a', 'zz']);
  const own = Object.hasOwn(value, key) ? (value[key] ?? null) : null;
  return below([key], own, random) ?? { path: [key], there: random.below(2) === 0 };
}

function below(path: readonly Key[], value: Value, random: Random): UnknownPart | null {
  const inner = random.below(3) === 0 ? null : drawnPart(value, random);
  return inner === null ? null : { path: [...path, ...inner.path], there: inner.there };
}

/**
 * A value for the unknown part with which the program's answer is none that it gives where the part is unknown; null
 * where there is none.
 */
export function contradiction(
  program: Program,
  bindings: Readonly<Record<string, Value>>,
  name: string,
  { path, there }: UnknownPart,
): string | null {
  const value = bindings[name] ?? null;
  const answer = answerOf(program, { ...bindings, [name]: withUnknown(value, path, 'not kept', there) });
  const others = possible.map((one) => placed(value, path, one));
  for (const truth of [...others, ...(there ? [] : [value, placed(value, path, undefined)])]) {
    const given = answerOf(program, { ...bindings, [name]: truth });
    if (!agrees(answer, given))
      return `${program.source} with ${name}.${path.join('.')}: ${shown(answer)}, and ${shown(given)} for ${shown(truth)}`;
  }
  return null;
}

function answerOf(program: Program, bindings: Readonly<Record<string, Value>>): Value {
  return program.run(new Activation(program.environment, bindings), Number.POSITIVE_INFINITY);
}

/** The value with another one at the path, and without any where that is undefined. */
function placed(value: Value, [key, ...rest]: readonly Key[], inner: Value | undefined): Value {
  if (key === undefined) return inner ?? null;
  if (isList(value)) return value.map((item, at) => (at === key ? placed(item, rest, inner) : item));
  if (!isPlainMap(value)) return value;
  const copy = Object.assign(newMap(), value);
  const own = Object.hasOwn(copy, key) ? (copy[key] ?? null) : newMap();
  if (rest.length === 0 && inner === undefined) delete copy[key];
  else copy[key] = placed(own, rest, inner);
  return copy;
}

/** True where an answer may turn out to be that one. */
function agrees(answer: Value, given: Value): boolean {
  if (answer instanceof Unknown) return true;
  if (answer instanceof ErrorValue) return given instanceof ErrorValue;
  if (given instanceof Fault) return false;
  if (answer instanceof Optional && given instanceof Optional)
    return answer.value === undefined || given.value === undefined
      ? answer.value === given.value
      : agrees(answer.value, given.value);
  if (isList(answer))
    return isList(given) && given.length === answer.length && answer.every((item, i) => agrees(item, given[i] ?? null));
  if (!isMap(answer) || !isMap(given)) return isDeepStrictEqual(answer, given);
  return (
    mapKeys(given).every((key) => mapGet(answer, key) !== undefined) &&
    mapKeys(answer).every((key) => {
      const own = mapGet(answer, key) ?? null;
      const other = mapGet(given, key);
      return other === undefined ? isDoubt(own) : agrees(own, other);
    })
  );
}

function shown(value: Value): string {
  if (value instanceof Fault) return value instanceof ErrorValue ? `error ${value.message}` : 'unknown';
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? 'undefined';
}
