import { Fault } from '@plimsoll/cel';
import type { Json } from '../../model/json.ts';
import { pathText } from '../formats/document-faults.ts';
import type { FieldPath } from '../policy.ts';
import type { Comparison } from './comparison.ts';
import type { FieldType } from './kubernetes-fields.ts';
import { type Slot, absentValue, isAsLeftOut, isSame } from './values.ts';

/** A value without parts. */
export function scalarOf(wanted: Json, type: FieldType, slot: Slot | null, path: FieldPath): Comparison {
  const where = pathText(path);
  return (actual, holder, hunt, at) => {
    if (actual === wanted) return true;
    if (actual instanceof Fault) {
      if (at !== null) hunt?.doubt(at, actual);
      return false;
    }
    const value = actual ?? (slot === null ? undefined : absentValue(slot, holder));
    if (value !== undefined && isSame(value, wanted, type)) return true;
    if (at !== null) hunt?.differs(at, where, actual, wanted);
    return false;
  };
}

/** Must not be there (`null`): left out, or what the API server makes of it then. */
export function absent(slot: Slot | null, path: FieldPath): Comparison {
  const where = pathText(path);
  return (actual, holder, hunt, at) => {
    if (actual === undefined || actual === null) return true;
    if (actual instanceof Fault) {
      if (at !== null) hunt?.doubt(at, actual);
      return false;
    }
    if (slot !== null && isAsLeftOut(actual, slot, holder)) return true;
    if (at !== null) hunt?.unwanted(at, where, actual);
    return false;
  };
}
