import { withUnknown } from '@plimsoll/cel';
import type { Value } from '@plimsoll/cel';
import { each, fieldSteps } from '../../model/field-path.ts';
import type { JsonObject } from '../../model/json.ts';

/**
 * A body as CEL reads it: what was not kept of it is unknown, so that an expression which needs it has no answer instead
 * of a wrong one.
 */
export function knownObject(body: JsonObject, unseen: readonly string[], why?: string | null): Value {
  let object: Value = body;
  for (const path of unseen) object = withUnknown(object, stepsOf(path), `${path}: ${why ?? 'it was not kept'}`);
  return object;
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
