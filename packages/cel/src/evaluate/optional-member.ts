import type { Scope } from '../environment/scope.ts';
import type { Expr } from '../syntax/ast.ts';
import { ErrorValue, Fault, noSuchOverload } from '../values/fault.ts';
import { Optional } from '../values/optional.ts';
import { unwrapped } from './attribute.ts';
import type { OptionalPlan } from './call-plan.ts';
import { at } from './fault-place.ts';
import type { Evaluate, EvaluateOptional } from './frame.ts';
import { isOptionalNode } from './optional-form.ts';

/** Compiles `hasValue`, `value`, `orValue` and `or`. */
export function compileOptionalMember(
  { name, target, argument }: OptionalPlan,
  offset: number,
  scope: Scope,
): Evaluate {
  if (argument === undefined)
    return name === 'value' ? valueOf(target, offset, scope) : hasValue(target, offset, scope);
  const byForm = isOptionalNode(target);
  const inside: EvaluateOptional = byForm ? scope.compileOptional(target) : scope.compile(target);
  const other = scope.compile(argument);
  // cel-go charges nothing for them, and lets what is no optional through (cel/library.go evalOptionalOr).
  if (name === 'orValue')
    return (frame) => {
      const value = byForm ? inside(frame) : unwrapped(inside(frame) ?? null);
      return value === undefined ? other(frame) : value;
    };
  return (frame) => {
    const value = inside(frame);
    if (value === undefined || (value instanceof Optional && value.value === undefined && !byForm)) return other(frame);
    return value instanceof Fault || !byForm ? value : new Optional(value);
  };
}

/** The value in the optional, undefined for none; an error where the target is no optional at all. */
function insideOptional(target: Expr, offset: number, scope: Scope): EvaluateOptional {
  if (isOptionalNode(target)) return scope.compileOptional(target);
  const wrapped = scope.compile(target);
  return (frame) => {
    const value = wrapped(frame);
    if (value instanceof Optional) return value.value;
    return value instanceof Fault ? value : at(noSuchOverload(), offset);
  };
}

function hasValue(target: Expr, offset: number, scope: Scope): Evaluate {
  const inside = insideOptional(target, offset, scope);
  return (frame) => {
    const value = inside(frame);
    frame.cost += 1;
    return value instanceof Fault ? value : value !== undefined;
  };
}

function valueOf(target: Expr, offset: number, scope: Scope): Evaluate {
  const inside = insideOptional(target, offset, scope);
  return (frame) => {
    const value = inside(frame);
    frame.cost += 1;
    return value === undefined ? at(new ErrorValue('optional.none() dereference'), offset) : value;
  };
}
