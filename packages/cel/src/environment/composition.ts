import type { Type } from '../check/types/type.ts';
import type { Evaluate } from '../evaluate/frame.ts';
import type { Runner } from '../evaluate/runner.ts';
import { checkCost } from '../evaluate/limits.ts';
import type { Expr } from '../syntax/ast.ts';
import { abortOf } from '../values/abort.ts';
import { ErrorValue } from '../values/fault.ts';
import type { Value } from '../values/value.ts';
import { type Slots, slotsFrom } from './slots.ts';
import type { Tree, TreeReference } from './tree.ts';

/**
 * Composed variables: `variables.x` of an admission policy. Each is an expression that may read those before it, is
 * computed when first read, and charged once (k8s.io/apiserver pkg/cel/lazy).
 */
export class Composition {
  /** The name they stand under: `variables`. */
  readonly root: string;
  /** Places in activations for the variables that its expressions declare themselves: one computes another. */
  readonly slots: Slots;
  readonly #entries: {
    readonly name: string;
    readonly runner: Runner;
    readonly reference: TreeReference;
    readonly type: Type;
  }[] = [];
  readonly #indices = new Map<string, number>();

  /** `variables` is how many the environment has beside it. */
  constructor(root: string, variables: number) {
    this.root = root;
    this.slots = slotsFrom(variables);
  }

  /** Adds one; expressions compiled after this can read it. */
  add(name: string, runner: Runner, reference: TreeReference, type: Type): void {
    this.#indices.set(name, this.#entries.length);
    this.#entries.push({ name, runner, reference, type });
  }

  get names(): readonly string[] {
    return this.#entries.map((entry) => entry.name);
  }

  /** How many there are. */
  get size(): number {
    return this.#entries.length;
  }

  /** The last of that name, among the first `before`. */
  indexOf(name: string, before: number = Number.POSITIVE_INFINITY): number | undefined {
    const last = this.#indices.get(name);
    if (last === undefined || last < before) return last;
    const earlier = this.#entries.findLastIndex((entry, index) => index < before && entry.name === name);
    return earlier === -1 ? undefined : earlier;
  }

  /** The type that a composed variable has for those who read it. */
  typeOf(name: string): Type | undefined {
    const index = this.#indices.get(name);
    return index === undefined ? undefined : this.#entries[index]?.type;
  }

  /** The expression of a composed variable, for blame and explanation. */
  treeOf(name: string): Tree | undefined {
    const index = this.#indices.get(name);
    return index === undefined ? undefined : this.#entries[index]?.reference.tree;
  }

  /** The same by its index. */
  treeAt(index: number): Tree | undefined {
    return this.#entries[index]?.reference.tree;
  }

  /** The same without what the checker chose. */
  exprOf(name: string): Expr | undefined {
    return this.treeOf(name)?.ast.expr;
  }

  /** The text of a composed variable. */
  sourceOf(name: string): string | undefined {
    const index = this.#indices.get(name);
    return index === undefined ? undefined : this.#entries[index]?.reference.source;
  }

  /**
   * Reads one for so many units; the first time in a run computes it, and keeps it: a program of its own, with a limit of
   * its own, whose failure is an error like any other.
   */
  reading(index: number, units: number): Evaluate {
    const entry = this.#entries[index];
    if (entry === undefined) throw new RangeError('no composed variable');
    const { name, runner } = entry;
    return (frame) => {
      const known = frame.composed[index];
      const own = frame.cost + units;
      frame.cost = own;
      if (known !== undefined) return known;
      frame.cost = 0;
      let value: Value;
      try {
        value = runner.evaluate(frame);
        checkCost(frame);
      } catch (error) {
        value = failure(error, name);
      }
      frame.composedCost += frame.cost;
      frame.cost = own;
      frame.composed[index] = value;
      return value;
    };
  }
}

function failure(error: unknown, name: string): ErrorValue {
  const abort = abortOf(error);
  if (abort === null) throw error;
  return new ErrorValue(`composited variable ${JSON.stringify(name)} fails to evaluate: ${abort.message}`);
}
