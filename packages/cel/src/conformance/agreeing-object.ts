import type { Fact } from '../explain/fact.ts';
import { Unknown } from '../values/fault.ts';
import type { Value } from '../values/value.ts';

type Key = string | number;

/** What a generated object may have anywhere. */
const universe = ['a', 'b', 'c', 'n', 'l', 'm', 'v', 'w', 'j', 'k'];

/** `object.l[0].v` as keys below the variable. */
function keysOf(path: string): readonly Key[] {
  return [...path.matchAll(/\.(\w+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
}

function at(value: Value | undefined, keys: readonly Key[]): Value | undefined {
  return keys.reduce<Value | undefined>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<Key, Value>)[key] : undefined),
    value,
  );
}

/** `other`, changed as little as will do to have the facts that `original` has; it is not touched itself. */
export function agreeing(original: Value, other: Value, facts: readonly Fact[]): Value {
  const copy = { object: structuredClone(other) } as Record<Key, Value>;
  const inOrder = facts.toSorted((a, b) => rank(a) - rank(b));
  for (const fact of inOrder) {
    const keys = ['object', ...keysOf(fact.path)];
    const found = at(original, keys.slice(1));
    const last = keys.at(-1) ?? '';
    const holder = holderOf(copy, { object: original }, keys);
    if (!fact.present) Reflect.deleteProperty(holder, last);
    else if (fact.kind === 'value' || holder[last] === undefined) holder[last] = structuredClone(found ?? null);
    else if (fact.kind === 'extent') holder[last] = withExtent(holder[last], found ?? null);
  }
  return copy['object'] ?? null;
}

/** Extents first, so that they do not take away what others bring; what is missing last. */
function rank(fact: Fact): number {
  return fact.present ? (fact.kind === 'extent' ? 0 : 1) : 2;
}

/** The container of the last key; containers on the way are made, lists with as much of the original as is needed. */
function holderOf(root: Record<Key, Value>, original: Value, keys: readonly Key[]): Record<Key, Value> {
  return keys.slice(0, -1).reduce<Record<Key, Value>>((holder, key, depth) => {
    const like = at(original, keys.slice(0, depth + 1));
    const own = holder[key];
    const fits = typeof own === 'object' && own !== null && Array.isArray(own) === Array.isArray(like);
    const made: Value = fits ? own : Array.isArray(like) ? [] : {};
    const next = keys[depth + 1];
    if (Array.isArray(made) && Array.isArray(like) && typeof next === 'number')
      for (let i = made.length; i < next; i += 1) made.push(structuredClone(like[i] as Value));
    holder[key] = made;
    return made as Record<Key, Value>;
  }, root);
}

function withExtent(own: Value, like: Value): Value {
  if (Array.isArray(like)) {
    const items = Array.isArray(own) ? (own as Value[]) : [];
    return like.map((item: Value, i) => items[i] ?? structuredClone(item));
  }
  const values = own as Record<string, Value>;
  return Object.fromEntries(
    Object.entries(like as Record<string, Value>).map(([key, value]) => [key, values[key] ?? value]),
  );
}

/**
 * The object with everything unknown that is not among the facts, how long lists are included; `there`: it is known that
 * something stands at the path.
 */
export function knowingOnly(facts: readonly Fact[], value: Value, path = 'object', there = false): Value {
  const own = facts.filter((fact) => fact.path === path && fact.present);
  const below = facts.some((fact) => fact.path.startsWith(`${path}.`) || fact.path.startsWith(`${path}[`));
  if (own.length === 0 && !below) return new Unknown([path], there);
  if (typeof value !== 'object' || own.some(({ kind }) => kind === 'value')) return value;
  const extent = own.some(({ kind }) => kind === 'extent');
  if (Array.isArray(value)) {
    const known = value.map((item: Value, i) => knowingOnly(facts, item, `${path}[${i}]`));
    return extent ? known : [...known, new Unknown([path])];
  }
  const fields = value as Record<string, Value>;
  const absent = (key: string): boolean => facts.some((fact) => fact.path === `${path}.${key}` && !fact.present);
  const keys = extent ? Object.keys(fields) : universe.filter((key) => !absent(key));
  return Object.fromEntries(
    keys.map((key) => {
      const inner = fields[key];
      return [key, inner === undefined ? new Unknown([key]) : knowingOnly(facts, inner, `${path}.${key}`, extent)];
    }),
  );
}
