import type { Scope } from '../environment/scope.ts';
import type { Expr } from '../syntax/ast.ts';
import { ErrorValue, Fault, noSuchOverload } from '../values/fault.ts';
import { Optional } from '../values/optional.ts';
import type { Value } from '../values/value.ts';
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
    return asked(target, offset, scope, (held) => {
      if (name === 'hasValue') return held !== undefined;
      return held === undefined ? new ErrorValue('optional.none() dereference') : held;
    });
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

/** `hasValue` and `value`, of what is in the optional: an error where the target is no optional at all. */
function asked(target: Expr, offset: number, scope: Scope, answer: (held: Value | undefined) => Value): Evaluate {
  const byForm = isOptionalNode(target);
  const inside: EvaluateOptional = byForm ? scope.compileOptional(target) : scope.compile(target);
  return (frame) => {
    const found = inside(frame);
    frame.cost += 1;
    if (found instanceof Fault) return found;
    if (byForm) return at(answer(found), offset);
    return at(found instanceof Optional ? answer(found.value) : noSuchOverload(), offset);
  };
}
