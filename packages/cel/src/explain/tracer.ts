import { Scope } from '../environment/scope.ts';
import type { Tree } from '../environment/tree.ts';
import { closures } from '../evaluate/compiler.ts';
import type { Evaluate } from '../evaluate/frame.ts';
import { type Activation, PER_EXPRESSION_LIMIT, type Program } from '../program.ts';
import type { Call, Expr, Ident, Macro } from '../syntax/ast.ts';
import { abortOf } from '../values/abort.ts';
import { beginEffort } from '../values/effort.ts';
import { isMap, mapGet, mapKeys } from '../values/equality.ts';
import { ErrorValue } from '../values/fault.ts';
import { Optional } from '../values/optional.ts';
import type { CelMap } from '../values/cel-map.ts';
import { type PlainMap, type Value, isList } from '../values/value.ts';

/** Where something is read from; the path is null where it was computed. */
export interface Origin {
  readonly path: string | null;
  /** `presence` for a key, which says of its path no more than that it is there. */
  readonly kind: 'value' | 'presence';
}

/** A value with its origin. */
export interface Traced extends Origin {
  readonly value: Value;
}

/** A turn of a macro's loop; `enter` sets the loop variables and gives the place of its body. */
export interface Turn {
  readonly element: Traced;
  enter(): Place;
}

/** A place of evaluation: names in scope, and where loop variables have their values from. */
export interface Place {
  readonly scope: Scope;
  readonly origins: Origins | null;
  /** What was computed here already. */
  readonly values: Map<Expr, Value>;
}

/**
 * What is found out of composed variables once each: those that read one another twice would be looked through twice as
 * often at every step.
 */
export class Once<T> {
  readonly #known = new Map<Expr, { readonly value: T }>();

  of(composed: Expr, find: () => T): T {
    let known = this.#known.get(composed);
    if (known === undefined) this.#known.set(composed, (known = { value: find() }));
    return known.value;
  }
}

/** Names of loops and bindings with where their values come from, innermost first. */
interface Origins {
  readonly name: string;
  readonly origin: Origin;
  readonly outer: Origins | null;
}

const computed: Origin = { path: null, kind: 'value' };

/**
 * Sub-expressions of a program and of the composed variables that it reads, each compiled when it is first asked for and
 * kept as long as the program: a sub-expression stands at one place, and its loop variables have their slots once, so
 * that asking again takes no further ones. The trees that were asked about are kept for that.
 */
class CompiledParts {
  readonly outermost: Scope;
  readonly #trees = new Set<Tree>();
  readonly overloads = new Map<Expr, string>();
  readonly #evaluates = new WeakMap<Expr, Evaluate>();
  readonly #scopes = new WeakMap<Macro, Scope>();

  constructor({ environment, source }: Program) {
    // Parts of what compiled have no faults.
    const slots = environment.newSlots();
    this.outermost = new Scope({
      compiler: closures,
      environment,
      source,
      issues: [],
      overloads: this.overloads,
      slots,
    });
  }

  /** Keeps a tree whose parts are going to be compiled. */
  keep(tree: Tree): void {
    if (this.#trees.has(tree)) return;
    this.#trees.add(tree);
    for (const [call, overload] of tree.overloads) this.overloads.set(call, overload);
  }

  evaluate(expr: Expr, scope: Scope): Evaluate {
    let evaluate = this.#evaluates.get(expr);
    if (evaluate === undefined) {
      evaluate = scope.compile(expr);
      this.#evaluates.set(expr, evaluate);
    }
    return evaluate;
  }

  /** The scope of a macro's body: one for all its turns, because the body is compiled once. */
  inside(macro: Macro, scope: Scope): Scope {
    let inner = this.#scopes.get(macro);
    if (inner === undefined) {
      inner = scope.enter(macro.variables);
      this.#scopes.set(macro, inner);
    }
    return inner;
  }
}

const partsOf = /* @__PURE__ */ new WeakMap<Program, CompiledParts>();

/** Evaluates parts of one program on one activation, keeping track of where values come from. */
export class Tracer {
  readonly outermost: Place;
  readonly #activation: Activation;
  readonly #program: Program;
  readonly #parts: CompiledParts;
  readonly #pathsOfComposed = new Once<string | null>();
  readonly #elementsOfComposed = new Once<readonly Traced[]>();

