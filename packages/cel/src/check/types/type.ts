/** What kind of type it is (cel-go common/types/types.go). `struct` has fields, `opaque` is abstract. */
export type Kind =
  | 'dyn'
  | 'any'
  | 'bool'
  | 'bytes'
  | 'double'
  | 'duration'
  | 'error'
  | 'int'
  | 'list'
  | 'map'
  | 'null'
  | 'opaque'
  | 'string'
  | 'struct'
  | 'timestamp'
  | 'type'
  | 'param'
  | 'uint';

/** A field of a struct type. */
export interface Field {
  readonly type: Type;
  /** What the schema says about it; '' where it says nothing. */
  readonly description: string;
  readonly required: boolean;
  /** The values that the schema allows; null where any will do. */
  readonly enum: readonly unknown[] | null;
}

/** Where a struct type finds its fields; they are made when first asked for. */
export interface Fields {
  find(name: string): Field | undefined;
  names(): Iterable<string>;
}

/** A type that the checker gives to an expression. Types are compared by {@link sameType}, never by identity. */
export interface Type {
  readonly kind: Kind;
  /** cel-go's run-time name: `int`, `list`, `google.protobuf.Timestamp`, `optional_type`, `kubernetes.Quantity`. */
  readonly name: string;
  readonly params: readonly Type[];
  /** A primitive that may be null as well (protobuf's wrappers). */
  readonly nullable: boolean;
  /** Of structs whose fields are known. */
  readonly fields: Fields | null;
}

const none: readonly Type[] = [];

function simple(kind: Kind, name: string = kind): Type {
  return { kind, name, params: none, nullable: false, fields: null };
}

export const dyn = /* @__PURE__ */ simple('dyn');
export const any = /* @__PURE__ */ simple('any', 'google.protobuf.Any');
export const bool = /* @__PURE__ */ simple('bool');
export const bytes = /* @__PURE__ */ simple('bytes');
export const double = /* @__PURE__ */ simple('double');
export const duration = /* @__PURE__ */ simple('duration', 'google.protobuf.Duration');
/** The type of what did not check; it fits everything, so that one fault is reported once. */
export const error = /* @__PURE__ */ simple('error');
export const int = /* @__PURE__ */ simple('int');
export const nullType = /* @__PURE__ */ simple('null', 'null_type');
export const string = /* @__PURE__ */ simple('string');
export const timestamp = /* @__PURE__ */ simple('timestamp', 'google.protobuf.Timestamp');
export const typeType = /* @__PURE__ */ simple('type');
export const uint = /* @__PURE__ */ simple('uint');

/** `list(T)`. */
export function listOf(element: Type): Type {
  return { kind: 'list', name: 'list', params: [element], nullable: false, fields: null };
}

/** `map(K, V)`. */
export function mapOf(key: Type, value: Type): Type {
  return { kind: 'map', name: 'map', params: [key, value], nullable: false, fields: null };
}

/** `type(T)`: the type of a type. */
export function typeOfType(type: Type): Type {
  return { kind: 'type', name: 'type', params: [type], nullable: false, fields: null };
}

/** An abstract type without fields. */
export function opaque(name: string, params: readonly Type[] = none): Type {
  return { kind: 'opaque', name, params, nullable: false, fields: null };
}

/** `optional_type(T)`. */
export function optionalOf(type: Type): Type {
  return opaque('optional_type', [type]);
}

/** A type parameter: `A` of a declaration, `_var0` of a check. */
export function param(name: string): Type {
  return simple('param', name);
}

/** An object type; without `fields` none can be selected. */
export function struct(name: string, fields: Fields | null = null): Type {
  return { kind: 'struct', name, params: none, nullable: false, fields };
}

/** The same primitive, null allowed: `wrapper(int)`. */
export function nullableOf(type: Type): Type {
  return { ...type, nullable: true };
}

/** Fields from a table. */
export function fieldTable(types: Readonly<Record<string, Type>>): Fields {
  const table = new Map(
    Object.entries(types).map(([name, type]) => [name, { type, description: '', required: true, enum: null }] as const),
  );
  return { find: (name) => table.get(name), names: () => table.keys() };
}

/** True of `dyn` and of protobuf's Any, which checks as dyn does. */
export function isDyn(type: Type): boolean {
  return type.kind === 'dyn' || type.kind === 'any';
}

/** True of `optional_type(T)`. */
export function isOptional(type: Type): boolean {
  return type.kind === 'opaque' && type.name === 'optional_type';
}

/** What is in an optional, and the type itself where it is none. */
export function unwrapOptional(type: Type): Type {
  return isOptional(type) ? (type.params[0] ?? dyn) : type;
}

/** cel-go's IsExactType; with `anyParam` its IsEquivalentType, to which all type parameters are alike. */
export function sameType(a: Type, b: Type, anyParam = false): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.params.length !== b.params.length) return false;
  if (!(anyParam && a.kind === 'param') && a.name !== b.name) return false;
  return a.params.every((own, i) => sameType(own, b.params[i] ?? dyn, anyParam));
}

const open: ReadonlySet<Kind> = new Set(['dyn', 'any', 'error', 'param', 'null']);

/** True where no value of one type can be of the other, told by their kinds alone. */
export function differentKinds(a: Type, b: Type): boolean {
  return a.kind !== b.kind && !open.has(a.kind) && !open.has(b.kind);
}

/** The type with other types in place of its parameters. */
export function instantiate(type: Type, names: readonly string[], types: readonly Type[]): Type {
  if (type.kind === 'param') return types[names.indexOf(type.name)] ?? type;
  if (type.params.length === 0) return type;
  return { ...type, params: type.params.map((own) => instantiate(own, names, types)) };
}
