import type { Expr } from '../syntax/ast.ts';
import { isApart } from '../values/equality.ts';
import { ErrorValue } from '../values/fault.ts';
import { LibraryValue } from '../values/library-value.ts';
import { NamedFormat } from '../values/named-format.ts';
import { Optional } from '../values/optional.ts';
import { TypeValue } from '../values/type-value.ts';
import type { Value } from '../values/value.ts';
import { isAttribute } from './attribute.ts';

/**
 * What `?:` and the macros made of it give for a branch's value. What is in an optional goes through a value of Go and
 * back there (cel-go interpreter/attributes.go applyQualifiers): an optional in it is what that holds, null for none, a
 * type is its name, and of most of Kubernetes' own types, quantities among them, an error is in it.
 */
export function reread(value: Value): Value {
  return typeof value === 'object' && value instanceof Optional && value.value !== undefined
    ? new Optional(throughGo(value.value))
    : value;
}

/** True of a branch to which that applies: what a step finds is left as it is. */
export function isReread(branch: Expr): boolean {
  return branch.kind === 'ident' || !isAttribute(branch);
}

function throughGo(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Optional) return throughGo(value.value ?? null);
  if (value instanceof TypeValue) return value.name;
  const hasWay = !(value instanceof LibraryValue) || value instanceof NamedFormat;
  return hasWay && !isApart(value) ? value : new ErrorValue('unsupported conversion to ref.Val');
}
