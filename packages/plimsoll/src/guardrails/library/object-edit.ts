import { isJsonObject } from '../../model/json.ts';
import type { Json, JsonObject } from '../../model/json.ts';

/** The keys and indexes of `metadata.annotations["a.b/c"].x[0]`. @throws {SyntaxError} */
function parsePath(path: string): readonly (string | number)[] {
  const parts: (string | number)[] = [];
  const step = /\.?([^.[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/gy;
  while (step.lastIndex < path.length) {
    const found = step.exec(path);
    if (found === null) throw new SyntaxError(`"${path}" is no path`);
    const [, key, index, quoted] = found;
    parts.push(key ?? (index === undefined ? (JSON.parse(`"${quoted ?? ''}"`) as string) : Number(index)));
  }
  return parts;
}

/** A copy of `body` with `value` at `path`; missing parents are made. */
export function withValue(body: JsonObject, path: string, value: Json): JsonObject {
  return set(body, parsePath(path), value) as JsonObject;
}

/** A copy of `body` without what is at `path`. */
export function withoutValue(body: JsonObject, path: string): JsonObject {
  return unset(body, parsePath(path)) as JsonObject;
}

function set(target: Json | undefined, [key, ...rest]: readonly (string | number)[], value: Json): Json {
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const list = Array.isArray(target) ? [...(target as readonly Json[])] : [];
    list[key] = set(list[key], rest, value);
    return list;
  }
  const object = isJsonObject(target) ? target : {};
  return { ...object, [key]: set(Object.hasOwn(object, key) ? object[key] : undefined, rest, value) };
}

function unset(target: Json | undefined, [key, ...rest]: readonly (string | number)[]): Json {
  if (Array.isArray(target) && typeof key === 'number') {
    const list = target as readonly Json[];
    if (rest.length === 0) return list.filter((_, index) => index !== key);
    return list.map((item, index) => (index === key ? unset(item, rest) : item));
  }
  if (!isJsonObject(target) || typeof key !== 'string' || !Object.hasOwn(target, key)) return target ?? null;
  const { [key]: inner, ...others } = target;
  return rest.length === 0 ? others : { ...target, [key]: unset(inner, rest) };
}
