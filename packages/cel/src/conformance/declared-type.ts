import {
  type Type,
  any,
  bool,
  bytes,
  double,
  duration,
  dyn,
  error,
  int,
  listOf,
  mapOf,
  nullType,
  nullableOf,
  opaque,
  param,
  string,
  struct,
  timestamp,
  typeOfType,
  typeType,
  uint,
} from '../check/types/type.ts';

/** A type as the conformance files write it: `cel.expr.Type` in protobuf's JSON form. */
export interface SpecType {
  readonly primitive?: string;
  readonly wrapper?: string;
  readonly wellKnown?: string;
  readonly listType?: { readonly elemType?: SpecType };
  readonly mapType?: { readonly keyType?: SpecType; readonly valueType?: SpecType };
  readonly messageType?: string;
  readonly typeParam?: string;
  readonly type?: SpecType;
  readonly abstractType?: { readonly name: string; readonly parameterTypes?: readonly SpecType[] };
  readonly dyn?: object;
  readonly null?: unknown;
}

const primitives: Readonly<Record<string, Type>> = {
  BOOL: bool,
  BYTES: bytes,
  DOUBLE: double,
  INT64: int,
  STRING: string,
  UINT64: uint,
};
const wellKnown: Readonly<Record<string, Type>> = { ANY: any, DURATION: duration, TIMESTAMP: timestamp };

const messages: Readonly<Record<string, Type>> = { [duration.name]: duration, [timestamp.name]: timestamp };

/** The type that a conformance file declares. */
export function typeFromSpec(spec: SpecType): Type {
  if (spec.primitive !== undefined) return primitives[spec.primitive] ?? error;
  if (spec.wrapper !== undefined) return nullableOf(primitives[spec.wrapper] ?? error);
  if (spec.wellKnown !== undefined) return wellKnown[spec.wellKnown] ?? error;
  if (spec.listType !== undefined) return listOf(typeFromSpec(spec.listType.elemType ?? {}));
  if (spec.mapType !== undefined)
    return mapOf(typeFromSpec(spec.mapType.keyType ?? {}), typeFromSpec(spec.mapType.valueType ?? {}));
  if (spec.messageType !== undefined) return messages[spec.messageType] ?? struct(spec.messageType);
  if (spec.typeParam !== undefined) return param(spec.typeParam);
  if (spec.type !== undefined)
    return Object.keys(spec.type).length === 0 ? typeType : typeOfType(typeFromSpec(spec.type));
  if (spec.abstractType !== undefined)
    return opaque(spec.abstractType.name, (spec.abstractType.parameterTypes ?? []).map(typeFromSpec));
  return 'null' in spec ? nullType : dyn;
}
