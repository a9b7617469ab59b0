import { Fault, type Value } from '@plimsoll/cel';
import { each } from '../../model/field-path.ts';
import type { Json } from '../../model/json.ts';
import { pathText } from '../formats/document-faults.ts';
import type { FieldPath } from '../policy.ts';
import type { Comparison } from './comparison.ts';
import type { Hunt, Place } from './difference.ts';
import { hasDefault } from './kubernetes-defaults.ts';
import { type Slot, absentValue, isAsLeftOut, isObject, memberOf, slotOf } from './values.ts';

/** What is wanted of an object. */
interface WantedObject {
  readonly members: readonly { readonly name: string; readonly compare: Comparison }[];
  /** Its type, of Kubernetes' own; null: nothing is known of its fields. */
  readonly owner: string | null;
  /** True where it has no other members. */
  readonly isAll: boolean;
  readonly slot: Slot | null;
  readonly path: FieldPath;
  readonly wanted: Json;
  /** Where only absence is wanted within it, it has not to be there itself. */
  readonly mayBeAbsent: boolean;
  /** Members that are let be. */
  readonly lets: readonly (string | typeof each)[];
}

/** An object that has these members, each as it is wanted. */
export function objectWith(object: WantedObject): Comparison {
  const { members, slot, path, wanted, isAll, mayBeAbsent } = object;
  const where = pathText(path);
  const findOthers = isAll ? othersOf(object) : null;
  return (actual, holder, hunt, at) => {
    if (actual instanceof Fault) {
      if (at !== null) hunt?.doubt(at, actual);
      return false;
    }
    const value = actual ?? (slot === null ? undefined : absentValue(slot, holder)) ?? (mayBeAbsent ? {} : undefined);
    if (!isObject(value)) {
      if (at !== null) hunt?.differs(at, where, actual, wanted);
      return false;
    }
    let holds = true;
    for (const { name, compare } of members) {
      if (compare(memberOf(value, name), value, hunt, at?.member(name) ?? null)) continue;
      if (hunt === null) return false;
      holds = false;
    }
    return findOthers === null ? holds : findOthers(value, hunt, at) && holds;
  };
}

/** Looks for members that are neither wanted nor let be, nor what the API server makes of ones that are left out. */
function othersOf({ members, owner, lets, path }: WantedObject) {
  const known = new Set<string>(members.map(({ name }) => name));
  for (const name of lets) if (name !== each) known.add(name);
  const letsAll = lets.includes(each);
  const where = pathText(path);
  return (value: Members, hunt: Hunt | null, at: Place | null): boolean =>
    letsAll || hasNoOthers(value, { owner, known, where }, hunt, at);
}

type Members = Readonly<Record<string, Value>>;

const nothing: ReadonlySet<string> = new Set();

function hasNoOthers(
  value: Members,
  {
    owner,
    known,
    where,
  }: { readonly owner: string | null; readonly known: ReadonlySet<string>; readonly where: string },
  hunt: Hunt | null,
  at: Place | null,
): boolean {
  let holds = true;
  for (const name of Object.keys(value)) {
    if (known.has(name)) continue;
    const inner = memberOf(value, name);
    const slot = slotOf(owner, name);
    if (inner === undefined || inner === null || (slot !== null && isAsLeftOut(inner, slot, value))) continue;
    if (hunt === null || at === null) return false;
    holds = false;
    tellOther(inner, { slot, holder: value, where }, hunt, at.member(name));
  }
  return holds;
}

/** Tells of a member that nobody wants: what of it is otherwise than where it is left out, or that it is there. */
function tellOther(
  inner: Value,
  { slot, holder, where }: { readonly slot: Slot | null; readonly holder: Members; readonly where: string },
  hunt: Hunt,
  at: Place,
): void {
  const left = slot === null ? undefined : absentValue(slot, holder);
  if (inner instanceof Fault) hunt.doubt(at, inner);
  else if (slot?.type.is === 'struct' && left !== undefined && isObject(inner))
    hasNoOthers(inner, { owner: slot.type.type, known: nothing, where }, hunt, at);
  else if (slot !== null && slot.owner !== null && hasDefault(slot.owner, slot.field) && left !== undefined)
    hunt.differs(at, where, inner, left);
  else hunt.unwanted(at, where, inner);
}
