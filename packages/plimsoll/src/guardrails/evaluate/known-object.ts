import { withUnknown } from '@plimsoll/cel';
import type { Value } from '@plimsoll/cel';
import type { JsonObject } from '../../model/json.ts';

/**
 * A body as CEL reads it: what was not kept of it is unknown, so that an expression which needs it has no answer instead
 * of a wrong one.
 */
export function knownObject(body: JsonObject, unseen: readonly string[], why?: string | null): Value {
  let object: Value = body;
  for (const path of unseen) object = withUnknown(object, path.split('.'), `${path}: ${why ?? 'it was not kept'}`);
  return object;
}
