import { CelMap } from './cel-map.ts';
import { effort } from './effort.ts';
import { Unknown } from './fault.ts';
import { Optional } from './optional.ts';
import { StructValue } from './struct-value.ts';
import { type Value, isList, isPlainMap, newMap } from './value.ts';

/**
 * A copy of an object in which the field at `path` is unknown, whether or not it is there: what reads it, or tests it,
 * has no answer. With `there` it is known to be there, its value alone is unknown. Shares everything else; where a level
 * of the path is missing, it is what is unknown, or is made for what is `there`. A number, or its text, is the index of a
 * list's element, which has to be there. A path through anything else leaves that as it is.
 */
export function withUnknown(
  value: Value,
  path: readonly (string | number)[],
  reason: string,
  there: boolean = false,
): Value {
  const [field, ...rest] = path;
  if (field === undefined) return value instanceof Unknown ? value : new Unknown([reason], there);
  if (Array.isArray(value))
    return value.map((item: Value, at) => (at === Number(field) ? withUnknown(item, rest, reason, there) : item));
  if (!isPlainMap(value)) return value;
  const copy = Object.assign(newMap(), value);
  const held = Object.hasOwn(value, field) ? (value[field] ?? null) : newMap();
  copy[field] = withUnknown(held, there || Object.hasOwn(value, field) ? rest : [], reason, there);
  return copy;
}

/** What a value holds. */
function heldIn(value: Value): readonly Value[] {
  if (isList(value)) return value;
  if (isPlainMap(value)) return Object.values(value);
  if (value instanceof CelMap) return [...value.entries.values()].map((entry) => entry.value);
  if (value instanceof StructValue) return [...value.fields.values()];
  return value instanceof Optional ? [value.value ?? null] : [];
}

/** The first unknown that a value is or holds, however deep; undefined where all of it is known. */
export function unknownIn(value: Value): Unknown | undefined {
  if (value instanceof Unknown) return value;
  for (const inner of heldIn(value)) {
    effort(1);
    const found = unknownIn(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What may stand under a key of a map, or not: the first that is unknown and not known to be there. */
export function doubtIn(map: Value): Unknown | undefined {
  return heldIn(map).find(isDoubt);
}

/** True of an unknown that may not be there. */
export function isDoubt(value: Value): value is Unknown {
  return value instanceof Unknown && !value.there;
}
