import {
  ACCUMULATOR,
  type Core,
  type CoreCall,
  type CoreComprehension,
  type CoreList,
  type CoreMap,
  type CoreSelect,
} from '../core.ts';
import { type Type, isOptional } from '../types/type.ts';
import { builtinCallCost } from './builtin-calls.ts';
import { type EntrySize, unionEntries } from './entry-size.ts';
import { extensionCallCost } from './extension-calls.ts';
import { FieldPath } from './field-path.ts';
import { type CostedCall, kubernetesCallCost } from './kubernetes-calls.ts';
import type { CallCost, CostNode, SizeAt } from './node.ts';
import { MOST, type Range, add, fixed, multiply, union, unknownRange } from './range.ts';

const CREATE_LIST = 10;
const CREATE_MAP = 30;
const CREATE_OBJECT = 40;
const free = /* @__PURE__ */ fixed(0);
const one = /* @__PURE__ */ fixed(1);

/** What is known of a loop's or binding's variable. */
interface Local {
  readonly path: FieldPath;
  readonly size: Range | null;
  readonly entries: EntrySize | null;
}

/** Estimates costs as cel-go does (checker/cost.go), `has` for nothing, as Kubernetes has it. */
export class Estimator {
  readonly #sizeAt: SizeAt;
  readonly #paths = new Map<Core, FieldPath>();
  readonly #sizes = new Map<Core, Range>();
  readonly #entries = new Map<Core, EntrySize>();
  readonly #locals = new Map<string, Local[]>();

  constructor(sizeAt: SizeAt) {
    this.#sizeAt = sizeAt;
  }

  /** The least and the most that evaluating costs. */
  cost(core: Core): Range {
    switch (core.kind) {
      case 'literal':
        return free;
      case 'ident':
        return this.#costName(core, core.name.replace(/^\./, ''));
      case 'select':
        return core.qualified === null ? this.#costSelect(core) : this.#costName(core, core.qualified);
      case 'call':
        return this.#costCall(core);
      case 'list':
        return this.#costList(core);
      case 'map':
        return this.#costMap(core);
      case 'struct':
        return add(...core.fields.map(({ value }) => this.cost(value)), fixed(CREATE_OBJECT));
      case 'comprehension':
        return isBinding(core) ? this.#costBinding(core) : this.#costLoop(core);
    }
  }

