import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { keysOfList } from './list-keys.ts';

/**
 * A step to a value: a member, an element by its place, or an element by what tells it from the others (null: it has
 * no such member).
 */
export type DiffStep = string | number | { readonly key: Readonly<Record<string, Json>> };

/** One difference between two values at a place. Places in lists are those of the list as it is when it is applied. */
export type Difference =
  | { readonly operation: 'added'; readonly path: readonly DiffStep[]; readonly to: Json }
  | { readonly operation: 'removed'; readonly path: readonly DiffStep[]; readonly from: Json }
  | { readonly operation: 'changed'; readonly path: readonly DiffStep[]; readonly from: Json; readonly to: Json }
  /** Elements of a list from a place on (the path's last step) are others: so many of `from` for those of `to`. */
  | {
      readonly operation: 'spliced';
      readonly path: readonly DiffStep[];
      readonly from: readonly Json[];
      readonly to: readonly Json[];
    }
  /** The elements of a list are the same, in another order: each one's place before. */
  | { readonly operation: 'reordered'; readonly path: readonly DiffStep[]; readonly order: readonly number[] };

/**
 * How `to` differs from `from`: {@link applied} to `from` it gives `to`, and of equal values it is empty. Elements of
 * lists that Kubernetes merges by a key are matched by it, whatever their places.
 */
export function objectDiff(from: Json, to: Json): readonly Difference[] {
  const found: Difference[] = [];
  compare(from, to, [], null, found);
  return found;
}

function compare(from: Json, to: Json, path: readonly DiffStep[], field: string | null, found: Difference[]): void {
  if (Array.isArray(from) && Array.isArray(to)) compareLists(from, to, path, field, found);
  else if (isJsonObject(from) && isJsonObject(to)) compareObjects(from, to, path, found);
  else if (!Object.is(from, to)) found.push({ operation: 'changed', path, from, to });
}

function compareObjects(from: JsonObject, to: JsonObject, path: readonly DiffStep[], found: Difference[]): void {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  for (const name of names) {
    const at = [...path, name];
    const [before, after] = [own(from, name), own(to, name)];
    if (before === undefined && after !== undefined) found.push({ operation: 'added', path: at, to: after });
    else if (after === undefined && before !== undefined) found.push({ operation: 'removed', path: at, from: before });
    else if (before !== undefined && after !== undefined) compare(before, after, at, name, found);
  }
}

function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

type List = readonly Json[];

function compareLists(
  from: List,
  to: List,
  path: readonly DiffStep[],
  field: string | null,
  found: Difference[],
): void {
  const keys = from.length === 0 || to.length === 0 ? null : sharedKeys(from, to, field);
  if (keys === null) return comparePlaces(from, to, path, found);
  const [before, after] = [byKey(from, keys), byKey(to, keys)];
  for (const [text, { key, item }] of before) {
    const next = after.get(text);
    if (next === undefined) found.push({ operation: 'removed', path: [...path, { key }], from: item });
    else compare(item, next.item, [...path, { key }], null, found);
  }
  const stayed = [...before.keys()].filter((text) => after.has(text));
  const came = [...after.keys()].filter((text) => !before.has(text));
  for (const text of came) {
    const { key, item } = after.get(text) ?? never();
    found.push({ operation: 'added', path: [...path, { key }], to: item });
  }
  const places = new Map([...stayed, ...came].map((text, place) => [text, place]));
  const order = [...after.keys()].map((text) => places.get(text) ?? never());
  if (order.some((place, at) => place !== at)) found.push({ operation: 'reordered', path, order });
}

/** Elements without keys: those that are alike at both ends stay, and what lies between is compared place by place. */
function comparePlaces(from: List, to: List, path: readonly DiffStep[], found: Difference[]): void {
  const shorter = Math.min(from.length, to.length);
  let [head, tail] = [0, 0];
  while (head < shorter && alike(from[head], to[head])) head += 1;
  while (tail < shorter - head && alike(from[from.length - 1 - tail], to[to.length - 1 - tail])) tail += 1;
  const [before, after] = [from.slice(head, from.length - tail), to.slice(head, to.length - tail)];
  if (before.length === 0 && after.length === 0) return;
  const inside = before.length === after.length && [...before, ...after].every((item) => typeof item === 'object');
  if (inside)
    for (const [at, item] of before.entries()) compare(item, after[at] ?? null, [...path, head + at], null, found);
  else found.push({ operation: 'spliced', path: [...path, head], from: before, to: after });
}

function alike(a: Json | undefined, b: Json | undefined): boolean {
  return a !== undefined && b !== undefined && objectDiff(a, b).length === 0;
}

/** The first way in which all elements of both lists are told apart; null where there is none. */
function sharedKeys(from: List, to: List, field: string | null): readonly string[] | null {
  return keysOfList(field).find((keys) => [from, to].every((list) => tellsApart(list, keys))) ?? null;
}

function tellsApart(list: List, keys: readonly string[]): boolean {
  const [first = ''] = keys;
  const texts = list.map((item) => {
    if (!isJsonObject(item) || !isScalar(own(item, first))) return null;
    return keys.every((name) => own(item, name) === undefined || isScalar(own(item, name))) ? textOf(item, keys) : null;
  });
  return !texts.includes(null) && new Set(texts).size === texts.length;
}

function isScalar(value: Json | undefined): boolean {
  return (
    typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint'
  );
}

/** A key that is left out (a port's protocol) is one as well. */
function textOf(item: Json, keys: readonly string[]): string {
  return keys
    .map((name) => {
      const value = isJsonObject(item) ? own(item, name) : undefined;
      return `${typeof value} ${String(value)}`;
    })
    .join('\0');
}

interface Keyed {
  readonly key: Readonly<Record<string, Json>>;
  readonly item: Json;
}

function byKey(list: List, keys: readonly string[]): ReadonlyMap<string, Keyed> {
  return new Map(
    list.map((item) => {
      const named = keys.map((name): [string, Json] => [name, (isJsonObject(item) ? own(item, name) : null) ?? null]);
      return [textOf(item, keys), { key: Object.fromEntries(named), item }];
    }),
  );
}

function never(): never {
  throw new Error('a key of one list is not in it');
}
