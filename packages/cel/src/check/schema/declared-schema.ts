import { type Type, bool, bytes, double, duration, dyn, int, string, timestamp } from '../types/type.ts';
import { escapeName } from './escape-name.ts';
import { type OpenApiSchema, type Resolve, refOf } from './open-api-schema.ts';

/** What the API server takes as the size of the largest request (k8s.io/apiserver pkg/apis/cel/config.go). */
export const MAX_REQUEST_BYTES = 3 * 1024 * 1024;

/** A field of a schema. */
interface DeclaredField {
  readonly schema: DeclaredSchema;
  readonly required: boolean;
  readonly enum: readonly unknown[] | null;
  readonly description: string;
}

/** A schema as CEL sees it: Kubernetes' DeclType (k8s.io/apiserver pkg/cel/types.go), sizes included. */
export interface DeclaredSchema {
  /** The type of what has no parts; null for lists, maps and objects. */
  readonly simple: Type | null;
  readonly element: DeclaredSchema | null;
  /** Of maps; their keys are strings. */
  readonly key: DeclaredSchema | null;
  /** Of objects, by their names in expressions. */
  readonly fields: ReadonlyMap<string, DeclaredField> | null;
  /** Most elements of a list, entries of a map, bytes of a string; 0 where that means nothing. */
  readonly maxElements: number;
  /** Bytes of the shortest JSON of it. */
  readonly minSize: number;
}

function simple(type: Type, minSize: number, maxElements = 0): DeclaredSchema {
  return { simple: type, element: null, key: null, fields: null, maxElements, minSize };
}

const anyString = /* @__PURE__ */ simple(string, 2);
const placeholder: OpenApiSchema = { type: 'object' };

/** Turns schemas into declarations (k8s.io/apiserver pkg/cel/common/schemas.go SchemaDeclType). */
export class SchemaReader {
  readonly #resolve: Resolve;
  readonly #open = new Set<string>();
  readonly #known = new Map<string, DeclaredSchema | null>();
  /** How many circular references were cut: a schema in which one was is not kept for other places. */
  #cut = 0;

  constructor(resolve: Resolve = () => undefined) {
    this.#resolve = resolve;
  }

  /** The declaration; null for what CEL does not show. `root` for the root of a resource. */
  read(schema: OpenApiSchema, root = false): DeclaredSchema | null {
    const ref = refOf(schema);
    if (ref === null) return this.#convert(schema, root);
    if (this.#open.has(ref)) {
      this.#cut += 1;
      return this.#convert(placeholder, root);
    }
    const known = root ? undefined : this.#known.get(ref);
    if (known !== undefined) return known;
    const target = this.#resolve(ref);
    if (target === undefined) return null;
    const cutBefore = this.#cut;
    this.#open.add(ref);
    const found = this.read(target, root);
    this.#open.delete(ref);
    if (!root && this.#cut === cutBefore) this.#known.set(ref, found);
    return found;
  }

  #convert(plain: OpenApiSchema, root: boolean): DeclaredSchema | null {
    if (plain.format === 'int-or-string' || plain['x-kubernetes-int-or-string'] === true)
      return simple(dyn, 1, plain.maxLength === undefined ? MAX_REQUEST_BYTES - 2 : codePoints(plain.maxLength));
    const schema = root ? this.#asResource(plain) : plain;
    switch (schema.type) {
      case 'array':
        return this.#convertList(schema);
      case 'object':
        return this.#convertObject(schema);
      case 'string':
        return convertString(schema);
      case 'boolean':
        return simple(bool, 4);
      case 'number':
        return simple(double, 1);
      case 'integer':
        return simple(int, 1);
      default:
        return null;
    }
  }

  /** Rules see apiVersion, kind, metadata.name and metadata.generateName of every resource. */
  #asResource(schema: OpenApiSchema): OpenApiSchema {
    const { properties = {} } = schema;
    const own = (name: string): OpenApiSchema => this.#target(properties[name] ?? {});
    const metadata = own('metadata').properties ?? {};
    const complete =
      own('kind').type === 'string' &&
      own('apiVersion').type === 'string' &&
      own('metadata').type === 'object' &&
      this.#target(metadata['name'] ?? {}).type === 'string' &&
      this.#target(metadata['generateName'] ?? {}).type === 'string';
    if (complete) return schema;
    const text = { type: 'string' };
    return {
      ...schema,
      properties: {
        ...properties,
        kind: text,
        apiVersion: text,
        metadata: { type: 'object', properties: { name: text, generateName: text } },
      },
    };
  }

  #target(schema: OpenApiSchema): OpenApiSchema {
    const ref = refOf(schema);
    return ref === null ? schema : (this.#resolve(ref) ?? schema);
  }

  #part(schema: OpenApiSchema): DeclaredSchema | null {
    return this.read(schema, this.#target(schema)['x-kubernetes-embedded-resource'] === true);
  }

  #convertList(schema: OpenApiSchema): DeclaredSchema | null {
    const element = schema.items === undefined ? null : this.#part(schema.items);
    if (element === null) return null;
    const maxElements =
      schema.maxItems === undefined
        ? Math.floor((MAX_REQUEST_BYTES - 2) / (element.minSize + 1))
        : Math.max(0, schema.maxItems);
    return { simple: null, element, key: null, fields: null, maxElements, minSize: 2 };
  }

  #convertObject(schema: OpenApiSchema): DeclaredSchema | null {
    const { additionalProperties } = schema;
    if (typeof additionalProperties === 'object') {
      const element = this.#part(additionalProperties);
      if (element === null) return null;
      const maxElements =
        schema.maxProperties === undefined
          ? Math.floor((MAX_REQUEST_BYTES - 2) / (element.minSize + 6))
          : Math.max(0, schema.maxProperties);
      return { simple: null, element, key: anyString, fields: null, maxElements, minSize: 2 };
    }
    const required = new Set(schema.required ?? []);
    const fields = new Map<string, DeclaredField>();
    let minSize = 2;
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      const declared = this.#part(property);
      if (declared === null) continue;
      const target = this.#target(property);
      const escaped = escapeName(name);
      if (escaped !== null)
        fields.set(escaped, {
          schema: declared,
          required: required.has(name),
          enum: target.enum ?? null,
          description: property.description ?? target.description ?? '',
        });
      // What has a default is filled in by the server and need not be in the request.
      if (required.has(name) && target.default === undefined)
        minSize += new TextEncoder().encode(name).length + declared.minSize + 4;
    }
    return { simple: null, element: null, key: null, fields, maxElements: 0, minSize };
  }
}

/** Bytes of so many code points, at worst. */
function codePoints(count: number): number {
  return Math.max(0, count) * 4;
}

function convertString(schema: OpenApiSchema): DeclaredSchema {
  switch (schema.format) {
    case 'byte':
      return simple(bytes, 2, schema.maxLength === undefined ? MAX_REQUEST_BYTES - 2 : Math.max(0, schema.maxLength));
    case 'duration':
      return simple(duration, 3, 32);
    case 'date':
      return simple(timestamp, 12, 12);
    case 'date-time':
      return simple(timestamp, 21, 32);
    default:
      return simple(string, 2, longestString(schema));
  }
}

function longestString(schema: OpenApiSchema): number {
  if (schema.maxLength !== undefined) return codePoints(schema.maxLength);
  if (schema.enum === undefined || schema.enum.length === 0) return MAX_REQUEST_BYTES - 2;
  const lengths = schema.enum.map((one) => (typeof one === 'string' ? new TextEncoder().encode(one).length : 0));
  return Math.max(0, ...lengths);
}