  constructor(program: Program, activation: Activation) {
    this.#program = program;
    this.#activation = activation;
    activation.limit = Math.max(activation.limit, PER_EXPRESSION_LIMIT);
    this.#parts = partsOf.get(program) ?? new CompiledParts(program);
    partsOf.set(program, this.#parts);
    this.#parts.keep(program.tree);
    this.outermost = { scope: this.#parts.outermost, origins: null, values: new Map() };
  }

  /** The value of a part, which is computed once for a place. */
  value(expr: Expr, place: Place): Value {
    let value = place.values.get(expr);
    if (value === undefined) {
      value = this.evaluate(expr, place);
      place.values.set(expr, value);
    }
    return value;
  }

  /**
   * The same, computed now whether or not it was before, so that its cost can be seen. Each has the limit of the run for
   * itself: a part of what came to its end within it does so too, and what took too much is not let run on.
   */
  evaluate(expr: Expr, place: Place): Value {
    const evaluate = this.#parts.evaluate(expr, place.scope);
    this.#activation.cost = 0;
    beginEffort();
    try {
      return evaluate(this.#activation);
    } catch (error) {
      const abort = abortOf(error);
      if (abort === null) throw error;
      return new ErrorValue(abort.message, abort.kind);
    }
  }

  /** Where the variable of a loop or binding has its value from; null for other names. */
  origin(expr: Ident, place: Place): Origin | null {
    if (expr.absolute) return null;
    for (let at = place.origins; at !== null; at = at.outer) if (at.name === expr.name) return at.origin;
    return null;
  }

  /** True for a name of the environment that holds a value: types and namespaces of functions do not. */
  isVariable(expr: Ident): boolean {
    return this.#program.environment.slotOf(expr.name) !== undefined;
  }

  /** The expression behind `variables.x`, `variables.?x` or `has(variables.x)`; null for anything else. */
  composed(expr: Expr, place: Place): Expr | null {
    return expr.kind === 'select' && this.#isRoot(expr.operand, place) ? this.#composedNamed(expr.field) : null;
  }

  /** The expressions behind `variables` by itself; none for anything else. */
  allComposed(expr: Expr, place: Place): readonly Expr[] {
    const names = this.#isRoot(expr, place) ? (this.#program.environment.composed?.names ?? []) : [];
    return names.map((name) => this.#composedNamed(name)).filter((inner) => inner !== null);
  }

  #isRoot(expr: Expr, place: Place): boolean {
    if (expr.kind !== 'ident' || expr.name !== this.#program.environment.composed?.root) return false;
    return this.origin(expr, place) === null;
  }

  #composedNamed(name: string): Expr | null {
    const tree = this.#program.environment.composed?.treeOf(name);
    if (tree === undefined) return null;
    this.#parts.keep(tree);
    return tree.ast.expr;
  }

  /** The elements that a macro runs over, each with its path. For a map with one variable these are its keys. */
  elements(expr: Expr, place: Place): readonly Traced[] {
    const composed = this.composed(expr, place);
    if (composed !== null) return this.#elementsOfComposed.of(composed, () => this.elements(composed, this.outermost));
    if (expr.kind === 'conditional')
      return this.elements(this.value(expr.condition, place) === true ? expr.yes : expr.no, place);
    if (expr.kind === 'call') {
      const found = this.#elementsOfCall(expr, place);
      if (found !== null) return found;
    }
    if (expr.kind === 'macro' && (expr.name === 'filter' || expr.name === 'map') && expr.condition === null) {
      const kept = this.turns(expr, place).filter(
        (turn) => expr.name === 'map' || this.value(expr.body, turn.enter()) === true,
      );
      return kept.map((turn) => (expr.name === 'map' ? this.#traced(expr.body, turn.enter()) : turn.element));
    }
    if (expr.kind === 'list' && !expr.elements.some(({ optional }) => optional))
      return expr.elements.map((element) => this.#traced(element.value, place));
    const value = unwrap(this.value(expr, place));
    const path = this.path(expr, place);
    const below = (key: Value): string | null => (path === null ? null : member(path, key));
    if (isList(value)) return value.map((item, i) => ({ value: item, path: below(i), kind: 'value' as const }));
    if (!isMap(value)) return [];
    return mapKeys(value).map((key) => ({ value: key, path: below(key), kind: 'presence' as const }));
  }

  #traced(expr: Expr, place: Place): Traced {
    return { value: this.value(expr, place), path: this.path(expr, place), kind: 'value' };
  }

  /** The path of a map's key, and whether the map has it. */
  member(path: string, map: PlainMap | CelMap, key: string): { readonly path: string; readonly present: boolean } {
    return { path: member(path, key), present: mapGet(map, key) !== undefined };
  }

  #elementsOfCall(call: Call, place: Place): readonly Traced[] | null {
    const [left, right] = call.args;
    if (call.name === '_+_' && left !== undefined && right !== undefined)
      return [...this.elements(left, place), ...this.elements(right, place)];
    if (call.name !== 'orValue' || call.target === null || left === undefined) return null;
    const value = this.value(call.target, place);
    return value instanceof Optional && value.value === undefined
      ? this.elements(left, place)
      : this.elements(call.target, place);
  }

  /** The turns of a macro's loop. */
  turns(macro: Macro, place: Place): readonly Turn[] {
    const inner = this.#parts.inside(macro, place.scope);
    const range = unwrap(this.value(macro.range, place));
    const two = macro.variables.length === 2;
    return this.elements(macro.range, place).map((element, i) => ({
      element,
      enter: () => {
        const value = two && isMap(range) ? (mapGet(range, element.value) ?? null) : element.value;
        const bound = two ? [isMap(range) ? element.value : i, value] : [element.value];
        inner.slots.forEach((slot, k) => {
          this.#activation.values[slot] = bound[k];
        });
        const { path } = element;
        const [first = '', second] = macro.variables;
        // Of two variables the first is an index, or a key of which the second is the value.
        const origin: Origin = second === undefined ? element : { path, kind: 'presence' };
        let origins: Origins = { name: first, origin, outer: place.origins };
        if (second !== undefined) origins = { name: second, origin: { path, kind: 'value' }, outer: origins };
        return { scope: inner, origins, values: new Map() };
      },
    }));
  }

  /** The place of what a binding binds its name in, `cel.bind` or `optMap`; null where there is nothing to bind. */
  bound(macro: Macro, place: Place): Place | null {
    const value = this.value(macro.range, place);
    const bound = macro.name === 'bind' ? value : value instanceof Optional ? value.value : undefined;
    if (bound === undefined) return null;
    const scope = this.#parts.inside(macro, place.scope);
    for (const slot of scope.slots) this.#activation.values[slot] = bound;
    const path = this.path(macro.range, place);
    const origin: Origin = path === null ? computed : { path, kind: 'value' };
    const [name = ''] = macro.variables;
    const origins: Origins = { name, origin, outer: place.origins };
    return { scope, origins, values: new Map() };
  }

  #pathOfName(expr: Ident, place: Place): string | null {
    const origin = this.origin(expr, place);
    if (origin !== null) return origin.path;
    return this.isVariable(expr) ? expr.name : null;
  }

  /** The field path that an expression names: `object.spec.containers[0].image`; null where it is computed. */
  path(expr: Expr, place: Place): string | null {
    switch (expr.kind) {
      case 'ident':
        return this.#pathOfName(expr, place);
      case 'select': {
        const composed = this.composed(expr, place);
        if (composed !== null) return this.#pathsOfComposed.of(composed, () => this.path(composed, this.outermost));
        const operand = this.path(expr.operand, place);
        return operand === null ? null : member(operand, expr.field);
      }
      case 'call': {
        if (expr.name === 'orValue' && expr.target !== null) return this.path(expr.target, place);
        if (expr.name === 'dyn' && expr.args[0] !== undefined) return this.path(expr.args[0], place);
        if (expr.name !== '_[_]' && expr.name !== '_[?_]') return null;
        const [container, index] = expr.args;
        if (container === undefined || index === undefined) return null;
        const key = this.value(index, place);
        const elements = typeof key === 'number' ? this.elements(container, place)[key]?.path : undefined;
        const operand = this.path(container, place);
        return elements ?? (operand === null ? null : member(operand, key));
      }
      default:
        return null;
    }
  }
}

/** What is in an optional, null for none; other values as they are. */
export function unwrap(value: Value): Value {
  return value instanceof Optional ? (value.value ?? null) : value;
}

/** `path.key`, `path[0]`, `path["a.b/c"]`. */
function member(path: string, key: Value): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = String(key);
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
