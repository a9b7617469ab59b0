import { type Json, type JsonObject, isJsonObject } from '../../model/json.ts';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * A value with the defaults of its schema, as the API server fills them in: of fields that are not there, inside of
 * what is there (apiextensions-apiserver pkg/apiserver/schema/defaulting `Default`).
 */
export function withDefaults(value: Json, schema: StructuralSchema | undefined): Json {
  if (schema === undefined) return value;
  if (Array.isArray(value))
    return (value as readonly Json[]).map((item) => withDefaults(filled(item, schema.items), schema.items));
  return isJsonObject(value) ? objectWithDefaults(value, schema) : value;
}

function objectWithDefaults(value: JsonObject, { properties = {}, additionalProperties }: StructuralSchema): Json {
  const others = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  const missing = Object.entries(properties).filter(
    ([key, own]) => own.default !== undefined && own.default !== null && !Object.hasOwn(value, key),
  );
  const all: [string, Json][] = [
    ...Object.entries(value),
    ...missing.map(([key, own]): [string, Json] => [key, own.default ?? null]),
  ];
  return Object.fromEntries(
    all.map(([key, inner]) => {
      const own = Object.hasOwn(properties, key) ? properties[key] : others;
      return [key, withDefaults(filled(inner, own), own)];
    }),
  );
}

/** A null that may not be one is its default. */
function filled(value: Json, schema: StructuralSchema | undefined): Json {
  return value === null && schema !== undefined && schema.nullable !== true ? (schema.default ?? null) : value;
}
