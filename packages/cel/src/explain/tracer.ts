import type { Environment } from '../environment/environment.ts';
import { Scope } from '../environment/scope.ts';
import { closures } from '../evaluate/compiler.ts';
import type { Evaluate } from '../evaluate/frame.ts';
import type { Activation, Program } from '../program.ts';
import type { Call, Expr, Macro } from '../syntax/ast.ts';
import { isMap, mapGet, mapKeys } from '../values/equality.ts';
import { Optional } from '../values/optional.ts';
import { type Value, isList } from '../values/value.ts';

/** A value with the field path it was read from; null where it was computed. */
export interface Traced {
  readonly value: Value;
  readonly path: string | null;
}

/** A place of evaluation: names in scope, and the paths that loop variables stand for. */
export interface Place {
  readonly scope: Scope;
  readonly origins: ReadonlyMap<string, string | null>;
}

/**
 * Sub-expressions of an environment's programs, each compiled when it is first asked for and then kept: a sub-expression
 * stands at one place, and its loop variables have their slots once, so that asking again takes no further ones.
 */
class CompiledParts {
  readonly #evaluates = new WeakMap<Expr, Evaluate>();
  readonly #scopes = new WeakMap<Macro, Scope>();

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

function outermostScope({ environment, ast, overloads }: Program): Scope {
  const ofVariables = environment.composed?.overloads;
  // Parts of what compiled have no faults.
  return new Scope(closures, environment, ast.source, [], {
    get: (expr) => overloads.get(expr) ?? ofVariables?.get(expr),
  });
}

const partsOf = new WeakMap<Environment, CompiledParts>();

/** Evaluates parts of one program on one activation, keeping track of where values come from. */
export class Tracer {
  readonly outermost: Place;
  readonly #activation: Activation;
  readonly #program: Program;
  readonly #parts: CompiledParts;

  constructor(program: Program, activation: Activation) {
    this.#program = program;
    this.#activation = activation;
    this.#parts = partsOf.get(program.environment) ?? new CompiledParts();
    partsOf.set(program.environment, this.#parts);
    this.outermost = { scope: outermostScope(program), origins: new Map() };
  }

  value(expr: Expr, place: Place): Value {
    return this.#parts.evaluate(expr, place.scope)(this.#activation);
  }

  /** The expression behind `variables.x`; null for anything else. */
  composed(expr: Expr): Expr | null {
    const composition = this.#program.environment.composed;
    if (composition === null || expr.kind !== 'select' || expr.operand.kind !== 'ident') return null;
    return expr.operand.name === composition.root ? (composition.exprOf(expr.field) ?? null) : null;
  }

  /** The elements that a macro runs over, each with its path. For a map with one variable these are its keys. */
  elements(expr: Expr, place: Place): readonly Traced[] {
    const composed = this.composed(expr);
    if (composed !== null) return this.elements(composed, this.outermost);
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
      return kept.map((turn) =>
        expr.name === 'map' ? { value: this.value(expr.body, turn.enter()), path: turn.element.path } : turn.element,
      );
    }
    const value = unwrap(this.value(expr, place));
    const path = this.path(expr, place);
    if (isList(value)) return value.map((item, i) => ({ value: item, path: path === null ? null : `${path}[${i}]` }));
    return isMap(value)
      ? mapKeys(value).map((key) => ({ value: key, path: path === null ? null : member(path, key) }))
      : [];
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

  /** The turns of a macro's loop; `enter` sets the loop variables and gives the place of its body. */
  turns(macro: Macro, place: Place): readonly { readonly element: Traced; enter(): Place }[] {
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
        const origin = macro.variables.at(-1) ?? '';
        return {
          scope: inner,
          origins: new Map([
            ...place.origins,
            ...macro.variables.map((name) => [name, name === origin ? element.path : null] as const),
          ]),
        };
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
    return { scope, origins: new Map([...place.origins, ...macro.variables.map((name) => [name, path] as const)]) };
  }

  /** The field path that an expression names: `object.spec.containers[0].image`; null where it is computed. */
  path(expr: Expr, place: Place): string | null {
    switch (expr.kind) {
      case 'ident':
        return place.origins.has(expr.name) && !expr.absolute ? (place.origins.get(expr.name) ?? null) : expr.name;
      case 'select': {
        const composed = this.composed(expr);
        if (composed !== null) return this.path(composed, this.outermost);
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

function unwrap(value: Value): Value {
  return value instanceof Optional ? (value.value ?? null) : value;
}

/** `path.key`, `path[0]`, `path["a.b/c"]`. */
function member(path: string, key: Value): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = String(key);
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
