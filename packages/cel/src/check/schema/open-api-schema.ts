/** An OpenAPI v3 schema as Kubernetes publishes it and CRDs carry it; members that say nothing of types are left out. */
export interface OpenApiSchema {
  readonly $ref?: string;
  readonly allOf?: readonly OpenApiSchema[];
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: boolean | OpenApiSchema;
  readonly items?: OpenApiSchema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: string;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
  readonly 'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[];
}

/** A rule of a CRD's schema. */
export interface ValidationRule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly optionalOldSelf?: boolean;
}

/** A kind of resource. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A document of `/openapi/v3/…`. */
export interface OpenApiDocument {
  readonly components?: { readonly schemas?: Readonly<Record<string, OpenApiSchema>> };
}

/** The schemas that references of a document name. */
export type Resolve = (ref: string) => OpenApiSchema | undefined;

/** Finds the schemas of a document by reference. */
export function resolverOf(document: OpenApiDocument): Resolve {
  const schemas = document.components?.schemas ?? {};
  return (ref) => {
    const name = ref.replace('#/components/schemas/', '');
    return Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  };
}

/** The schema of a kind in a document of its group and version; null where it has none. */
export function schemaOfKind(document: OpenApiDocument, kind: GroupVersionKind): OpenApiSchema | null {
  const found = Object.values(document.components?.schemas ?? {}).find((schema) =>
    schema['x-kubernetes-group-version-kind']?.some(
      (own) => own.group === kind.group && own.version === kind.version && own.kind === kind.kind,
    ),
  );
  return found ?? null;
}

/**
 * The reference of a schema, which may stand inside allOf to keep a description beside it
 * (k8s.io/apiserver pkg/cel/openapi/resolver/refs.go).
 */
export function refOf(schema: OpenApiSchema): string | null {
  if (schema.$ref !== undefined) return schema.$ref;
  for (const part of schema.allOf ?? []) {
    const ref = refOf(part);
    if (ref !== null) return ref;
  }
  return null;
}
