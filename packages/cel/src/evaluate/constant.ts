import { CelError } from '../errors.ts';
import type { Scope } from '../environment/scope.ts';
import type { Expr } from '../syntax/ast.ts';
import { ErrorValue, Fault } from '../values/fault.ts';
import { makeMap } from '../values/make-map.ts';
import type { Value } from '../values/value.ts';
import { literalValue } from './literal-value.ts';

/** Functions that cel-go folds where they are called with a constant. */
export const conversions: ReadonlySet<string> = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'int',
  'string',
  'timestamp',
  'type',
  'uint',
]);

/**
 * The value of what cel-go folds when it plans a program, and charges nothing for: literals, lists and maps of them,
 * conversions of them, `x in []` (interpreter/decorators.go decOptimize). Undefined for the rest. A conversion that
 * fails is a fault of the expression.
 */
export function constantOf(expr: Expr, scope: Scope): Value | undefined {
  switch (expr.kind) {
    case 'literal':
      return literalValue(expr);
    case 'ident':
    case 'select':
      return scope.typeNamed(expr) ?? undefined;
    case 'list': {
      const values = expr.elements.map(({ value, optional }) => (optional ? undefined : constantOf(value, scope)));
      return values.every((value) => value !== undefined) ? values : undefined;
    }
    case 'map': {
      const entries = expr.entries.map(({ key, value, optional }) => ({
        key: constantOf(key, scope),
        value: optional ? undefined : constantOf(value, scope),
      }));
      const known = entries.filter((entry): entry is { key: Value; value: Value } => isKnown(entry.key, entry.value));
      if (known.length < entries.length) return undefined;
      const map = makeMap(known);
      return map instanceof Fault ? undefined : map;
    }
    case 'call':
      return constantCall(expr, scope);
    default:
      return undefined;
  }
}

function isKnown(...values: readonly (Value | undefined)[]): boolean {
  return values.every((value) => value !== undefined);
}

function constantCall(expr: Extract<Expr, { kind: 'call' }>, scope: Scope): Value | undefined {
  if (expr.target !== null) return undefined;
  const [first, second] = expr.args;
  if (expr.name === '@in' && second?.kind === 'list' && second.elements.length === 0) return false;
  if (expr.args.length !== 1 || first === undefined || !conversions.has(expr.name)) return undefined;
  const argument = constantOf(first, scope);
  const fn = argument === undefined ? undefined : scope.function(expr.name, 'global', 1);
  if (argument === undefined || fn === undefined) return undefined;
  const value = converted(() => fn.apply(argument));
  if (!(value instanceof Fault)) return value;
  if (value instanceof ErrorValue) scope.fault(value.message, expr.offset);
  return undefined;
}

/** What a conversion gives; what it throws as CelError is an error like any other. */
export function converted(convert: () => Value): Value {
  try {
    return convert();
  } catch (error) {
    if (error instanceof CelError) return new ErrorValue(error.message);
    throw error;
  }
}
