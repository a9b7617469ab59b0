import { Unknown } from '@plimsoll/cel';
import type { Value } from '@plimsoll/cel';
import { isJsonObject } from '../../model/json.ts';
import type { JsonObject } from '../../model/json.ts';

/**
 * An object as CEL reads it: itself, or, where parts of it were not kept, a copy along the way to each of them with
 * an unknown in its place, so that an expression which needs it has no answer instead of a wrong one.
 */
export function knownObject(body: JsonObject, unseen: readonly string[], why: string): Value {
  if (unseen.length === 0) return body;
  let object: Record<string, Value> = { ...body };
  for (const path of unseen) object = hide(object, path.split('.'), new Unknown([`${path}: ${why}`]));
  return object;
}

function hide(
  object: Record<string, Value>,
  [key, ...rest]: readonly string[],
  unknown: Unknown,
): Record<string, Value> {
  if (key === undefined) return object;
  const inner = Object.hasOwn(object, key) ? object[key] : undefined;
  if (rest.length === 0 || inner instanceof Unknown)
    return { ...object, [key]: inner instanceof Unknown ? inner : unknown };
  const level = typeof inner === 'object' && isJsonObject(inner as JsonObject) ? (inner as JsonObject) : {};
  return { ...object, [key]: hide({ ...level }, rest, unknown) };
}
