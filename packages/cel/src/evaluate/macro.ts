import type { Macro } from '../syntax/ast.ts';
import { ErrorValue, Fault, Unknown, noSuchOverload } from '../values/fault.ts';
import { isMap, mapGet, mapKeys } from '../values/equality.ts';
import { NONE, Optional } from '../values/optional.ts';
import { type Value, isList } from '../values/value.ts';
import type { Scope } from '../environment/scope.ts';
import { makeMap } from '../values/make-map.ts';
import { at } from './fault-place.ts';
import type { Evaluate, Frame } from './frame.ts';

/** One turn of a loop: the body's value with the loop variables set. */
type Turn = (frame: Frame, key: Value, value: Value) => Value;

/** Compiles a macro into a loop of its own (cel-go folds; the answers, absorption included, are the same). */
export function compileMacro(macro: Macro, scope: Scope): Evaluate {
  if (macro.name === 'bind' || macro.name === 'optMap' || macro.name === 'optFlatMap')
    return compileBinding(macro, scope);
  const range = scope.compile(macro.range);
  const inner = scope.enter(macro.variables);
  const body = inner.compile(macro.body);
  const condition = macro.condition === null ? null : inner.compile(macro.condition);
  const [first, second] = inner.slots;
  const two = second !== undefined;
  if (first === undefined) throw new Error('a macro without a variable');
  const turn =
    (evaluate: Evaluate): Turn =>
    (frame, key, value) => {
      frame.cost += 1;
      frame.values[first] = two ? key : value;
      if (two) frame.values[second] = value;
      return frame.cost > frame.limit
        ? new ErrorValue('operation cancelled: actual cost limit exceeded', 'cost')
        : evaluate(frame);
    };
  const loop = loops[macro.name](turn(body), condition === null ? null : turn(condition), macro.body.offset);
  return (frame) => {
    const over = range(frame);
    if (isList(over)) return loop(frame, over, null, two);
    if (over instanceof Fault) return over;
    if (!isMap(over)) return at(noSuchOverload(), macro.range.offset);
    const keys = mapKeys(over);
    return loop(frame, two ? keys.map((key) => mapGet(over, key) ?? null) : keys, keys, two);
  };
}

/** A compiled loop over `values`; `keys` are a map's keys, null for a list, whose keys are its indices. */
type Loop = (frame: Frame, values: readonly Value[], keys: readonly Value[] | null, two: boolean) => Value;

type MakeLoop = (body: Turn, condition: Turn | null, offset: number) => Loop;

const quantifier =
  (decisive: boolean): MakeLoop =>
  (body, _condition, offset) =>
  (frame, values, keys) => {
    let unknown: Unknown | undefined;
    let error: Fault | undefined;
    for (let i = 0; i < values.length; i += 1) {
      const value = body(frame, keys?.[i] ?? i, values[i] ?? null);
      if (value === decisive) return decisive;
      if (value === !decisive) continue;
      if (value instanceof Unknown) unknown = unknown === undefined ? value : Unknown.merge(unknown, value);
      else error ??= value instanceof Fault ? value : (at(noSuchOverload(), offset) as Fault);
      if (error instanceof ErrorValue && error.kind === 'cost') return error;
    }
    return unknown ?? error ?? !decisive;
  };

/** Loops whose first fault ends them. `each` gets every turn's value and may end the loop with a result. */
const strict =
  <State>(
    begin: () => State,
    each: (state: State, result: Value, key: Value, value: Value, offset: number) => Fault | undefined,
    finish: (state: State) => Value,
  ): MakeLoop =>
  (body, condition, offset) =>
  (frame, values, keys) => {
    const state = begin();
    for (let i = 0; i < values.length; i += 1) {
      const key = keys?.[i] ?? i;
      const value = values[i] ?? null;
      if (condition !== null) {
        const wanted = condition(frame, key, value);
        if (wanted === false) continue;
        if (wanted !== true) return wanted instanceof Fault ? wanted : at(noSuchOverload(), offset);
      }
      const result = body(frame, key, value);
      if (result instanceof Fault) return result;
      const fault = each(state, result, key, value, offset);
      if (fault !== undefined) return fault;
    }
    return finish(state);
  };

const notBoolean = (offset: number): Fault => at(noSuchOverload(), offset) as Fault;

const loops: Record<Exclude<Macro['name'], 'bind' | 'optMap' | 'optFlatMap'>, MakeLoop> = {
  all: quantifier(false),
  exists: quantifier(true),
  exists_one: strict(
    () => ({ count: 0 }),
    (state, result, _key, _value, offset) => {
      if (typeof result !== 'boolean') return notBoolean(offset);
      if (result) state.count += 1;
      return undefined;
    },
    (state) => state.count === 1,
  ),
  filter: strict<Value[]>(
    () => [],
    (list, result, _key, value, offset) => {
      if (typeof result !== 'boolean') return notBoolean(offset);
      if (result) list.push(value);
      return undefined;
    },
    (list) => list,
  ),
  map: strict<Value[]>(
    () => [],
    (list, result) => void list.push(result),
    (list) => list,
  ),
  transformList: strict<Value[]>(
    () => [],
    (list, result) => void list.push(result),
    (list) => list,
  ),
  transformMap: strict<{ key: Value; value: Value }[]>(
    () => [],
    (entries, result, key) => void entries.push({ key, value: result }),
    makeMap,
  ),
  transformMapEntry: strict<{ key: Value; value: Value }[]>(
    () => [],
    (entries, result, _key, _value, offset) => {
      if (!isMap(result)) return notBoolean(offset);
      for (const key of mapKeys(result)) {
        if (entries.some((entry) => entry.key === key))
          return at(new ErrorValue(`insert failed: key ${String(key)} already exists`), offset) as Fault;
        entries.push({ key, value: mapGet(result, key) ?? null });
      }
      return undefined;
    },
    makeMap,
  ),
};

function compileBinding(macro: Macro, scope: Scope): Evaluate {
  // The parser knows the macro everywhere; which environments have it, their function tables say.
  if (macro.name === 'bind' && scope.function('cel.bind', 'global', 3) === undefined)
    scope.fault("undeclared reference to 'cel' (in container '')", macro.offset);
  const inner = scope.enter(macro.variables);
  const [slot] = inner.slots;
  if (slot === undefined) throw new Error('a macro without a variable');
  if (macro.name === 'bind') {
    const value = scope.compile(macro.range);
    const body = inner.compile(macro.body);
    return (frame) => {
      frame.values[slot] = value(frame);
      return body(frame);
    };
  }
  const range = scope.compileOptional(macro.range);
  const body = inner.compile(macro.body);
  const flat = macro.name === 'optFlatMap';
  return (frame) => {
    const value = range(frame);
    if (value === undefined) return NONE;
    if (value instanceof Fault) return value;
    frame.values[slot] = value;
    const result = body(frame);
    return flat || result instanceof Fault ? result : new Optional(result);
  };
}
