import { type Expr, parts } from '@plimsoll/cel';
import type { Json } from '../../model/json.ts';

/** What expressions say that a field may be. */
interface FieldHints {
  /** What it is compared with, or, of a truth, both. */
  readonly values: ReadonlySet<Json>;
  /** What its elements are compared with, or looked for among them. */
  readonly elements: ReadonlySet<Json>;
}

/** Hints by the field's own name, wherever it is read. */
export type ValueHints = ReadonlyMap<string, FieldHints>;

/** A field that an expression stands for; `element`: one of its elements. */
interface FieldRef {
  readonly field: string;
  readonly element: boolean;
}

type Names = ReadonlyMap<string, FieldRef | null>;

const comparisons = new Set(['_<_', '_<=_', '_>_', '_>=_']);
const equalities = new Set(['_==_', '_!=_']);
/** What gives the value of an optional. */
const unwrapping = new Set(['orValue', 'value', 'or']);

/**
 * What expressions compare fields with: only where a value is compared as a whole. What a text has to begin with, contain
 * or match says what is wrong with it, not what it should be; what only has to be there may be anything.
 * `variables`: the expressions of composed variables. `said`: values that are known besides, by field; `flags`: those of
 * command lines.
 */
export function valueHints(
  expressions: readonly Expr[],
  variables: ReadonlyMap<string, Expr>,
  said: ReadonlyMap<string, Json>,
  flags: readonly string[],
): ValueHints {
  const walk = new HintWalk(variables);
  for (const [field, value] of said) walk.add({ field, element: false }, value);
  for (const field of ['command', 'args']) for (const flag of flags) walk.add({ field, element: true }, flag);
  for (const expression of [...expressions, ...variables.values()]) walk.visit(expression, new Map());
  return walk.found;
}

class HintWalk {
  readonly found = new Map<string, { readonly values: Set<Json>; readonly elements: Set<Json> }>();
  readonly #variables: ReadonlyMap<string, Expr>;

  constructor(variables: ReadonlyMap<string, Expr>) {
    this.#variables = variables;
  }

  visit(expr: Expr, names: Names): void {
    if (expr.kind === 'macro') {
      this.visit(expr.range, names);
      const of = this.#refOf(expr.range, names);
      const element = of === null || of.element ? null : { ...of, element: true };
      const inner = new Map(names);
      for (const name of expr.variables) inner.set(name, element);
      for (const part of [expr.condition, expr.body]) {
        if (part === null) continue;
        this.#truth(part, inner);
        this.visit(part, inner);
      }
      return;
    }
    if (expr.kind === 'logical') for (const arg of expr.args) this.#truth(arg, names);
    if (expr.kind === 'conditional') this.#truth(expr.condition, names);
    if (expr.kind === 'call') this.#call(expr, names);
    for (const part of parts(expr)) this.visit(part, names);
  }

  #call({ name, target, args }: Extract<Expr, { kind: 'call' }>, names: Names): void {
    const [left, right] = args;
    if (name === '!_' && left !== undefined) this.#truth(left, names);
    if (name === 'orValue' && target !== null && left !== undefined && typeof literalOf(left) === 'boolean')
      this.#truth(target, names);
    if (left === undefined || right === undefined) return;
    if (equalities.has(name)) {
      this.#equal(left, right, names);
      this.#equal(right, left, names);
    }
    if (comparisons.has(name)) {
      this.#near(left, right, names);
      this.#near(right, left, names);
    }
    if (name !== '@in') return;
    for (const value of this.#listOf(right)) this.add(this.#refOf(left, names), value);
    const looked = literalOf(left);
    const list = this.#refOf(right, names);
    if (looked !== undefined && list !== null) this.add({ ...list, element: true }, looked);
  }

  #equal(one: Expr, other: Expr, names: Names): void {
    const value = literalOf(other);
    if (typeof value === 'boolean') this.#truth(one, names);
    else if (value !== undefined && value !== null) this.add(this.#refOf(one, names), value);
  }

  #near(one: Expr, other: Expr, names: Names): void {
    const value = literalOf(other);
    if (typeof value === 'number' && Number.isInteger(value))
      for (const near of [value, value + 1, value - 1]) this.add(this.#refOf(one, names), near);
  }

  /** Something that is asked for its truth. */
  #truth(expr: Expr, names: Names): void {
    const isRead = expr.kind === 'select' ? !expr.test : expr.kind === 'call' && isReading(expr.name);
    if (!isRead) return;
    const ref = this.#refOf(expr, names);
    this.add(ref, false);
    this.add(ref, true);
  }

  #refOf(expr: Expr, names: Names): FieldRef | null {
    switch (expr.kind) {
      case 'ident':
        return names.get(expr.name) ?? null;
      case 'select': {
        const variable = this.#variableOf(expr);
        if (variable !== null) return this.#refOf(variable, new Map());
        return { field: expr.field, element: false };
      }
      case 'call': {
        if (unwrapping.has(expr.name) && expr.target !== null) return this.#refOf(expr.target, names);
        const key = expr.args[1];
        if ((expr.name === '_[_]' || expr.name === '_[?_]') && key !== undefined) {
          const field = literalOf(key);
          return typeof field === 'string' ? { field, element: false } : null;
        }
        return null;
      }
      default:
        return null;
    }
  }

  #listOf(expr: Expr): readonly Json[] {
    if (expr.kind === 'list') return expr.elements.flatMap(({ value }) => literalOf(value) ?? []);
    const variable = this.#variableOf(expr);
    return variable === null || variable.kind !== 'list' ? [] : this.#listOf(variable);
  }

  #variableOf(expr: Expr): Expr | null {
    if (expr.kind !== 'select' || expr.operand.kind !== 'ident' || expr.operand.name !== 'variables') return null;
    return this.#variables.get(expr.field) ?? null;
  }

  /** Notes a value of a field; nothing for what is none. */
  add(ref: FieldRef | null, value: Json): void {
    if (ref === null) return;
    let hints = this.found.get(ref.field);
    if (hints === undefined) this.found.set(ref.field, (hints = { values: new Set(), elements: new Set() }));
    (ref.element ? hints.elements : hints.values).add(value);
  }
}

function isReading(name: string): boolean {
  return unwrapping.has(name) || name === '_[_]' || name === '_[?_]';
}

/** The value of a literal; undefined for what is none, or none that JSON has. */
function literalOf(expr: Expr): Json | undefined {
  if (expr.kind !== 'literal') return undefined;
  const { value } = expr;
  switch (value.type) {
    case 'int':
    case 'uint':
      return Number(value.value);
    case 'double':
    case 'string':
    case 'bool':
      return value.value;
    default:
      return undefined;
  }
}
