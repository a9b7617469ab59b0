import type { Scope } from '../environment/scope.ts';
import type { Macro } from '../syntax/ast.ts';
import { Fault, noSuchOverload } from '../values/fault.ts';
import { NONE, Optional } from '../values/optional.ts';
import type { Value } from '../values/value.ts';
import type { Evaluate, EvaluateOptional } from './frame.ts';
import { isOptionalNode } from './optional-form.ts';
import { reread } from './reread.ts';

/** `cel.bind`, `optMap`, `optFlatMap`: the value is computed when the name is first read. */
export function compileBinding(macro: Macro, scope: Scope): Evaluate {
  const what = macro.name === 'bind' ? 'cel.bind' : macro.name;
  if (!scope.requires(macro.name === 'bind' ? 'cel.bind' : 'optional macros', what, macro.offset))
    return () => noSuchOverload();
  if (macro.name === 'bind') {
    const inner = scope.enter(macro.variables, scope.compile(macro.range));
    const body = inner.compile(macro.body);
    const [slot = 0] = inner.slots;
    return (frame) => {
      frame.values[slot] = undefined;
      return body(frame);
    };
  }
  return compileOptionalBinding(macro, scope);
}

/**
 * cel-go expands `o.optMap(x, body)` to `o.hasValue() ? optional.of(bind(x, o.value(), body)) : optional.none()`, and
 * so charges for `o` once more where x is read.
 */
function compileOptionalBinding(macro: Macro, scope: Scope): Evaluate {
  const byForm = isOptionalNode(macro.range);
  const range: EvaluateOptional = byForm ? scope.compileOptional(macro.range) : scope.compile(macro.range);
  let again = 0;
  let bound: Value = null;
  const inner = scope.enter(macro.variables, (frame) => {
    frame.cost += again + 1;
    return bound;
  });
  const body = inner.compile(macro.body);
  const [slot = 0] = inner.slots;
  const flat = macro.name === 'optFlatMap';
  return (frame) => {
    const before = frame.cost;
    const found = range(frame);
    const spent = frame.cost - before;
    // hasValue, and optional.of or optional.none.
    frame.cost += 1;
    if (found instanceof Fault) return found;
    // What it holds may be an error, which is none of anybody's who does not read it.
    const value = found instanceof Optional && !byForm ? found.value : found;
    if (value === undefined) {
      frame.cost += 1;
      return NONE;
    }
    again = spent;
    bound = reread(value);
    frame.values[slot] = undefined;
    const result = body(frame);
    if (!flat) frame.cost += 1;
    return reread(flat || result instanceof Fault ? result : new Optional(result));
  };
}
