import { type Type, dyn, listOf, mapOf, string, struct } from '../types/type.ts';
import { type DeclaredSchema, SchemaReader } from './declared-schema.ts';
import { isReserved } from './escape-name.ts';
import {
  type GroupVersionKind,
  type OpenApiDocument,
  type OpenApiSchema,
  type Resolve,
  resolverOf,
  schemaOfKind,
} from './open-api-schema.ts';

/** A schema as the type of a variable, with what the cost model has to know of it. */
export interface SchemaType {
  readonly type: Type;
  readonly declared: DeclaredSchema;
}

/** How a schema is read. */
export interface SchemaOptions {
  /** False for a part of a resource: the root of one shows apiVersion, kind and metadata whatever it declares. */
  readonly root?: boolean;
  /** Finds what references name. */
  readonly resolve?: Resolve;
}

/**
 * The type of a schema; null for one that CEL does not show: a list or map of unknown things. Object types are named
 * by their paths from `name`, as Kubernetes names them (k8s.io/apiserver pkg/cel/types.go MaybeAssignTypeName).
 */
export function schemaType(schema: OpenApiSchema, name: string, options: SchemaOptions = {}): SchemaType | null {
  const declared = new SchemaReader(options.resolve).read(schema, options.root ?? true);
  return declared === null ? null : { type: typeOfDeclared(declared, name), declared };
}

/** The type of a kind from the OpenAPI v3 document of its group and version; null where that lacks it. */
export function typeOfKind(document: OpenApiDocument, kind: GroupVersionKind): SchemaType | null {
  const schema = schemaOfKind(document, kind);
  return schema === null ? null : schemaType(schema, kind.kind, { resolve: resolverOf(document) });
}

/** The type of a declaration whose objects are named from `path`; theirs are made when they are asked for. */
export function typeOfDeclared(declared: DeclaredSchema, path: string): Type {
  if (declared.simple !== null) return declared.simple;
  if (declared.fields === null) {
    const element = declared.element === null ? dyn : typeOfDeclared(declared.element, `${path}.${partName(declared)}`);
    return declared.key === null ? listOf(element) : mapOf(string, element);
  }
  const { fields } = declared;
  return struct(path, {
    find: (name) => {
      // A field with a reserved name may be written as it is since 1.31.
      const written = fields.has(name) || !isReserved(name) ? name : `__${name}__`;
      const field = fields.get(written);
      if (field === undefined) return undefined;
      const { description, required } = field;
      return { type: typeOfDeclared(field.schema, `${path}.${written}`), description, required, enum: field.enum };
    },
    names: () => fields.keys(),
  });
}

function partName(declared: DeclaredSchema): string {
  return declared.key === null ? '@idx' : '@elem';
}
