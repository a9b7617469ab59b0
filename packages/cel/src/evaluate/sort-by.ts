import type { Scope } from '../environment/scope.ts';
import { selfCompared, sortByKeys } from '../functions/lists.ts';
import type { Call } from '../syntax/ast.ts';
import { ErrorValue, Fault, noSuchOverload } from '../values/fault.ts';
import { type Value, isList } from '../values/value.ts';
import type { SortByPlan } from './call-plan.ts';
import { constantOf } from './constant.ts';
import { at } from './fault-place.ts';
import type { Evaluate } from './frame.ts';
import { checkCost } from './limits.ts';

/** `list` to bind and read twice, `[key]` and `+` for each element, the result. */
const TURN_COST = 12;
const READ_COST = 3;
/** A list of one constant costs nothing. */
const LIST_COST = 10;

/** `target.sortBy(variable, key)`, a macro of ext.Lists (ext/lists.go). */
export function compileSortBy({ target, variable, key }: SortByPlan, call: Call, scope: Scope): Evaluate {
  const { offset } = call;
  if (target.kind === 'literal' || target.kind === 'map' || target.kind === 'struct')
    scope.fault('sortBy can only be applied to a list, identifier, comprehension, call or select expression', offset);
  const range = scope.compile(target);
  const turn = constantOf(key, scope) === undefined ? TURN_COST : TURN_COST - LIST_COST;
  const inner = scope.enter([variable.name]);
  const keyOf = inner.compile(key);
  const [slot = 0] = inner.slots;
  const sortable = scope.overload(call) !== null;
  return (frame) => {
    const list = range(frame);
    frame.cost += READ_COST;
    if (!isList(list)) {
      frame.cost -= sortable ? 1 : 0;
      return orBreakOff(list instanceof Fault ? list : at(noSuchOverload(), offset), sortable);
    }
    const keys: Value[] = [];
    let fault: Fault | undefined;
    for (const value of list) {
      frame.values[slot] = value;
      const made = keyOf(frame);
      frame.cost += turn;
      checkCost(frame);
      if (made instanceof Fault) fault ??= made;
      keys.push(made);
    }
    if (fault !== undefined) {
      frame.cost += sortable ? 0 : 1;
      return orBreakOff(fault, sortable);
    }
    frame.cost += sortable ? selfCompared(keys) : 1;
    checkCost(frame);
    return at(sortByKeys(list, keys), offset);
  };
}

/** Where cel-go knows the type of the keys, it counts them, and breaks off where there are none. */
function orBreakOff(fault: Value, sortable: boolean): Value {
  if (sortable && fault instanceof ErrorValue) selfCompared(fault);
  return fault;
}
