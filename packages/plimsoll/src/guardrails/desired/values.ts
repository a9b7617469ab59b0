import { CelError, Fault, Quantity, type Value } from '@plimsoll/cel';
import { type Json, isJsonObject } from '../../model/json.ts';
import { defaultOf, hasDefault } from './kubernetes-defaults.ts';
import { type FieldType, fieldsOf } from './kubernetes-fields.ts';

/** A field of an object: whose it is, so that it is known what it is where it is left out. */
export interface Slot {
  readonly owner: string | null;
  readonly field: string;
  readonly type: FieldType;
}

/** True for an object of JSON, as CEL holds it. */
export function isObject(value: Value | undefined): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Fault);
}

/** What the API server takes a field to be that is left out; undefined: nothing. */
export function absentValue({ owner, field, type }: Slot, holder: Value | undefined): Json | undefined {
  const filled = owner === null ? undefined : defaultOf(owner, field, holder);
  return filled ?? zeroOf(type);
}

const zeros: Readonly<Record<string, Json>> = {
  text: '',
  integer: 0,
  number: 0,
  boolean: false,
  quantity: '0',
  'int-or-string': 0,
  struct: {},
};

function zeroOf(type: FieldType): Json | undefined {
  if (type.is === 'map') return {};
  if (type.is === 'list') return [];
  return type.is !== 'any' && type.zeroIsAbsent ? zeros[type.is] : undefined;
}

/** True for a value that the API server makes of a field that is left out, and everything in it too. */
export function isAsLeftOut(value: Value | undefined, slot: Slot, holder: Value | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (value instanceof Fault) return false;
  const { owner, field, type } = slot;
  if (type.is === 'struct' && isObject(value)) {
    const isFilled = owner !== null && hasDefault(owner, field) && absentValue(slot, holder) !== undefined;
    if (!type.zeroIsAbsent && !isFilled) return false;
    const fields = fieldsOf(type.type);
    return Object.entries(value).every(([name, inner]) => {
      const of = fields?.get(name);
      return of !== undefined && isAsLeftOut(inner, { owner: type.type, field: name, type: of }, value);
    });
  }
  const left = absentValue(slot, holder);
  return left !== undefined && isSame(value, left, type);
}

/** Whether a value is another one, as the API server takes values of a type. */
export function isSame(actual: Value, wanted: Json, type: FieldType): boolean {
  if (actual === wanted) return true;
  if (actual instanceof Fault) return false;
  if (type.is === 'quantity') return isSameQuantity(actual, wanted);
  // A port or a number of pods is the same, written as a number or as a text.
  if (type.is === 'int-or-string') return isScalar(actual) && isScalar(wanted) && String(actual) === String(wanted);
  if (type.is === 'time') return typeof actual === 'string' && Date.parse(actual) === Date.parse(String(wanted));
  if (isNumber(actual) && isNumber(wanted)) return isSameNumber(actual, wanted);
  const of = type.is === 'list' || type.is === 'map' ? type.of : ({ is: 'any' } as const);
  if (Array.isArray(actual) && Array.isArray(wanted)) {
    const [held, list] = [actual as readonly Value[], wanted as readonly Json[]];
    return held.length === list.length && list.every((item, at) => isSame(held[at] ?? null, item, of));
  }
  if (!isObject(actual) || !isJsonObject(wanted)) return false;
  const names = Object.keys(wanted);
  return (
    names.length === Object.keys(actual).length &&
    names.every((name) => Object.hasOwn(actual, name) && isSame(actual[name] ?? null, wanted[name] ?? null, of))
  );
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** An integer beyond 2⁵³ is a bigint on one side, and may be none on the other. */
function isSameNumber(a: number | bigint, b: number | bigint): boolean {
  if (typeof a === typeof b) return a === b;
  return Number.isInteger(Number(a)) && Number.isInteger(Number(b)) && BigInt(a) === BigInt(b);
}

function isScalar(value: Value): value is string | number | bigint {
  return typeof value === 'string' || isNumber(value);
}

/** A quantity; null for what is none. */
function quantityOf(value: Value): Quantity | null {
  if (!isScalar(value)) return null;
  try {
    return Quantity.parse(String(value));
  } catch (error) {
    if (error instanceof CelError) return null;
    throw error;
  }
}

const remembered = new Map<string, boolean>();
const mostRemembered = 2_000;

/** `1` is `1000m`. Two texts are compared once: many objects have the same. */
function isSameQuantity(actual: Value, wanted: Value): boolean {
  if (!isScalar(actual) || !isScalar(wanted)) return false;
  const key = `${String(actual)} ${String(wanted)}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const [held, asked] = [quantityOf(actual), quantityOf(wanted)];
  const same = held !== null && asked !== null && held.compare(asked) === 0;
  if (remembered.size < mostRemembered) remembered.set(key, same);
  return same;
}

/** What is own member `name` of an object; undefined where it is none, or has none. */
export function memberOf(value: Value | undefined, name: string): Value | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** True where a value may be of a type; null, and what nothing is known of, always. */
export function fitsType(value: Json, type: FieldType): boolean {
  if (value === null) return true;
  switch (type.is) {
    case 'any':
      return true;
    case 'text':
    case 'time':
      return typeof value === 'string';
    case 'integer':
      return typeof value === 'bigint' || Number.isInteger(value);
    case 'number':
      return isNumber(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'quantity':
      return quantityOf(value) !== null;
    case 'int-or-string':
      return isScalar(value);
    case 'list':
      return Array.isArray(value);
    default:
      return isJsonObject(value);
  }
}

/** The field of a type of Kubernetes' own; null where nothing is known of it. */
export function slotOf(owner: string | null, field: string): Slot | null {
  const type = owner === null ? undefined : fieldsOf(owner)?.get(field);
  return type === undefined ? null : { owner, field, type };
}
