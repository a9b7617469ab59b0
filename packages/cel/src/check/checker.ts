import type { Expr } from '../syntax/ast.ts';
import { beginsDotted } from '../environment/dotted-names.ts';
import { isCrossTypeComparison } from './declarations/operators.ts';
import type { FunctionDeclaration } from './declarations/declaration.ts';
import { type Core, type CoreCall, type CoreComprehension, type CoreSelect, qualifiedName, rootName } from './core.ts';
import type { Faults } from './faults.ts';
import type { Names } from './names.ts';
import { formatArguments, formatType } from './types/format-type.ts';
import { Substitutions, mostGeneral } from './types/substitutions.ts';
import {
  type Type,
  bool,
  bytes,
  differentKinds,
  double,
  dyn,
  error,
  instantiate,
  int,
  isDyn,
  isOptional,
  listOf,
  mapOf,
  nullType,
  optionalOf,
  param,
  sameType,
  string,
  uint,
  unwrapOptional,
} from './types/type.ts';
import type { Typing } from './typing.ts';

/** Gives every part of an expression its type: cel-go's checker (checker/checker.go), step by step. */
export class Checker {
  readonly substitutions = new Substitutions();
  /** Everything that was checked, outer parts first. */
  readonly parts: Core[] = [];
  readonly #typing: Typing;
  readonly #faults: Faults;
  #names: Names;
  #variables = 0;
  #crossTypeComparisons: boolean;

  constructor(typing: Typing, names: Names, faults: Faults) {
    this.#typing = typing;
    this.#names = names;
    this.#faults = faults;
    this.#crossTypeComparisons = typing.crossTypeComparisons;
  }

  check(core: Core): void {
    this.parts.push(core);
    switch (core.kind) {
      case 'literal':
        core.type = literalTypes[core.value.type];
        return;
      case 'ident':
        core.type = this.#names.find(core.name) ?? this.#undeclared(core.name, core.source);
        return;
      case 'select':
        this.#checkSelect(core);
        return;
      case 'call':
        this.#checkCall(core);
        return;
      case 'list':
        this.#checkList(core);
        return;
      case 'map':
        this.#checkMap(core);
        return;
      case 'struct':
        this.#checkStruct(core);
        return;
      case 'comprehension':
        this.#checkComprehension(core);
    }
  }

