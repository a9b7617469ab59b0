import { withUnknown } from '@plimsoll/cel';
import type { Value } from '@plimsoll/cel';
import { each, fieldSteps } from '../../model/field-path.ts';
import { type Json, type JsonObject, member } from '../../model/json.ts';

/**
 * A body as CEL reads it: what was not kept of it is unknown, so that an expression which needs it has no answer instead
 * of a wrong one. Where something was kept in its place, as of managedFields, it is known that it is there.
 */
export function knownObject(body: JsonObject, unseen: readonly string[], why?: string | null): Value {
  let object: Value = body;
  for (const path of unseen) {
    const steps = stepsOf(path);
    object = withUnknown(object, steps, `${path}: ${why ?? 'it was not kept'}`, isThere(body, steps));
  }
  return object;
}

function isThere(body: JsonObject, steps: readonly (string | number)[]): boolean {
  return steps.reduce<Json | undefined>((value, step) => member(value, String(step)), body) !== undefined;
}

/** Nearly every object has the same few paths: they are taken apart once. */
const known = new Map<string, readonly (string | number)[]>();
const mostKnown = 1000;

function stepsOf(path: string): readonly (string | number)[] {
  const found = known.get(path);
  if (found !== undefined) return found;
  // Sources write no path that is none; of one that is, the whole object is unknown.
  const steps = (fieldSteps(path) ?? []).filter((step) => step !== each);
  if (known.size < mostKnown) known.set(path, steps);
  return steps;
}
