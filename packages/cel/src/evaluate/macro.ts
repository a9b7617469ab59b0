import { lazy } from '../lazy.ts';
import type { Scope } from '../environment/scope.ts';
import type { Expr, Macro, MacroName } from '../syntax/ast.ts';
import { isMap, mapGet, mapKeys } from '../values/equality.ts';
import { ErrorValue, Fault, type Unknown, noSuchOverload } from '../values/fault.ts';
import { LazyMap } from '../values/lazy-map.ts';
import { makeMap } from '../values/make-map.ts';
import { doubtIn, isDoubt, unknownIn } from '../values/unseen.ts';
import { type Value, isList } from '../values/value.ts';
import { compileBinding } from './binding.ts';
import { constantOf } from './constant.ts';
import { asFault, at, worse } from './fault-place.ts';
import { indexInto } from './field.ts';
import type { Evaluate } from './frame.ts';
import { checkCost } from './limits.ts';

/**
 * Compiles a macro into a loop of its own. cel-go folds; the answers, absorption included, are the same, and the costs
 * are those of its expansion (parser/macro.go, ext/comprehensions.go): what a turn costs beside its body, and the end.
 */
export function compileMacro(macro: Macro, scope: Scope): Evaluate {
  const { name } = macro;
  if (name === 'bind' || name === 'optMap' || name === 'optFlatMap') return compileBinding(macro, scope);
  const two = macro.variables.length === 2;
  if (two && !scope.requires('two-variable macros', `macro ${macro.name} of two variables`, macro.offset))
    return () => noSuchOverload();
  const range = scope.compile(macro.range);
  const inner = scope.enter(macro.variables);
  const [first = 0, second = 0] = inner.slots;
  const condition = macro.condition === null ? null : inner.compile(macro.condition);
  return loops()[name]({
    range,
    rangeOffset: macro.range.offset,
    two,
    body: inner.compile(macro.body),
    condition,
    offset: macro.body.offset,
    constantBody: isConstantBody(macro.body, inner),
    keySlot: two ? first : null,
    valueSlot: two ? second : first,
  });
}

/** A list of one constant is folded: `map(x, 1)` adds the same list over and over. */
function isConstantBody(body: Expr, scope: Scope): boolean {
  return constantOf(body, scope) !== undefined;
}

interface Parts {
  readonly range: Evaluate;
  readonly rangeOffset: number;
  /** True for a macro of two variables. */
  readonly two: boolean;
  readonly body: Evaluate;
  readonly condition: Evaluate | null;
  readonly offset: number;
  readonly constantBody: boolean;
  /** Where the turn's key goes; null for a macro of one variable. */
  readonly keySlot: number | null;
  readonly valueSlot: number;
}

type MakeLoop = (parts: Parts) => Evaluate;

/** What a loop runs over: `keys` are a map's keys, null for a list, whose keys are its indices. */
interface Turns {
  readonly values: readonly Value[];
  readonly keys: readonly Value[] | null;
  /** Of a map of which not all keys are known to be there: the first that may not be. */
  readonly doubt?: Unknown | undefined;
}

/** The turns of what is no list; a fault where it is no map either. */
function turnsOf(over: Value, { two, rangeOffset }: Parts): Turns | Fault {
  if (over instanceof Fault) return over;
  const isLazy = over instanceof LazyMap;
  if (!isLazy && !isMap(over)) return at(noSuchOverload(), rangeOffset) as Fault;
  // A loop over all composed variables runs over their values, and takes them for keys.
  const keys = isLazy ? over.names.map((name) => over.get(name) ?? null) : mapKeys(over);
  return { values: two ? keys.map((key) => indexInto(over, key, false)) : keys, keys, doubt: doubtIn(over) };
}

/** A turn that may not be there: what it gives decides nothing, and is unknown where it could. */
function doubtful(over: Value, key: Value | undefined): boolean {
  return isMap(over) && isDoubt(mapGet(over, key ?? null) ?? null);
}

/** Reading the accumulator at the end. */
export const END_COST = 1;

/** What all and exists ask in each turn: whether to go on, which is negated for exists. */
export function questionCost(decisive: boolean): number {
  return decisive ? 3 : 2;
}

/**
 * `all` and `exists`. A turn reads the accumulator twice, asks whether to go on (negated for exists) and joins; where
 * the loop ends early, the question is asked once more.
 */
const quantifier =
  (decisive: boolean): MakeLoop =>
  (parts) => {
    const { range, rangeOffset, body, offset, keySlot, valueSlot } = parts;
    const question = questionCost(decisive);
    const turn = question + 1;
    return (frame) => {
      const over = range(frame);
      const turns = isList(over) ? null : turnsOf(over, parts);
      if (turns instanceof Fault) return turns;
      const values = turns === null ? (over as readonly Value[]) : turns.values;
      const { values: slots } = frame;
      let fault: Fault | undefined;
      for (let i = 0; i < values.length; i += 1) {
        if (keySlot !== null) slots[keySlot] = turns?.keys?.[i] ?? i;
        slots[valueSlot] = values[i] ?? null;
        frame.cost += turn;
        const value = body(frame);
        if (frame.cost > frame.limit) checkCost(frame);
        if (value === !decisive) continue;
        const doubt = turns?.doubt;
        if (doubt !== undefined && doubtful(over, turns?.keys?.[i]))
          fault = worse(fault, at(doubt, rangeOffset) as Fault);
        else if (value === decisive) {
          frame.cost += END_COST + (i + 1 < values.length ? question : 0);
          return decisive;
        } else fault = worse(fault, asFault(value, offset));
      }
      frame.cost += END_COST;
      return fault ?? !decisive;
    };
  };

