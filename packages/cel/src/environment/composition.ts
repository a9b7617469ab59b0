import type { Evaluate } from '../evaluate/frame.ts';
import type { Type } from '../check/types/type.ts';
import type { Expr } from '../syntax/ast.ts';

/**
 * Composed variables: `variables.x` of an admission policy. Each is an expression that may read those before it, is
 * computed when first read, and charged once (k8s.io/apiserver pkg/cel/lazy).
 */
export class Composition {
  /** The name they stand under: `variables`. */
  readonly root: string;
  readonly #entries: {
    readonly name: string;
    readonly evaluate: Evaluate;
    readonly expr: Expr;
    readonly source: string;
    readonly type: Type;
  }[] = [];
  readonly #indices = new Map<string, number>();

  constructor(root: string) {
    this.root = root;
  }

  /** Adds one; expressions compiled after this can read it. */
  add(name: string, evaluate: Evaluate, expr: Expr, source: string, type: Type): void {
    this.#indices.set(name, this.#entries.length);
    this.#entries.push({ name, evaluate, expr, source, type });
  }

  get names(): readonly string[] {
    return this.#entries.map((entry) => entry.name);
  }

  indexOf(name: string): number | undefined {
    return this.#indices.get(name);
  }

  /** The type that a composed variable has for those who read it. */
  typeOf(name: string): Type | undefined {
    const index = this.#indices.get(name);
    return index === undefined ? undefined : this.#entries[index]?.type;
  }

  /** The expression of a composed variable, for blame and explanation. */
  exprOf(name: string): Expr | undefined {
    const index = this.#indices.get(name);
    return index === undefined ? undefined : this.#entries[index]?.expr;
  }

  /** Reads one, computing it where this run has not yet. */
  read(index: number): Evaluate {
    const evaluate = this.#entries[index]?.evaluate;
    if (evaluate === undefined) throw new RangeError(`no composed variable ${index}`);
    return (frame) => {
      frame.cost += 1;
      const known = frame.composed[index];
      if (known !== undefined) return known;
      const value = evaluate(frame);
      frame.composed[index] = value;
      return value;
    };
  }
}
