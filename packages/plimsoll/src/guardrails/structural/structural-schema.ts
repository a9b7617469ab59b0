import { z } from 'zod';
import type { Json } from '../../model/json.ts';

const json: z.ZodType<Json> = z.json();
const count = z.int().nonnegative();

/**
 * A schema as CustomResourceDefinitions have it: JSONSchemaProps of k8s.io/apiextensions-apiserver, read strictly.
 * What describes and does not decide is let be.
 */
export interface StructuralSchema {
  readonly type?: string | undefined;
  readonly format?: string | undefined;
  readonly nullable?: boolean | undefined;
  readonly default?: Json | undefined;
  readonly enum?: readonly Json[] | undefined;
  readonly properties?: Readonly<Record<string, StructuralSchema>> | undefined;
  readonly additionalProperties?: boolean | StructuralSchema | undefined;
  readonly items?: StructuralSchema | undefined;
  readonly required?: readonly string[] | undefined;
  readonly minProperties?: number | undefined;
  readonly maxProperties?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
  readonly uniqueItems?: boolean | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  readonly pattern?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: boolean | undefined;
  readonly exclusiveMaximum?: boolean | undefined;
  readonly multipleOf?: number | undefined;
  readonly allOf?: readonly StructuralSchema[] | undefined;
  readonly anyOf?: readonly StructuralSchema[] | undefined;
  readonly oneOf?: readonly StructuralSchema[] | undefined;
  readonly not?: StructuralSchema | undefined;
  readonly 'x-kubernetes-int-or-string'?: boolean | undefined;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean | undefined;
  readonly 'x-kubernetes-embedded-resource'?: boolean | undefined;
}

/** Reads a {@link StructuralSchema}. */
export const structuralSchema: z.ZodType<StructuralSchema> = z.lazy(() =>
  z.strictObject({
    type: z.string().optional(),
    format: z.string().optional(),
    nullable: z.boolean().optional(),
    default: json.optional(),
    enum: z.array(json).optional(),
    properties: z.record(z.string(), structuralSchema).optional(),
    additionalProperties: z.union([z.boolean(), structuralSchema]).optional(),
    items: structuralSchema.optional(),
    required: z.array(z.string()).optional(),
    minProperties: count.optional(),
    maxProperties: count.optional(),
    minItems: count.optional(),
    maxItems: count.optional(),
    uniqueItems: z.boolean().optional(),
    minLength: count.optional(),
    maxLength: count.optional(),
    pattern: z.string().optional(),
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    exclusiveMinimum: z.boolean().optional(),
    exclusiveMaximum: z.boolean().optional(),
    multipleOf: z.number().optional(),
    allOf: z.array(structuralSchema).optional(),
    anyOf: z.array(structuralSchema).optional(),
    oneOf: z.array(structuralSchema).optional(),
    not: structuralSchema.optional(),
    'x-kubernetes-int-or-string': z.boolean().optional(),
    'x-kubernetes-preserve-unknown-fields': z.boolean().optional(),
    'x-kubernetes-embedded-resource': z.boolean().optional(),
    'x-kubernetes-list-type': z.string().optional(),
    'x-kubernetes-list-map-keys': z.array(z.string()).optional(),
    'x-kubernetes-map-type': z.string().optional(),
    'x-kubernetes-validations': z.array(json).optional(),
    title: z.string().optional(),
    description: z.string().optional(),
    example: json.optional(),
    externalDocs: json.optional(),
  }),
);

/** True where a schema keeps fields that it does not name. */
export function preservesUnknown(schema: StructuralSchema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true;
}
