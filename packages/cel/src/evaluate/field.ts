import { CelMap } from '../values/cel-map.ts';
import { ErrorValue, Fault, Unknown, noSuchOverload } from '../values/fault.ts';
import { FieldHolder } from '../values/field-holder.ts';
import { Double, isInt } from '../values/numbers.ts';
import { Uint } from '../values/numbers.ts';
import { OpenOptional, Optional } from '../values/optional.ts';
import { isMap, mapGet } from '../values/equality.ts';
import { LazyMap } from '../values/lazy-map.ts';
import { JSON_PATCH, StructValue } from '../values/struct-value.ts';
import { typeOf } from '../values/type-of.ts';
import { type PlainMap, type Value, isList, isPlainMap } from '../values/value.ts';
import type { Field } from './field-reader.ts';

/** True of an optional that a chain goes on inside of; `found`: a step found it. */
export function isOpen(value: Value, found: boolean): value is Optional {
  return value instanceof (found ? OpenOptional : Optional);
}

/** What a step costs from one value to the next: nothing inside of an optional where nothing is found. */
export function stepCost(from: Value, isFound: boolean, to: Value): 0 | 1 {
  return !isOpen(from, isFound) || (to instanceof Optional && to.value !== undefined) ? 1 : 0;
}

/** `value.field`: the member of a map, of a map in an optional; an error where it is missing. */
export function selectField(value: Value, field: Field, isFound: boolean): Value {
  if (typeof value !== 'object' || value === null) return noSuchKey(field.name);
  const found = field.read(value as PlainMap);
  if (found !== undefined) return found;
  return isPlainMap(value) ? noSuchKey(field.name) : selectFromInstance(value, field, isFound);
}

function opened(found: Value | undefined): Value {
  return found instanceof Fault ? found : new OpenOptional(found);
}

function selectFromInstance(value: object, field: Field, isFound: boolean): Value {
  const { name } = field;
  if (value instanceof Fault) return value;
  if (isOpen(value, isFound)) return opened(fieldOfOptional(value.value, field));
  // A field that an object was not given is null, and one of a patch is empty.
  if (value instanceof StructValue) return present(value.fields.get(name) ?? value.absent(name), () => noSuchKey(name));
  return present(memberOf(value, name), () => noSuchKey(name));
}

/** `value.?field` without the wrapper: undefined is none. `value` undefined is none already. */
export function fieldOfOptional(value: Value | undefined, field: Field): Value | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found = field.read(value as PlainMap);
  return found !== undefined || isPlainMap(value) ? found : memberOf(value, field.name);
}

/** What an instance has under a name; a fault for a list, which has no names; nothing where it is no container. */
function memberOf(value: object, field: string): Value | undefined {
  if (value instanceof Fault) return value;
  if (value instanceof CelMap) return mapGet(value, field);
  if (value instanceof LazyMap) return value.get(field);
  // cel-go finds nothing by `.?` in an Object, though has() does.
  if (value instanceof StructValue) return value.type === JSON_PATCH ? value.fields.get(field) : undefined;
  return isList(value) ? unsupportedIndex('string') : undefined;
}

/** A found value, null included; what `otherwise` gives where nothing was found. */
function present(found: Value | undefined, otherwise: () => Value): Value {
  return found === undefined ? otherwise() : found;
}

/** True of an object that has no fields but those that its readers find. */
export function hasNoOther(value: object): boolean {
  return !isList(value) && !(value instanceof FieldHolder);
}

/** `has(value.field)`: false for what can have no fields at all, as cel-go answers it. */
export function hasField(value: Value, field: Field, isFound: boolean): Value {
  if (typeof value !== 'object' || value === null) return false;
  if (isOpen(value, isFound)) return hasField(value.value ?? null, field, true);
  let found = field.read(value as PlainMap);
  if (found === undefined) {
    if (hasNoOther(value)) return false;
    found = value instanceof StructValue ? value.fields.get(field.name) : fieldOfOptional(value, field);
  }
  return found instanceof Fault && !(found instanceof Unknown && found.there) ? found : found !== undefined;
}

/** `container[index]`; `isFound`: a step found the container. */
export function indexInto(container: Value, index: Value, isFound: boolean): Value {
  if (index instanceof Fault) return container instanceof Fault ? container : index;
  if (isList(container)) {
    const at = listIndex(index);
    if (at instanceof Fault) return at;
    return present(container[at], () => new ErrorValue(`index out of bounds: ${at}`));
  }
  if (isMap(container))
    return present(mapGet(container, index), () => (isKey(index) ? noSuchKey(keyText(index)) : noSuchOverload()));
  if (isOpen(container, isFound)) return opened(indexOfOptional(container.value, index));
  if (container instanceof LazyMap && typeof index === 'string')
    return present(container.get(index), () => noSuchKey(index));
  if (container instanceof Fault) return container;
  return isKey(index) && !(container instanceof LazyMap) ? noSuchKey(keyText(index)) : noSuchOverload();
}

/** `container[?index]` without the wrapper: undefined is none. */
export function indexOfOptional(container: Value | undefined, index: Value): Value | undefined {
  if (container === undefined) return undefined;
  if (container instanceof Fault) return container;
  if (index instanceof Fault) return index;
  if (isList(container)) {
    const at = listIndex(index);
    return at instanceof Fault ? at : container[at];
  }
  if (isMap(container)) return mapGet(container, index);
  if (!(container instanceof LazyMap)) return undefined;
  return typeof index === 'string' ? container.get(index) : noSuchOverload();
}

function listIndex(index: Value): number | Fault {
  if (typeof index === 'number' && Number.isSafeInteger(index)) return index;
  if (index instanceof Double && Number.isSafeInteger(index.value)) return index.value;
  if (index instanceof Uint || typeof index === 'bigint') return Number(index instanceof Uint ? index.value : index);
  return unsupportedIndex(typeOf(index));
}

function unsupportedIndex(type: string): ErrorValue {
  return new ErrorValue(`unsupported index type '${type}' in list`);
}

function isKey(value: Value): boolean {
  return (
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    isInt(value) ||
    value instanceof Uint ||
    value instanceof Double
  );
}

function keyText(key: Value): string {
  return key instanceof Uint || key instanceof Double ? String(key.value) : String(key);
}

/** cel-go's words for a missing key. */
function noSuchKey(key: string): ErrorValue {
  return new ErrorValue(`no such key: ${key}`);
}
