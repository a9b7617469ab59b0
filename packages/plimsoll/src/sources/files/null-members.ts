import { isJsonObject } from '../../model/json.ts';
import type { Json, JsonObject } from '../../model/json.ts';

/**
 * An object without the members that are null, at any depth; itself where none is. To a Kubernetes API server null is
 * the same as nothing said: it decodes into a field's empty value, which is not written again (k8s.io/apimachinery
 * serializer/json). Templates often write `annotations:` or `initContainers:` with nothing behind.
 */
export function withoutNullMembers(object: JsonObject): JsonObject {
  if (!holdsNull(object)) return object;
  const kept = Object.entries(object).filter(([, value]) => value !== null);
  return Object.fromEntries(kept.map(([key, value]) => [key, without(value)]));
}

function without(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(without);
  return isJsonObject(value) ? withoutNullMembers(value) : value;
}

/** True where a member is null. Nearly no object has one, and every object of every file is asked: nothing is made. */
function holdsNull(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) if (holdsNull(item)) return true;
    return false;
  }
  const object = value as JsonObject;
  for (const key in object) {
    const member = object[key] ?? null;
    if (member === null || (typeof member === 'object' && holdsNull(member))) return true;
  }
  return false;
}