  #costName(core: Core, name: string): Range {
    this.#paths.set(core, this.#local(name)?.path ?? FieldPath.of(name));
    return one;
  }

  #costSelect(core: CoreSelect): Range {
    const operand = this.cost(core.operand);
    if (core.test) return operand;
    if (core.optional) {
      const size = this.#computedSize(core);
      if (size !== null) this.#sizes.set(core, size);
      return add(operand, one);
    }
    this.#paths.set(core, this.#pathOf(core.operand).append(core.field));
    const selects = ['map', 'struct', 'param'].includes(core.operand.type.kind);
    return selects ? add(operand, one) : operand;
  }

  #costCall(core: CoreCall): Range {
    const [first] = core.args;
    if (core.name === 'dyn' && first !== undefined) {
      const cost = add(one, this.cost(first));
      this.#copySizes(core, first);
      return cost;
    }
    const costs = core.args.map((arg) => this.cost(arg));
    // cel-go looks at each argument before it costs the next one.
    const args = core.args.map((arg) => this.#node(arg));
    if (core.overloads.length === 0) return free;
    const member = core.target !== null && core.namespaced === null;
    const targetCost = member && core.target !== null ? this.cost(core.target) : free;
    const target = member && core.target !== null ? this.#node(core.target) : null;
    let cost: Range = { min: MOST, max: 0n };
    let size: Range | null = null;
    for (const overload of core.overloads) {
      const call = { name: core.namespaced ?? core.name.replace(/^\./, ''), overload, target, args };
      const found = this.#callCost(core, call, costs);
      cost = union(cost, found.cost);
      if (found.size !== null) size = size === null ? found.size : union(size, found.size);
      if (first !== undefined && (overload === 'index_list' || overload === 'index_map')) {
        size = this.#entriesOf(first)?.value ?? null;
        this.#paths.set(core, this.#pathOf(first).append(overload === 'index_list' ? '@items' : '@values'));
      }
      size ??= this.#computedSize(core);
    }
    if (size !== null) this.#sizes.set(core, size);
    return add(targetCost, cost);
  }

  #callCost(core: CoreCall, call: CostedCall, costs: readonly Range[]): CallCost {
    const own = extensionCallCost(call, this.#sizeAt) ?? kubernetesCallCost(call, this.#sizeAt);
    if (own !== null) return { cost: add(own.cost, ...costs), size: own.size };
    const entries = this.#entriesOfCall(core, call.overload);
    if (entries !== null) this.#entries.set(core, entries);
    return builtinCallCost(call, costs);
  }

  #entriesOfCall(core: CoreCall, overload: string): EntrySize | null {
    const [first, second, third] = core.args;
    const [left, right] = overload === 'conditional' ? [second, third] : [first, second];
    if (!['conditional', 'add_string', 'add_bytes', 'add_list'].includes(overload)) return null;
    return left === undefined || right === undefined
      ? null
      : unionEntries(this.#entriesOf(left), this.#entriesOf(right));
  }

  #costList(core: CoreList): Range {
    let cost = fixed(CREATE_LIST);
    let value: Range = core.elements.length === 0 ? free : { min: MOST, max: 0n };
    for (const element of core.elements) {
      cost = add(cost, this.cost(element.value));
      value = union(value, this.#size(element.value));
    }
    this.#entries.set(core, { list: true, key: one, value });
    return cost;
  }

  #costMap(core: CoreMap): Range {
    let cost = fixed(CREATE_MAP);
    let key: Range = core.entries.length === 0 ? free : { min: MOST, max: 0n };
    let value = key;
    for (const entry of core.entries) {
      cost = add(cost, this.cost(entry.key), this.cost(entry.value));
      key = union(key, this.#size(entry.key));
      value = union(value, this.#size(entry.value));
    }
    this.#entries.set(core, { list: false, key, value });
    return cost;
  }

  #costBinding(core: CoreComprehension): Range {
    const cost = add(this.cost(core.range), this.cost(core.init));
    const result = this.#within(core.accumulator, this.#bound(core.init), () => this.cost(core.result));
    // As in cel-go once the binding has ended: the result's size is asked for outside.
    this.#copySizes(core, core.result);
    return add(cost, result);
  }

  #costLoop(core: CoreComprehension): Range {
    const before = add(this.cost(core.range), this.cost(core.init));
    const loop = { each: free };
    const result = this.#within(core.accumulator, this.#bound(core.init), () => {
      loop.each = this.#costOfTurn(core);
      return this.cost(core.result);
    });
    const turns = this.#size(core.range);
    if (core.init.kind === 'literal') {
      const size = this.#computedSize(core.init);
      if (size !== null) this.#sizes.set(core, size);
    } else if (core.init.kind === 'list' || core.init.kind === 'map') {
      this.#sizes.set(core, turns);
      const entries = this.#entriesOf(core.step);
      if (entries !== null) this.#entries.set(core, entries);
    }
    return add(before, result, multiply(turns, loop.each));
  }

  #costOfTurn(core: CoreComprehension): Range {
    const entries = this.#entriesOf(core.range);
    const isList = entries === null ? core.range.type.kind === 'list' : entries.list;
    const path = this.#pathOf(core.range);
    const turn = (): Range => {
      const condition = this.cost(core.condition);
      return add(this.cost(core.step), condition);
    };
    const values = (): Local => ({
      path: path.append(isList ? '@items' : '@values'),
      size: entries?.value ?? null,
      entries: null,
    });
    const keys = (): Local => ({
      path: path.append(isList ? '@indices' : '@keys'),
      size: entries?.key ?? null,
      entries: null,
    });
    const second = core.variable2;
    if (second === null) return this.#within(core.variable, isList ? values() : keys(), turn);
    const key = keys();
    return this.#within(core.variable, key, () => this.#within(second, values(), turn));
  }

  #bound(value: Core): Local {
    return { path: this.#pathOf(value), size: this.#computedSize(value), entries: this.#entriesOf(value) };
  }

  #within(name: string, local: Local, cost: () => Range): Range {
    const stack = this.#locals.get(name) ?? [];
    this.#locals.set(name, [...stack, local]);
    const found = cost();
    this.#locals.set(name, stack);
    return found;
  }

  #local(name: string): Local | undefined {
    return this.#locals.get(name)?.at(-1);
  }

  #localOf(core: Core): Local | undefined {
    return core.kind === 'ident' ? this.#local(core.name.replace(/^\./, '')) : undefined;
  }

  #pathOf(core: Core): FieldPath {
    return this.#localOf(core)?.path ?? this.#paths.get(core) ?? FieldPath.none;
  }

  #node(core: Core): CostNode {
    const { parts } = this.#pathOf(core);
    const path = parts[0] === ACCUMULATOR ? [] : parts;
    return { path, type: core.type, core, size: this.#computedSize(core) };
  }

  #size(core: Core): Range {
    return this.#computedSize(core) ?? unknownRange;
  }

  #computedSize(core: Core): Range | null {
    const known = this.#sizes.get(core) ?? writtenSize(core);
    if (known !== null) return known;
    const declared = this.#sizeAt(this.#pathOf(core).parts);
    if (declared !== null) {
      this.#sizes.set(core, declared);
      return declared;
    }
    return isScalar(core.type) ? one : (this.#localOf(core)?.size ?? null);
  }

  #entriesOf(core: Core): EntrySize | null {
    return this.#entries.get(core) ?? this.#localOf(core)?.entries ?? null;
  }

  #copySizes(to: Core, from: Core): void {
    const size = this.#computedSize(from);
    if (size !== null) this.#sizes.set(to, size);
    const entries = this.#entriesOf(from);
    if (entries !== null) this.#entries.set(to, entries);
  }
}

/** The size that a literal, list or map shows. */
function writtenSize(core: Core): Range | null {
  switch (core.kind) {
    case 'literal':
      if (core.value.type === 'string') return fixed(Array.from(core.value.value).length);
      return core.value.type === 'bytes' ? fixed(core.value.value.length) : one;
    case 'list':
      return fixed(core.elements.length);
    case 'map':
      return fixed(core.entries.length);
    default:
      return null;
  }
}

function isScalar(type: Type): boolean {
  const [inner] = type.params;
  if (isOptional(type) && inner !== undefined) return isScalar(inner);
  return ['bool', 'double', 'duration', 'int', 'timestamp', 'uint'].includes(type.kind);
}

/** cel.bind and what is made like it: a loop over nothing that is never entered. */
function isBinding({ range, condition }: CoreComprehension): boolean {
  return (
    range.kind === 'list' &&
    range.elements.length === 0 &&
    condition.kind === 'literal' &&
    condition.value.type === 'bool' &&
    !condition.value.value
  );
}