  #undeclared(name: string, source: Expr): Type {
    this.#faults.undeclared(name, source, this.#names);
    return error;
  }

  #checkSelect(core: CoreSelect): void {
    const root = rootName(core);
    const name = root !== null && this.#names.beginsDotted(root) ? qualifiedName(core) : null;
    const found = name === null ? undefined : this.#names.find(name);
    if (found !== undefined) {
      core.type = found;
      core.qualified = name;
      return;
    }
    if (core.optional && !this.#typing.macros.optionals) this.#faults.unsupported(core.source, '.?', 'optional.of');
    const type = this.#selectField(core);
    core.type = core.test ? bool : this.substitutions.substitute(type);
  }

  #selectField(core: CoreSelect): Type {
    this.check(core.operand);
    const operand = this.substitutions.substitute(core.operand.type);
    const target = unwrapOptional(operand);
    const type = this.#fieldType(core, target);
    return core.optional || isOptional(operand) ? optionalOf(type) : type;
  }

  #fieldType(core: CoreSelect, target: Type): Type {
    switch (target.kind) {
      case 'map':
        return target.params[1] ?? dyn;
      case 'struct': {
        if (target.fields === null)
          this.#faults.add(core.source, `unexpected failed resolution of '${formatType(target)}'`);
        const field = target.fields?.find(core.field);
        if (field === undefined && target.fields !== null) this.#faults.undefinedField(core, target);
        return field?.type ?? error;
      }
      case 'param':
        this.substitutions.assignable(dyn, target);
        return dyn;
      default:
        if (!isDyn(target) && target.kind !== 'error')
          this.#faults.add(core.source, `type '${formatType(target)}' does not support field selection`);
        return dyn;
    }
  }

  #checkCall(core: CoreCall): void {
    for (const arg of core.args) this.check(arg);
    if (core.target === null) {
      const fn = this.#typing.functions.get(withoutDot(core.name));
      if (fn === undefined) this.#unknownFunction(core);
      else this.#resolve(core, fn, core.args);
      return;
    }
    const { functions } = this.#typing;
    const root = rootName(core.target);
    const prefix = root !== null && beginsDotted(functions, root) ? qualifiedName(core.target) : null;
    const namespaced = prefix === null ? undefined : functions.get(withoutDot(`${prefix}.${core.name}`));
    if (namespaced !== undefined) {
      core.namespaced = namespaced.name;
      this.#resolve(core, namespaced, core.args);
      return;
    }
    this.check(core.target);
    const fn = functions.get(core.name);
    if (fn === undefined) this.#unknownFunction(core);
    else this.#resolve(core, fn, [core.target, ...core.args]);
  }

  #unknownFunction(core: CoreCall): void {
    core.type = error;
    this.#faults.unknownFunction(core);
  }

  #resolve(core: CoreCall, fn: FunctionDeclaration, args: readonly Core[]): void {
    if (fn.name === '_&&_' || fn.name === '_||_') {
      this.#resolveLogical(core, args);
      return;
    }
    const member = core.target !== null && core.namespaced === null;
    const types = args.map(({ type }) => type);
    let result: Type | null = null;
    const fitting: string[] = [];
    for (const overload of fn.overloads) {
      if (overload.member !== member) continue;
      if (!this.#crossTypeComparisons && isCrossTypeComparison(overload.id)) continue;
      const { args: declared, params } = overload;
      if (declared.length !== types.length || types.some((own, i) => differentKinds(own, declared[i] ?? own))) {
        this.#variables += params.length;
        continue;
      }
      const fresh = params.map(() => this.#newVariable());
      const wanted = params.length === 0 ? declared : declared.map((arg) => instantiate(arg, params, fresh));
      if (!this.substitutions.allAssignable(types, wanted)) continue;
      fitting.push(overload.id);
      const type = this.substitutions.substitute(instantiate(overload.result, params, fresh));
      if (result === null) result = type;
      else if (result.kind !== 'dyn' && !sameType(type, result)) result = dyn;
    }
    if (result === null) {
      const shown = formatArguments(
        types.map((type) => this.substitutions.substitute(type, true)),
        member,
      );
      this.#faults.noOverload(core, fn, shown);
    }
    core.type = result ?? error;
    core.overloads = fitting;
  }

  #resolveLogical(core: CoreCall, args: readonly Core[]): void {
    core.type = bool;
    core.overloads = [core.name === '_&&_' ? 'logical_and' : 'logical_or'];
    for (const arg of args)
      if (arg.type !== bool && !this.substitutions.assignable(arg.type, bool)) {
        this.#faults.mismatch(arg.source, bool, arg.type);
        core.type = error;
      }
  }

  /** The type of an element or entry that may be left out; a fault where it is no optional. */
  #unwrapEntry(value: Core): Type {
    const type = value.type;
    if (!isOptional(type) && !isDyn(type)) this.#faults.mismatch(value.source, optionalOf(type), type);
    return unwrapOptional(type);
  }

  #checkList(core: Core & { kind: 'list' }): void {
    let type: Type | null = null;
    for (const { value, optional } of core.elements) {
      this.check(value);
      type = this.#join(type, optional ? this.#unwrapEntry(value) : value.type);
    }
    core.type = listOf(type ?? this.#newVariable());
  }

  #checkMap(core: Core & { kind: 'map' }): void {
    let keys: Type | null = null;
    let values: Type | null = null;
    for (const { key, value, optional } of core.entries) {
      this.check(key);
      keys = this.#join(keys, key.type);
      this.check(value);
      values = this.#join(values, optional ? this.#unwrapEntry(value) : value.type);
    }
    core.type = mapOf(keys ?? this.#newVariable(), values ?? this.#newVariable());
  }

  #join(before: Type | null, next: Type): Type {
    if (before === null) return next;
    return this.substitutions.assignable(before, next) ? mostGeneral(before, next) : dyn;
  }

  #checkStruct(core: Core & { kind: 'struct' }): void {
    const named = this.#names.find(core.name);
    if (named === undefined) {
      core.type = this.#undeclared(core.name, core.source);
      return;
    }
    let type: Type = error;
    const [object] = named.params;
    if (named.kind !== 'type' || object === undefined)
      this.#faults.add(core.source, `'${formatType(named)}' is not a type`);
    else if (object.kind !== 'struct') this.#faults.add(core.source, `'${formatType(object)}' is not a message type`);
    else type = object;
    core.type = type;
    for (const { name, value, optional } of core.fields) {
      this.check(value);
      const field = type.fields?.find(name);
      if (field === undefined && type.kind === 'struct') this.#faults.undefinedInitializer(value, name, type);
      const wanted = field?.type ?? error;
      const given = optional ? this.#unwrapEntry(value) : value.type;
      if (!this.substitutions.assignable(wanted, given))
        this.#faults.addAtField(
          value,
          `expected type of field '${name}' is '${formatType(wanted)}' but provided type is '${formatType(given)}'`,
        );
    }
  }

  #checkComprehension(core: CoreComprehension): void {
    this.check(core.range);
    this.check(core.init);
    const range = this.substitutions.substitute(core.range.type);
    const accumulator = core.init.type;
    const outer = this.#names;
    // Its checker forgets what it was told not to compare once it has entered a scope (checker/env.go enterScope).
    this.#crossTypeComparisons = true;
    const withAccumulator = outer.enter([[core.accumulator, accumulator]]);
    const [first, second] = this.#loopTypes(core, range, core.variable2 !== null);
    this.#names = withAccumulator.enter([
      [core.variable, first],
      ...(core.variable2 === null ? [] : [[core.variable2, second] as const]),
    ]);
    this.check(core.condition);
    this.#expect(core.condition, bool);
    this.check(core.step);
    this.#expect(core.step, accumulator);
    this.#names = withAccumulator;
    this.check(core.result);
    this.#names = outer;
    core.type = this.substitutions.substitute(core.result.type);
  }

  #loopTypes(core: CoreComprehension, range: Type, two: boolean): readonly [Type, Type] {
    const [key = dyn, value = dyn] = range.params;
    switch (range.kind) {
      case 'list':
        return two ? [int, key] : [key, key];
      case 'map':
        return [key, value];
      case 'dyn':
      case 'error':
      case 'param':
        this.substitutions.assignable(dyn, range);
        return [dyn, dyn];
      default:
        this.#faults.add(
          core.range.source,
          `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
        return [error, error];
    }
  }

  #expect(core: Core, type: Type): void {
    if (!this.substitutions.assignable(type, core.type)) this.#faults.mismatch(core.source, type, core.type);
  }

  #newVariable(): Type {
    this.#variables += 1;
    return param(`_var${this.#variables - 1}`);
  }
}

function withoutDot(name: string): string {
  return name.startsWith('.') ? name.slice(1) : name;
}

const literalTypes = { bool, bytes, double, int, null: nullType, string, uint } as const satisfies Record<string, Type>;
