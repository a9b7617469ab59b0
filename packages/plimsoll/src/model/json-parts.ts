import { type Json, type JsonObject, isJsonObject, setMember } from './json.ts';

/** Parts of a value: all of it, or of an object these members, and of every element or member of it these parts. */
export type Parts = 'whole' | { readonly members: ReadonlyMap<string, Parts>; readonly each: Parts | null };

/** Nothing of a value but what it is: of an object no member, of a list how long it is. */
export const noParts: Parts = { members: new Map(), each: null };

/** The parts under paths of members; `*` is every element or member. Under a path that ends all is taken. */
export function partsUnder(paths: readonly (readonly string[])[]): Parts {
  if (paths.some((path) => path.length === 0)) return 'whole';
  const under = (name: string): Parts =>
    partsUnder(paths.filter(([first]) => first === name).map((path) => path.slice(1)));
  const names = new Set(paths.map(([first = '']) => first));
  const each = names.delete('*') ? under('*') : null;
  return { members: new Map([...names].map((name) => [name, under(name)])), each };
}

/** What either of two takes. */
export function eitherParts(a: Parts, b: Parts): Parts {
  if (a === 'whole' || b === 'whole') return 'whole';
  const members = new Map(a.members);
  for (const [name, part] of b.members) members.set(name, eitherParts(members.get(name) ?? noParts, part));
  const each = a.each === null ? b.each : b.each === null ? a.each : eitherParts(a.each, b.each);
  return { members, each };
}

/** True where the first takes whatever the second does. */
export function coversParts(a: Parts, b: Parts): boolean {
  if (a === 'whole') return true;
  if (b === 'whole') return false;
  const within = (name: string): Parts | null => a.members.get(name) ?? a.each;
  const covered = (part: Parts, holder: Parts | null): boolean => holder !== null && coversParts(holder, part);
  if (b.each !== null && !covered(b.each, a.each)) return false;
  return [...b.members].every(([name, part]) => covered(part, within(name)));
}

/** A value's parts, in its own shape: elements keep their places, numbers, texts and the like are taken as they are. */
export function takeParts(value: Json, parts: Parts): Json {
  if (parts === 'whole') return value;
  if (Array.isArray(value)) {
    const each = parts.each ?? noParts;
    return (value as readonly Json[]).map((item) => takeParts(item, each));
  }
  return isJsonObject(value) ? partsOfObject(value, parts) : value;
}

/** The same of an object. */
export function partsOfObject(object: JsonObject, parts: Parts): JsonObject {
  if (parts === 'whole') return object;
  const { members, each } = parts;
  const taken: Record<string, Json> = {};
  for (const name of each === null ? members.keys() : Object.keys(object)) {
    if (!Object.hasOwn(object, name)) continue;
    const member = members.get(name);
    const part = member === undefined ? each : each === null ? member : eitherParts(member, each);
    if (part !== null) setMember(taken, name, takeParts(object[name] as Json, part));
  }
  return taken;
}
