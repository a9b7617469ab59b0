import { Authorizer, Decision } from './authorizer.ts';
import { Duration } from './duration.ts';
import { LazyMap } from './lazy-map.ts';
import { LibraryValue } from './library-value.ts';
import { Double, Uint } from './numbers.ts';
import { Optional } from './optional.ts';
import { StructValue } from './struct-value.ts';
import { Timestamp } from './timestamp.ts';
import { TypeValue } from './type-value.ts';
import type { Value } from './value.ts';

/** The name of a value's type: what `type(x)` prints. */
export function typeOf(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isSafeInteger(value) ? 'int' : 'double';
    default:
      return value === null ? 'null_type' : typeOfObject(value);
  }
}

const authorizerTypes: Readonly<Record<Authorizer['step'], string>> = {
  authorizer: 'kubernetes.authorization.Authorizer',
  path: 'kubernetes.authorization.PathCheck',
  group: 'kubernetes.authorization.GroupCheck',
  resource: 'kubernetes.authorization.ResourceCheck',
};

function typeOfObject(value: object): string {
  if (Array.isArray(value)) return 'list';
  if (value instanceof Double) return 'double';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Optional) return 'optional_type';
  if (value instanceof TypeValue) return 'type';
  if (value instanceof LibraryValue || value instanceof StructValue) return value.type;
  if (value instanceof Authorizer) return authorizerTypes[value.step];
  if (value instanceof Decision) return 'kubernetes.authorization.Decision';
  if (value instanceof LazyMap) return 'kubernetes.variables';
  return 'map';
}
