import { nearestName } from '@plimsoll/cel';
import { type FieldStep, each } from '../../model/field-path.ts';
import { type Json, type JsonObject, isJsonObject } from '../../model/json.ts';
import { keysOfList } from '../../model/list-keys.ts';
import type { FieldPath } from '../policy.ts';
import { type Comparison, ignored } from './comparison.ts';
import { listAsOne, listByKey, setOf } from './compare-lists.ts';
import { absent, scalarOf } from './compare-scalars.ts';
import { objectWith } from './compare-objects.ts';
import { type FieldType, anything, fieldsOf } from './kubernetes-fields.ts';
import { defaultOf } from './kubernetes-defaults.ts';
import { type Slot, fitsType, slotOf } from './values.ts';

/** Told what cannot be desired, at its path in `spec.desired`, with the nearest known name of an unknown field. */
export type Complaint = (path: FieldPath, message: string, unknownField?: true) => void;

/** A list's or object's directive of a strategic merge patch (sig-api-machinery, strategic-merge-patch.md). */
const directive = '$patch';

/** What a part of a desired state is compiled with. */
interface Part {
  /** In the policy's document. */
  readonly path: FieldPath;
  /** The field that it is of; null: an element, or the whole. */
  readonly slot: Slot | null;
  readonly type: FieldType;
  /** The name of the nearest field: what lists of unknown types are merged by hangs on it. */
  readonly field: string | null;
  /** True where nothing but what is named may be there. */
  readonly isAll: boolean;
  /** What is let be, from here on. */
  readonly ignore: readonly (readonly FieldStep[])[];
}

/** Compiles what is wanted of the objects of a type of Kubernetes' own; null: nothing is known of its fields. */
export function compileDesired(
  wanted: JsonObject,
  type: string | null,
  { path, ignore }: { readonly path: FieldPath; readonly ignore: readonly (readonly FieldStep[])[] },
  complain: Complaint,
): Comparison {
  const whole: Part = {
    path,
    slot: null,
    type: type === null ? anything : { is: 'struct', type, zeroIsAbsent: false },
    field: null,
    isAll: false,
    ignore,
  };
  return partOf(wanted, whole, complain);
}

function partOf(wanted: Json, part: Part, complain: Complaint): Comparison {
  const { path, slot, type } = part;
  if (part.ignore.some((steps) => steps.length === 0)) return ignored;
  if (wanted === null) return absent(slot, path);
  if (!fitsType(wanted, type)) complain(path, `is ${kindOf(wanted)}, where ${namesOfTypes[type.is]} is needed`);
  if (Array.isArray(wanted)) return listOf(wanted as readonly Json[], part, complain);
  return isJsonObject(wanted) ? objectOfMembers(wanted, part, complain) : scalarOf(wanted, type, slot, path);
}

function objectOfMembers(wanted: JsonObject, part: Part, complain: Complaint): Comparison {
  const { type, path } = part;
  const owner = type.is === 'struct' ? type.type : null;
  const fields = owner === null ? null : fieldsOf(owner);
  const isAll = isAllOf(wanted[directive], part, complain);
  const members = Object.entries(wanted).flatMap(([name, value]) => {
    if (name === directive) return [];
    const at = [...path, name];
    if (name.startsWith('$')) {
      complain(at, 'is no directive; there is $patch: replace, and in lists $patch: delete');
      return [];
    }
    if (fields !== null && !fields.has(name)) {
      const near = nearestName(name, [...fields.keys()]);
      complain(at, `unknown field${near === null ? '' : `; did you mean "${near}"?`}`, true);
      return [];
    }
    const inner: Part = {
      path: at,
      slot: slotOf(owner, name),
      type: fields?.get(name) ?? (type.is === 'map' ? type.of : anything),
      field: name,
      isAll,
      ignore: below(part.ignore, name),
    };
    return [{ name, compare: partOf(value, inner, complain) }];
  });
  const lets = part.ignore.flatMap<string | typeof each>(([first, ...rest]) =>
    rest.length === 0 && (typeof first === 'string' || first === each) ? [first] : [],
  );
  return objectWith({
    members,
    owner,
    isAll,
    slot: part.slot,
    path,
    wanted: withoutDirectives(wanted),
    lets,
    mayBeAbsent: isAbsence(wanted),
  });
}

function isAllOf(value: Json | undefined, { isAll, path }: Part, complain: Complaint): boolean {
  if (value === undefined) return isAll;
  if (value !== 'replace' && value !== 'merge') complain([...path, directive], 'is replace (nothing else) or merge');
  return value === 'replace';
}

