import { isJsonObject, type Json } from './json.ts';
import type { Difference, DiffStep } from './object-diff.ts';

/** The value with the differences made, in their order. @throws Error where they are of another value */
export function applied(differences: readonly Difference[], value: Json): Json {
  return differences.reduce((result, difference) => at(result, difference.path, difference), value);
}

function at(value: Json | undefined, path: readonly DiffStep[], difference: Difference): Json {
  const [step, ...rest] = path;
  if (step === undefined || (difference.operation === 'spliced' && rest.length === 0))
    return made(value, step, difference);
  if (typeof step === 'string') {
    if (!isJsonObject(value)) throw foreign(step);
    const others = Object.entries(value).filter(([name]) => name !== step);
    if (rest.length === 0 && difference.operation === 'removed') return Object.fromEntries(others);
    const before = Object.hasOwn(value, step) ? value[step] : undefined;
    return Object.fromEntries([...others, [step, at(before, rest, difference)]]);
  }
  if (!Array.isArray(value)) throw foreign(step);
  const list: readonly Json[] = value;
  const place = typeof step === 'number' ? step : list.findIndex((item) => hasKey(item, step.key));
  if (rest.length === 0 && difference.operation === 'removed') return list.filter((_, index) => index !== place);
  if (rest.length === 0 && difference.operation === 'added') return [...list, difference.to];
  if (place < 0) throw foreign(step);
  return list.map((item, index) => (index === place ? at(item, rest, difference) : item));
}

function made(value: Json | undefined, step: DiffStep | undefined, difference: Difference): Json {
  if (difference.operation === 'added' || difference.operation === 'changed') return difference.to;
  if (!Array.isArray(value) || difference.operation === 'removed') throw foreign(step);
  const list: readonly Json[] = value;
  if (difference.operation === 'reordered') return difference.order.map((place) => list[place] ?? null);
  const from = Number(step);
  return [...list.slice(0, from), ...difference.to, ...list.slice(from + difference.from.length)];
}

function hasKey(item: Json, key: Readonly<Record<string, Json>>): boolean {
  if (!isJsonObject(item)) return false;
  return Object.entries(key).every(([name, value]) =>
    Object.hasOwn(item, name) ? item[name] === value : value === null,
  );
}

function foreign(step: DiffStep | undefined): Error {
  return new Error(`the difference is of another value: there is no ${JSON.stringify(step)}`);
}
