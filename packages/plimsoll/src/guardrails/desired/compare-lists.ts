import { Fault, type Value } from '@plimsoll/cel';
import type { Json } from '../../model/json.ts';
import { pathText } from '../formats/document-faults.ts';
import type { FieldPath } from '../policy.ts';
import type { Comparison } from './comparison.ts';
import type { Hunt, Place } from './difference.ts';
import { defaultOf } from './kubernetes-defaults.ts';
import type { FieldType } from './kubernetes-fields.ts';
import { type Slot, absentValue, isSame, memberOf } from './values.ts';

/** What every list has. */
interface WantedList {
  readonly slot: Slot | null;
  readonly path: FieldPath;
}

/** The elements of a list; null, told, where it is none. */
function elementsOf(
  actual: Value | undefined,
  { slot, path }: WantedList,
  [holder, hunt, at]: readonly [holder: Value | undefined, hunt: Hunt | null, at: Place | null],
  wanted: Json,
): readonly Value[] | null {
  if (actual instanceof Fault) {
    if (at !== null) hunt?.doubt(at, actual);
    return null;
  }
  const value = actual ?? (slot === null ? undefined : absentValue(slot, holder));
  if (Array.isArray(value)) return value as readonly Value[];
  if (at !== null) hunt?.differs(at, pathText(path), actual, wanted);
  return null;
}

/** A list that is one value: as many elements, each as it is wanted. */
export function listAsOne(
  list: WantedList & { readonly items: readonly Comparison[]; readonly wanted: Json },
): Comparison {
  const { items, wanted, path } = list;
  const where = pathText(path);
  return (actual, holder, hunt, at) => {
    const held = elementsOf(actual, list, [holder, hunt, at], wanted);
    if (held === null) return false;
    if (held.length !== items.length) {
      if (at !== null) hunt?.differs(at, where, held.length === 0 ? undefined : held, wanted);
      return false;
    }
    let holds = true;
    for (const [index, compare] of items.entries()) {
      if (compare(held[index], undefined, hunt, at?.element(index, null) ?? null)) continue;
      if (hunt === null) return false;
      holds = false;
    }
    return holds;
  };
}

/** A list of values in whatever order. */
export function setOf(
  list: WantedList & { readonly wanted: readonly Json[]; readonly of: FieldType; readonly isAll: boolean },
): Comparison {
  const { wanted, of, isAll, path } = list;
  const where = pathText(path);
  return (actual, holder, hunt, at) => {
    const held = elementsOf(actual, list, [holder, hunt, at], wanted);
    if (held === null) return false;
    const doubt = held.find((item) => item instanceof Fault);
    if (doubt instanceof Fault) {
      if (at !== null) hunt?.doubt(at, doubt);
      return false;
    }
    let holds = true;
    for (const item of wanted) {
      if (held.some((one) => isSame(one, item, of))) continue;
      holds = false;
      if (at !== null) hunt?.missing(at, where, JSON.stringify(item));
    }
    if (!isAll) return holds;
    for (const [index, one] of held.entries()) {
      if (wanted.some((item) => isSame(one, item, of))) continue;
      holds = false;
      if (at !== null) hunt?.unwanted(at.element(index, null), where, one);
    }
    return holds;
  };
}

/** An element that is wanted in a list, or, without a comparison, is not to be in it. */
interface WantedElement {
  readonly key: readonly Json[];
  readonly path: FieldPath;
  readonly wanted: Json;
  readonly compare: Comparison | null;
}

/** A list whose elements are told apart by some of their members, in whatever order. */
export function listByKey(
  items: readonly WantedElement[],
  list: WantedList & {
    readonly names: readonly string[];
    /** The elements' type, of Kubernetes' own. */
    readonly owner: string | null;
    readonly isAll: boolean;
  },
): Comparison {
  const { names, owner, isAll, path } = list;
  const known = new Map(
    items.map((item) => [item.key.map(String).join('\0'), { ...item, where: pathText(item.path) }]),
  );
  const wanted = items.filter(({ compare }) => compare !== null).map((item) => item.wanted);
  const keyOf = (element: Value): string =>
    names
      .map((name) => memberOf(element, name) ?? (owner === null ? null : defaultOf(owner, name, element)))
      .map(String)
      .join('\0');
  const shownKey = (key: readonly Json[]): string => names.map((name, index) => `${name}=${String(key[index])}`).join();
  return (actual, holder, hunt, at) => {
    const nothingWanted = wanted.length === 0 && (actual === undefined || actual === null);
    const held = nothingWanted ? [] : elementsOf(actual, list, [holder, hunt, at], wanted);
    if (held === null) return false;
    const met = new Set<string>();
    let holds = true;
    for (const [index, element] of held.entries()) {
      if (element instanceof Fault) {
        if (at !== null) hunt?.doubt(at, element);
        return false;
      }
      const key = keyOf(element);
      const item = known.get(key);
      const here = at?.element(index, item === undefined ? null : shownKey(item.key)) ?? null;
      if (item === undefined) {
        if (!isAll) continue;
        if (here !== null) hunt?.unwanted(here, pathText(path), element);
      } else if (item.compare === null) {
        if (here !== null) hunt?.unwanted(here, item.where, element);
      } else {
        met.add(key);
        if (item.compare(element, undefined, hunt, here)) continue;
      }
      if (hunt === null) return false;
      holds = false;
    }
    for (const [key, item] of known) {
      if (item.compare === null || met.has(key)) continue;
      holds = false;
      if (at !== null) hunt?.missing(at, item.where, `element with ${shownKey(item.key)}`);
    }
    return holds;
  };
}