/** What is let be within a member or an element. */
function below(ignore: Part['ignore'], step: FieldStep): Part['ignore'] {
  return ignore.flatMap(([first, ...rest]) => (first === step || first === each ? [rest] : []));
}

function listOf(wanted: readonly Json[], part: Part, complain: Complaint): Comparison {
  const { slot, path, field, type } = part;
  const isAll = part.isAll || wanted.some((item) => isJsonObject(item) && isReplacing(item));
  const elements = wanted.flatMap((item, at) => (isJsonObject(item) && isReplacing(item) ? [] : [{ item, at }]));
  const of = type.is === 'list' ? type.of : anything;
  const keys = type.is === 'list' ? type.keys : guessedKeys(elements, field);
  const inner = (at: number, whole: boolean): Part => ({
    path: [...path, at],
    slot: null,
    type: of,
    field: null,
    isAll: whole,
    ignore: below(part.ignore, each),
  });
  if (keys === null) {
    const items = elements.map(({ item, at }) => partOf(item, inner(at, true), complain));
    return listAsOne({ items, slot, path, wanted: withoutDirectives(wanted) });
  }
  if (keys === 'set') return setOf({ wanted: elements.map(({ item }) => item), of, isAll, slot, path });
  const owner = of.is === 'struct' ? of.type : null;
  const ofKey = (element: JsonObject, name: string): Json | undefined =>
    element[name] ?? (owner === null ? undefined : defaultOf(owner, name, element));
  const seen = new Set<string>();
  const items = elements.flatMap(({ item, at }) => {
    const here = [...path, at];
    if (!isJsonObject(item)) {
      complain(here, `is ${kindOf(item)}, where an object is needed`);
      return [];
    }
    const lacking = keys.find((name) => ofKey(item, name) === undefined);
    if (lacking !== undefined) {
      complain(here, `needs "${lacking}": elements of this list are told apart by ${keys.join(' and ')}`);
      return [];
    }
    const key = keys.map((name) => ofKey(item, name) ?? null);
    const text = key.map(String).join('\0');
    if (seen.has(text))
      complain(here, `is there twice: ${keys.map((name, one) => `${name} ${String(key[one])}`).join(', ')}`);
    seen.add(text);
    const { [directive]: patch, ...rest } = item;
    const isGone = patch === 'delete';
    if (patch !== undefined && !isGone && patch !== 'merge')
      complain([...here, directive], 'is delete or merge; replace stands in an element of its own');
    return [{ key, path: here, wanted: rest, compare: isGone ? null : partOf(rest, inner(at, isAll), complain) }];
  });
  const shared = { names: keys, owner, isAll, slot, path };
  return listByKey(items, shared);
}

/** `{$patch: replace}`: the list holds its other elements alone. */
function isReplacing(item: JsonObject): boolean {
  return item[directive] === 'replace' && Object.keys(item).length === 1;
}

/** In lists of which nothing is known, what tells all wanted elements apart. */
function guessedKeys(elements: readonly { readonly item: Json }[], field: string | null): readonly string[] | null {
  if (elements.length === 0) return null;
  const ways = keysOfList(field).filter((keys) =>
    elements.every(({ item }) => isJsonObject(item) && keys.every((name) => isScalarKey(item[name]))),
  );
  return ways[0] ?? null;
}

function isScalarKey(value: Json | undefined): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

/** What is wanted as it would stand in an object. */
function withoutDirectives(wanted: Json): Json {
  if (Array.isArray(wanted))
    return (wanted as readonly Json[])
      .filter((item) => !isJsonObject(item) || (!isReplacing(item) && item[directive] !== 'delete'))
      .map(withoutDirectives);
  if (!isJsonObject(wanted)) return wanted;
  const members = Object.entries(wanted).filter(([name, value]) => name !== directive && value !== null);
  return Object.fromEntries(members.map(([name, value]) => [name, withoutDirectives(value)]));
}

/** True where nothing is wanted but that something is not there. */
function isAbsence(wanted: JsonObject): boolean {
  const members = Object.entries(wanted).filter(([name]) => name !== directive);
  return (
    members.length > 0 && members.every(([, value]) => value === null || (isJsonObject(value) && isAbsence(value)))
  );
}

const namesOfTypes: Readonly<Record<FieldType['is'], string>> = {
  any: 'anything',
  text: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  quantity: 'a quantity such as 100m or 1Gi',
  'int-or-string': 'a number or a string',
  time: 'a time',
  struct: 'an object',
  map: 'an object',
  list: 'a list',
};

function kindOf(value: Json): string {
  if (typeof value === 'string') return `the string ${JSON.stringify(value)}`;
  if (Array.isArray(value)) return 'a list';
  return isJsonObject(value) ? 'an object' : `${typeof value} ${String(value)}`;
}
