import { type Json, type JsonObject, isJsonObject } from '../../model/json.ts';
import { goPattern } from '../go-pattern.ts';
import type { StructuralSchema } from './structural-schema.ts';

type Path = readonly (string | number)[];

/** What of a value does not fit a schema. */
export interface StructuralFault {
  readonly path: Path;
  readonly message: string;
}

/**
 * Everything in which a value does not fit its schema, unknown fields aside
 * (kube-openapi pkg/validation/validate). `format` describes and is not checked.
 */
export function structuralFaults(value: Json, schema: StructuralSchema, path: Path = []): readonly StructuralFault[] {
  const fault = (message: string): StructuralFault => ({ path, message });
  if (value === null && schema.nullable === true) return [];
  const type = typeFault(value, schema);
  if (type !== null) return [fault(type)];
  const faults: StructuralFault[] = [];
  if (schema.enum !== undefined && !schema.enum.some((one) => isSame(one, value)))
    faults.push(fault(`is ${shown(value)}; there are ${schema.enum.map(shown).join(', ')}`));
  if (typeof value === 'string') faults.push(...stringFaults(value, schema).map(fault));
  else if (typeof value === 'number' || typeof value === 'bigint')
    faults.push(...numberFaults(Number(value), schema).map(fault));
  else if (Array.isArray(value)) faults.push(...listFaults(value as readonly Json[], schema, path));
  else if (isJsonObject(value)) faults.push(...objectFaults(value, schema, path));
  return [...faults, ...junctorFaults(value, schema, path)];
}

function typeFault(value: Json, schema: StructuralSchema): string | null {
  const actual = typeOf(value);
  if (schema['x-kubernetes-int-or-string'] === true)
    return actual === 'integer' || actual === 'string' ? null : `must be an integer or a string, is ${shown(value)}`;
  const { type } = schema;
  if (type === undefined || type === actual || (type === 'number' && actual === 'integer')) return null;
  return `must be of type ${type}, is ${shown(value)}`;
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value === 'bigint' ? 'integer' : typeof value;
}

function stringFaults(value: string, { minLength, maxLength, pattern }: StructuralSchema): string[] {
  const faults: string[] = [];
  const length = [...value].length;
  if (minLength !== undefined && length < minLength) faults.push(`must have at least ${minLength} characters`);
  if (maxLength !== undefined && length > maxLength) faults.push(`must have at most ${maxLength} characters`);
  const matches = pattern === undefined ? null : goPattern(pattern);
  if (typeof matches === 'function' && !matches(value))
    faults.push(`${shown(value)} does not match '${pattern ?? ''}'`);
  return faults;
}

function numberFaults(value: number, schema: StructuralSchema): string[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const faults: string[] = [];
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum))
    faults.push(`must be ${exclusiveMinimum === true ? 'greater than' : 'at least'} ${minimum}, is ${value}`);
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum))
    faults.push(`must be ${exclusiveMaximum === true ? 'less than' : 'at most'} ${maximum}, is ${value}`);
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf))
    faults.push(`must be a multiple of ${multipleOf}, is ${value}`);
  return faults;
}

function listFaults(value: readonly Json[], schema: StructuralSchema, path: Path): StructuralFault[] {
  const { items, minItems, maxItems, uniqueItems } = schema;
  const faults = value.flatMap((item, index) =>
    items === undefined ? [] : structuralFaults(item, items, [...path, index]),
  );
  if (minItems !== undefined && value.length < minItems)
    faults.push({ path, message: `must have at least ${minItems} items` });
  if (maxItems !== undefined && value.length > maxItems)
    faults.push({ path, message: `must have at most ${maxItems} items` });
  if (uniqueItems === true && value.some((one, index) => value.findIndex((other) => isSame(one, other)) !== index))
    faults.push({ path, message: 'must not hold an item twice' });
  return faults;
}

function objectFaults(value: JsonObject, schema: StructuralSchema, path: Path): StructuralFault[] {
  const { properties = {}, additionalProperties, required = [], minProperties, maxProperties } = schema;
  const faults = Object.entries(value).flatMap(([key, inner]) => {
    if (Object.hasOwn(properties, key)) return structuralFaults(inner, properties[key] ?? {}, [...path, key]);
    return typeof additionalProperties === 'object'
      ? structuralFaults(inner, additionalProperties, [...path, key])
      : [];
  });
  for (const key of required)
    if (!Object.hasOwn(value, key)) faults.push({ path: [...path, key], message: 'is required' });
  const count = Object.keys(value).length;
  if (minProperties !== undefined && count < minProperties)
    faults.push({ path, message: `must have at least ${minProperties} fields` });
  if (maxProperties !== undefined && count > maxProperties)
    faults.push({ path, message: `must have at most ${maxProperties} fields` });
  return faults;
}

function junctorFaults(value: Json, schema: StructuralSchema, path: Path): readonly StructuralFault[] {
  const { allOf = [], anyOf = [], oneOf = [], not } = schema;
  const faults = allOf.flatMap((one) => structuralFaults(value, one, path));
  const fits = (one: StructuralSchema): boolean => structuralFaults(value, one, path).length === 0;
  if (anyOf.length > 0 && !anyOf.some(fits)) faults.push({ path, message: 'fits none of the schemas of anyOf' });
  if (oneOf.length > 0 && oneOf.filter(fits).length !== 1)
    faults.push({ path, message: 'does not fit exactly one of the schemas of oneOf' });
  if (not !== undefined && fits(not)) faults.push({ path, message: 'fits the schema of not' });
  return faults;
}

function isSame(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    const [left, right] = [a as readonly Json[], b as readonly Json[]];
    return left.length === right.length && left.every((item, index) => isSame(item, right[index] ?? null));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key] ?? null, b[key] ?? null))
  );
}

const longest = 60;

function shown(value: Json): string {
  const text = JSON.stringify(value, (_, inner: Json) => (typeof inner === 'bigint' ? Number(inner) : inner));
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}