interface Collector<State> {
  readonly begin: () => State;
  /** Takes the value of a turn; gives a fault where it cannot. */
  readonly take: (state: State, result: Value, key: Value, value: Value) => Fault | undefined;
  readonly finish: (state: State) => Value;
  /** What a turn costs before its body. */
  readonly headCost: number;
  /** What it costs behind it, from the body's value. */
  readonly turnCost: (result: Value, constantBody: boolean) => number;
  readonly endCost: number;
  /** What a turn costs behind a fault where its body is not looked at any more; undefined where it is. */
  readonly idleCost?: number;
}

/**
 * Loops that make something of every turn. A fault does not end them: cel-go's accumulator holds it, the turns go on,
 * and are charged.
 */
const collecting =
  <State>({ begin, take, finish, headCost, turnCost, endCost, idleCost }: Collector<State>): MakeLoop =>
  (parts) =>
  (frame) => {
    const { range, rangeOffset, body, condition, offset, constantBody, keySlot, valueSlot } = parts;
    const over = range(frame);
    const turns: Turns | Fault = isList(over) ? { values: over, keys: null } : turnsOf(over, parts);
    if (turns instanceof Fault) return turns;
    const { values, keys, doubt } = turns;
    if (doubt !== undefined) return at(doubt, rangeOffset);
    const state = begin();
    let fault: Fault | undefined;
    const failed = (value: Value): void => {
      fault = worse(fault, asFault(value, offset));
    };
    for (let i = 0; i < values.length; i += 1) {
      const key = keys?.[i] ?? i;
      const value = values[i] ?? null;
      if (keySlot !== null) frame.values[keySlot] = key;
      frame.values[valueSlot] = value;
      if (condition !== null) {
        const wanted = condition(frame);
        if (frame.cost > frame.limit) checkCost(frame);
        if (wanted === false) continue;
        if (wanted !== true) {
          failed(wanted);
          continue;
        }
      }
      if (fault !== undefined && idleCost !== undefined) {
        frame.cost += idleCost;
        continue;
      }
      frame.cost += headCost;
      const result = body(frame);
      frame.cost += turnCost(result, constantBody);
      if (frame.cost > frame.limit) checkCost(frame);
      if (result instanceof Fault) failed(result);
      else if (fault === undefined) {
        const refused = take(state, result, key, value);
        if (refused !== undefined) failed(at(refused, offset));
      }
    }
    frame.cost += endCost;
    return fault ?? finish(state);
  };

/** The accumulator, read. */
export const READ = 1;
/** Makes a list of one, adds it. */
export const LIST_TURN = 11;
/** The same with the accumulator's and the element's own read. */
export const FILTER_TURN = 13;
/** Reads the accumulator, adds one. */
export const COUNT_TURN = 2;
/** The count, read and compared. */
export const COUNT_END = 2;
/** Inserting an entry, or a map. */
const INSERT_TURN = 1;
/** A constant list of one costs nothing. */
export const CONSTANT_LIST = 10;

const list = (): Value[] => [];
const mapped = /* @__PURE__ */ collecting<Value[]>({
  begin: list,
  take: (state, result) => void state.push(result),
  finish: (state) => state,
  headCost: READ,
  turnCost: (_, constantBody) => (constantBody ? LIST_TURN - CONSTANT_LIST : LIST_TURN),
  endCost: END_COST,
});

interface Entry {
  readonly key: Value;
  readonly value: Value;
}

const loops = lazy((): Readonly<Record<Exclude<MacroName, 'bind' | 'optMap' | 'optFlatMap'>, MakeLoop>> => ({
  all: quantifier(false),
  exists: quantifier(true),
  exists_one: collecting<{ count: number }>({
    begin: () => ({ count: 0 }),
    take: (state, result) => {
      if (typeof result !== 'boolean') return noSuchOverload();
      if (result) state.count += 1;
      return undefined;
    },
    finish: (state) => state.count === 1,
    headCost: 0,
    turnCost: (result) => (result === true ? COUNT_TURN : 0),
    endCost: COUNT_END,
  }),
  filter: collecting<Value[]>({
    begin: list,
    take: (state, result, _key, value) => {
      if (typeof result !== 'boolean') return noSuchOverload();
      if (result) state.push(value);
      return undefined;
    },
    finish: (state) => state,
    headCost: 0,
    turnCost: (result) => (result === true ? FILTER_TURN : 0),
    endCost: END_COST,
  }),
  map: mapped,
  transformList: mapped,
  transformMap: collecting<Entry[]>({
    begin: () => [],
    take: (entries, result, key) => void entries.push({ key, value: result }),
    finish: makeMap,
    // And the key.
    headCost: 2 * READ,
    turnCost: () => INSERT_TURN,
    endCost: END_COST,
    // The insertion of three arguments stops at the accumulator.
    idleCost: 1,
  }),
  transformMapEntry: collecting<Map<Value, Entry>>({
    begin: () => new Map<Value, Entry>(),
    take: (entries, result) => {
      if (!isMap(result)) return noSuchOverload();
      for (const key of mapKeys(result)) {
        const value = mapGet(result, key) ?? null;
        const before = entries.get(key);
        if (before !== undefined)
          return unknownIn([before.value, value]) ?? new ErrorValue(`insert failed: key ${String(key)} already exists`);
        entries.set(key, { key, value });
      }
      return undefined;
    },
    finish: (entries) => makeMap([...entries.values()]),
    headCost: READ,
    turnCost: () => INSERT_TURN,
    endCost: END_COST,
  }),
}));
