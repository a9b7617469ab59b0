import type { Call, Expr, Ident, Select } from '../syntax/ast.ts';
import { type Issue, positionAt } from '../syntax/compile-error.ts';
import { dottedName } from '../syntax/parser.ts';
import type { Evaluate, EvaluateOptional } from '../evaluate/frame.ts';
import { hadBy } from './later.ts';
import type { CelFunction, Feature, Overloads } from '../functions/function.ts';
import { ErrorValue, noSuchOverload } from '../values/fault.ts';
import { TypeValue } from '../values/type-value.ts';
import { isReadable } from './composition.ts';
import type { Environment } from './environment.ts';
import type { Slots } from './slots.ts';

/** How sub-expressions are compiled: given from outside, so that their compilers need not know one another. */
export interface Compiler {
  readonly expr: (expr: Expr, scope: Scope) => Evaluate;
  readonly optional: (expr: Expr, scope: Scope) => EvaluateOptional;
}

/** A name that the expression itself declares. */
interface Local {
  readonly slot: number;
  /** For a name that is bound to a value: how to compute it when it is first read. */
  readonly lazy: Evaluate | null;
}

/**
 * Where the value of a name is: in a slot, in one that is filled when it is first read, or among the composed
 * variables. `declared` of names that the expression declares itself.
 */
export type Source =
  | { readonly kind: 'slot'; readonly slot: number; readonly name: string; readonly declared: boolean }
  | { readonly kind: 'lazy'; readonly slot: number; readonly compute: Evaluate }
  /** `read` charges so many units. */
  | { readonly kind: 'composed'; readonly index: number; readonly read: (units: number) => Evaluate }
  /** All composed variables: the name that they stand under, by itself. */
  | { readonly kind: 'whole'; readonly compute: Evaluate };

/** What is the same all over an expression. */
export interface ScopeOptions {
  readonly compiler: Compiler;
  readonly environment: Environment;
  readonly source: string;
  readonly issues: Issue[];
  readonly overloads: Pick<Overloads, 'get'>;
  /** Places in activations for the variables that it declares. */
  readonly slots: Slots;
  /** How many composed variables it can read; all where left out. */
  readonly composedBefore?: number;
}

/**
 * What names mean at one place of an expression. Where the expression was checked, everything in it is there and
 * `overloads` says what the checker chose; else names and functions that are missing are noted in `issues`.
 */
export class Scope {
  /** Slots of the variables that this scope adds. */
  readonly slots: readonly number[];
  readonly #options: ScopeOptions;
  readonly #environment: Environment;
  readonly #locals: ReadonlyMap<string, Local>;

  constructor(options: ScopeOptions, locals: ReadonlyMap<string, Local> = new Map(), slots: readonly number[] = []) {
    this.#options = options;
    this.#environment = options.environment;
    this.#locals = locals;
    this.slots = slots;
  }

