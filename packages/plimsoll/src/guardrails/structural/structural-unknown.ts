import { type Json, isJsonObject } from '../../model/json.ts';
import { type StructuralSchema, preservesUnknown } from './structural-schema.ts';

type Path = readonly (string | number)[];

/** A field that a schema does not know. */
export interface UnknownField {
  readonly path: Path;
  /** The names that it knows there. */
  readonly known: readonly string[];
}

const ofEmbedded = ['apiVersion', 'kind', 'metadata'];

/**
 * The fields that the API server would leave out (apiextensions-apiserver pkg/apiserver/schema/pruning). `schema`
 * undefined: it says nothing of what is inside, and keeps none of it.
 */
export function unknownFields(
  value: Json,
  schema: StructuralSchema | undefined,
  path: Path = [],
): readonly UnknownField[] {
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((item, index) => unknownFields(item, itemsOf(schema), [...path, index]));
  if (!isJsonObject(value)) return [];
  const properties = schema?.properties ?? {};
  const others = schema?.additionalProperties;
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, key];
    if (schema?.['x-kubernetes-embedded-resource'] === true && ofEmbedded.includes(key)) return [];
    if (Object.hasOwn(properties, key)) return unknownFields(inner, properties[key], here);
    if (others !== undefined && others !== false)
      return unknownFields(inner, others === true ? undefined : others, here);
    return schema !== undefined && preservesUnknown(schema) ? [] : [{ path: here, known: Object.keys(properties) }];
  });
}

/** What is kept whole is kept in the items of lists as well. */
function itemsOf(schema: StructuralSchema | undefined): StructuralSchema | undefined {
  if (schema?.items === undefined) return schema !== undefined && preservesUnknown(schema) ? schema : undefined;
  return preservesUnknown(schema) ? { ...schema.items, 'x-kubernetes-preserve-unknown-fields': true } : schema.items;
}
