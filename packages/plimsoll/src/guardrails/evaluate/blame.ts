import { Activation, compile, isFault } from '@plimsoll/cel';
import type { Environment, Expr, Program, Value } from '@plimsoll/cel';
import type { CompiledPolicy } from './compiled-policy.ts';
import { childrenOf } from './fault-text.ts';
import type { Blame } from './judge.ts';

/** A macro's variable inside its body: its value, and the path of the object where it stands, null where unknown. */
interface Local {
  readonly name: string;
  readonly value: Value;
  readonly path: string | null;
}

type Locals = readonly Local[];

/**
 * Gives the field paths of `object` that made an expression false: of `a && b` those of the operand that is false, of
 * `all` those of the elements that do not hold, and of a comparison what it reads. `mapped` turns a path of the judged
 * object into one of the resource.
 */
export function blameIn(object: Value, mapped: (path: string) => string): Blame {
  return (compiled, program) => {
    const search = new BlameSearch(object, compiled, program);
    return search.paths().map(mapped);
  };
}

class BlameSearch {
  readonly #compiled: CompiledPolicy;
  readonly #program: Program;
  readonly #found = new Set<string>();
  readonly #places = new Map<Value, string>();

  constructor(object: Value, compiled: CompiledPolicy, program: Program) {
    this.#compiled = compiled;
    this.#program = program;
    this.#remember(object, '');
  }

  paths(): readonly string[] {
    const { expr } = this.#program.ast;
    this.#blame(expr, []);
    return [...this.#found];
  }

  #blame(expr: Expr, locals: Locals): void {
    switch (expr.kind) {
      case 'logical': {
        const value = this.#value(expr, locals);
        for (const arg of expr.args) if (this.#value(arg, locals) === value) this.#blame(arg, locals);
        return;
      }
      case 'conditional': {
        const before = this.#found.size;
        this.#blame(this.#value(expr.condition, locals) === true ? expr.yes : expr.no, locals);
        if (this.#found.size === before) this.#blame(expr.condition, locals);
        return;
      }
      case 'macro':
        this.#blameMacro(expr, locals);
        return;
      case 'call':
        if (expr.name === '!_') for (const arg of expr.args) this.#blame(arg, locals);
        else this.#leaves(expr, locals);
        return;
      default: {
        const composed = this.#composed(expr);
        if (composed === null) this.#leaves(expr, locals);
        else this.#blame(composed, []);
      }
    }
  }

  #blameMacro(macro: Extract<Expr, { kind: 'macro' }>, locals: Locals): void {
    const before = this.#found.size;
    const range = this.#value(macro.range, locals);
    if ((macro.name === 'all' || macro.name === 'exists') && Array.isArray(range)) {
      const whole = this.#value(macro, locals);
      const rangePath = this.#path(macro.range, locals);
      (range as readonly Value[]).forEach((element, index) => {
        const path = rangePath === null ? (this.#places.get(element) ?? null) : `${rangePath}[${index}]`;
        const [first = '', second] = macro.variables;
        const inner: Locals =
          second === undefined
            ? [...locals, { name: first, value: element, path }]
            : [...locals, { name: first, value: index, path: null }, { name: second, value: element, path }];
        if (this.#value(macro.body, inner) === whole) this.#blame(macro.body, inner);
      });
    }
    if (this.#found.size === before) this.#leaves(macro.range, locals);
  }

  /** The fields that an expression reads. */
  #leaves(expr: Expr, locals: Locals): void {
    const path = this.#path(expr, locals);
    if (path !== null) {
      if (path !== '') this.#found.add(path);
      return;
    }
    const composed = this.#composed(expr);
    if (composed !== null) this.#leaves(composed, []);
    else if (expr.kind === 'macro') this.#leaves(expr.range, locals);
    else for (const child of childrenOf(expr)) this.#leaves(child, locals);
  }

  /** The path that an expression names, or that its value stands at; null where it is no field of the object. */
  #path(expr: Expr, locals: Locals): string | null {
    if (expr.kind === 'ident') {
      const local = locals.findLast(({ name }) => name === expr.name);
      if (local !== undefined) return local.path;
      return expr.name === 'object' ? '' : null;
    }
    const composed = this.#composed(expr);
    if (composed !== null) return this.#path(composed, []);
    if (expr.kind === 'select') {
      const parent = this.#path(expr.operand, locals);
      return parent === null ? null : join(parent, expr.field);
    }
    if (expr.kind !== 'call') return null;
    const [first, second] = expr.args;
    if ((expr.name === '_[_]' || expr.name === '_[?_]') && first !== undefined && second !== undefined) {
      const parent = this.#path(first, locals);
      const key = this.#value(second, locals);
      return parent === null || (typeof key !== 'string' && typeof key !== 'number') ? null : join(parent, key);
    }
    // `x.orValue(…)`, `x.value()` stand where x stands.
    if (expr.target !== null && (expr.name === 'orValue' || expr.name === 'value' || expr.name === 'hasValue'))
      return this.#path(expr.target, locals);
    return null;
  }

  /** The expression behind `variables.x`. */
  #composed(expr: Expr): Expr | null {
    if (expr.kind !== 'select' || expr.operand.kind !== 'ident' || expr.operand.name !== 'variables') return null;
    return this.#compiled.environment.composed?.exprOf(expr.field) ?? null;
  }

  #value(expr: Expr, locals: Locals): Value {
    const { environment, activation } = this.#compiled;
    const program = compiledPart(expr, this.#program.ast.source, environment, locals);
    const own = new Activation(program.environment);
    environment.variableNames.forEach((_, slot) => {
      own.values[slot] = activation.values[slot];
    });
    own.composed = activation.composed;
    for (const { name, value } of locals) own.set(name, value);
    const value = program.run(own);
    return isFault(value) ? null : value;
  }

  #remember(value: Value, path: string): void {
    if (typeof value !== 'object' || value === null || isFault(value)) return;
    this.#places.set(value, path);
    if (Array.isArray(value))
      (value as readonly Value[]).forEach((item, index) => this.#remember(item, join(path, index)));
    else for (const [key, item] of Object.entries(value)) this.#remember(item as Value, join(path, key));
  }
}

function join(parent: string, key: string | number): string {
  if (typeof key === 'number') return `${parent}[${key}]`;
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

const parts = new WeakMap<Expr, Program>();

/** Slots kept free for the loop variables of composed variables, whose programs run on the same activation. */
const spare = Array.from({ length: 64 }, (_, index) => `spare ${index}`);

function compiledPart(expr: Expr, source: string, environment: Environment, locals: Locals): Program {
  let program = parts.get(expr);
  if (program === undefined) {
    const names = [...environment.variableNames, ...spare, ...new Set(locals.map(({ name }) => name))];
    const own = environment.withVariables(names).withComposition(environment.composed);
    program = compile({ source, expr }, own);
    parts.set(expr, program);
  }
  return program;
}