  /** The scope in which a macro's variables have slots of their own; `lazy` computes a bound one. */
  enter(variables: readonly string[], lazy: Evaluate | null = null): Scope {
    const slots = variables.map(() => this.#options.slots());
    const added = variables.map((name, i) => [name, { slot: slots[i] ?? 0, lazy }] as const);
    return new Scope(this.#options, new Map([...this.#locals, ...added]), slots);
  }

  /** Notes a fault; compilation goes on, so that all are reported at once. */
  fault(message: string, offset: number, hint = ''): void {
    const { source, issues } = this.#options;
    const position = positionAt(source, offset);
    issues.push(hint === '' ? { message, position } : { message, position, hint });
  }

  /** Compiles a sub-expression in this scope. */
  compile(expr: Expr): Evaluate {
    return this.#options.compiler.expr(expr, this);
  }

  /** Compiles a sub-expression of optional type without its wrapper. */
  compileOptional(expr: Expr): EvaluateOptional {
    return this.#options.compiler.optional(expr, this);
  }

  /** cel-go's name of the overload that the checker chose; null where it is chosen at run time. */
  overload(call: Call): string | null {
    return this.#options.overloads.get(call) ?? null;
  }

  /** True where the environment has it; else the fault is noted. */
  requires(feature: Feature, what: string, offset: number): boolean {
    if (this.#environment.table.hasFeature(feature)) return true;
    this.fault(`${what} is not there`, offset, hadBy(this.#environment.table.later(feature)));
    return false;
  }

  hasFeature(feature: Feature): boolean {
    return this.#environment.table.hasFeature(feature);
  }

  /** The type that a name stands for here, which is a constant; null where it is none. */
  typeNamed(expr: Expr): TypeValue | null {
    if (expr.kind === 'ident' ? this.#isVariable(expr.name) : !this.#mayBeDotted(expr)) return null;
    const name = expr.kind === 'ident' || expr.kind === 'select' ? dottedName(expr) : null;
    return name !== null && this.#environment.types.has(name) ? new TypeValue(name) : null;
  }

  /** Whether a selection can be one name of the environment at all. */
  #mayBeDotted(expr: Expr): boolean {
    let root = expr;
    while (root.kind === 'select') root = root.operand;
    return root.kind === 'ident' && this.#environment.beginsDotted(root.name);
  }

  #isVariable(name: string): boolean {
    return this.#locals.has(name) || this.#environment.slotOf(name) !== undefined;
  }

  /** Where the value of a plain name is; null where there is no such name. */
  sourceOf(expr: Ident): Source | null {
    const { name, absolute } = expr;
    const local = absolute ? undefined : this.#locals.get(name);
    if (local !== undefined && local.lazy !== null) return { kind: 'lazy', slot: local.slot, compute: local.lazy };
    const { composed } = this.#environment;
    const slot = local?.slot ?? this.#environment.slotOf(name);
    if (slot !== undefined) return { kind: 'slot', slot, name, declared: local !== undefined };
    return composed?.root === name ? { kind: 'whole', compute: (frame) => composed.whole(frame) } : null;
  }

  /** The same for a selection that is one name: `variables.x`, `authorizer.requestResource`; null where it is none. */
  wholeSource(expr: Select): Source | null {
    const { operand } = expr;
    const composed = this.#environment.composed;
    if (this.#isComposed(expr) && operand.kind === 'ident') {
      const index = composed?.indexOf(expr.field, this.#options.composedBefore);
      if (composed !== null && index !== undefined)
        return { kind: 'composed', read: (units) => composed.reading(index, units), index };
    }
    if (!this.#mayBeDotted(expr)) return null;
    const name = dottedName(expr);
    const slot = name === null ? undefined : this.#environment.slotOf(name.replace(/^\./, ''));
    if (name === null || slot === undefined || this.#locals.has(name.slice(0, name.indexOf('.')))) return null;
    return { kind: 'slot', slot, name, declared: false };
  }

  #isComposed({ operand, field, test, optional }: Select): boolean {
    const composed = this.#environment.composed;
    if (composed === null || operand.kind !== 'ident' || operand.name !== composed.root) return false;
    return !test && !optional && !this.#locals.has(operand.name) && isReadable(field);
  }

  /** What a plain name reads; `root` is what reading it costs. */
  resolve(expr: Ident, root: 0 | 1): Evaluate {
    const { name, offset } = expr;
    const source = this.sourceOf(expr);
    if (source !== null) return reader(source, root, offset);
    return this.#undeclared(name, offset);
  }

  /** What a selection that is one name reads; null where it is none. */
  resolveWhole(expr: Select, root: 0 | 1): Evaluate | null {
    const source = this.wholeSource(expr);
    if (source !== null && (source.kind === 'composed' || !this.#isComposed(expr)))
      return reader(source, root, expr.offset);
    const composed = this.#environment.composed;
    if (composed === null || !this.#isComposed(expr)) return null;
    this.fault(`undefined field '${expr.field}'`, expr.offset);
    return () => noSuchOverload();
  }

  /** The function of that name that can be called so. */
  function(name: string, style: 'global' | 'member', arity: number): CelFunction | undefined {
    return this.#environment.table.find(name, style, arity);
  }

  /** Notes that the environment has no such function. */
  unknownFunction(call: Call): Evaluate {
    return this.#undeclared(call.name, call.target === null ? call.offset : call.target.end);
  }

  #undeclared(name: string, offset: number): Evaluate {
    const hint = hadBy(this.#environment.table.later(name));
    this.fault(`undeclared reference to '${name}' (in container '')`, offset, hint);
    return () => noSuchOverload();
  }
}

function reader(source: Source, root: 0 | 1, offset: number): Evaluate {
  switch (source.kind) {
    case 'slot':
      return read(source.slot, root, source.name, offset);
    case 'lazy':
      return readLazily(source.slot, source.compute, root);
    case 'composed':
      return source.read(root + 1);
    case 'whole':
      return readWhole(source.compute, root);
  }
}

function read(slot: number, root: 0 | 1, name: string, offset: number): Evaluate {
  if (root === 0)
    return (frame) => {
      const value = frame.values[slot];
      return value === undefined ? missing(name, offset) : value;
    };
  return (frame) => {
    frame.cost += 1;
    const value = frame.values[slot];
    return value === undefined ? missing(name, offset) : value;
  };
}

/** cel-go computes the value of `cel.bind` and `optMap` when the name is first read. */
function readLazily(slot: number, compute: Evaluate, root: 0 | 1): Evaluate {
  return (frame) => {
    frame.cost += root;
    const known = frame.values[slot];
    if (known !== undefined) return known;
    const value = compute(frame);
    frame.values[slot] = value;
    return value;
  };
}

function readWhole(compute: Evaluate, root: 0 | 1): Evaluate {
  return (frame) => {
    frame.cost += root;
    return compute(frame);
  };
}

/** The error of a variable that was not given. */
export function missing(name: string, offset: number): ErrorValue {
  const error = new ErrorValue(`no such attribute(s): ${name}`);
  error.offset = offset;
  return error;
}
