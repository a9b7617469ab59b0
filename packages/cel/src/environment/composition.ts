import type { Type } from '../check/types/type.ts';
import type { Evaluate, Frame } from '../evaluate/frame.ts';
import type { Runner } from '../evaluate/runner.ts';
import { checkCost } from '../evaluate/limits.ts';
import type { Expr } from '../syntax/ast.ts';
import { abortOf } from '../values/abort.ts';
import { ErrorValue, Fault, Unknown } from '../values/fault.ts';
import { LazyMap } from '../values/lazy-map.ts';
import type { Value } from '../values/value.ts';
import { type Slots, slotsFrom } from './slots.ts';
import type { Tree, TreeReference } from './tree.ts';

interface Entry {
  readonly name: string;
  readonly runner: Runner;
  readonly reference: TreeReference;
  readonly type: Type;
}

/**
 * Composed variables: `variables.x` of an admission policy. Each is an expression that may read those before it, is
 * computed when first read, and charged once (k8s.io/apiserver pkg/cel/lazy).
 */
export class Composition {
  /** The name they stand under: `variables`. */
  readonly root: string;
  /** Places in activations for the variables that its expressions declare themselves: one computes another. */
  readonly slots: Slots;
  readonly #entries: Entry[] = [];
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

  /** All of them, as `variables` by itself reads them: also those that were declared after the one that does. */
  whole(frame: Frame): LazyMap {
    return new LazyMap(this.names, (name) => {
      const index = isReadable(name) ? this.indexOf(name) : undefined;
      if (index === undefined) return undefined;
      const known = frame.composed[index];
      if (known !== undefined) return known;
      // The API server comes to the end of its stack there.
      frame.composed[index] = failure(name, 'reads itself');
      return this.#computing(index)(frame);
    });
  }

  /** The last of that name, among the first `before`. */
  indexOf(name: string, before: number = Number.POSITIVE_INFINITY): number | undefined {
    const last = this.#indices.get(name);
    if (last === undefined || last < before) return last;
    const earlier = this.#entries.findLastIndex((entry, index) => index < before && entry.name === name);
    return earlier === -1 ? undefined : earlier;
  }

  #last(name: string): Entry | undefined {
    return this.#entries[this.#indices.get(name) ?? -1];
  }

  /** The type that a composed variable has for those who read it. */
  typeOf(name: string): Type | undefined {
    return this.#last(name)?.type;
  }

  /** The expression of a composed variable, for blame and explanation. */
  treeOf(name: string): Tree | undefined {
    return this.#last(name)?.reference.tree;
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
    return this.#last(name)?.reference.source;
  }

  /** Reads one for so many units; the first time in a run computes it, and keeps it. */
  reading(index: number, units: number): Evaluate {
    const compute = this.#computing(index);
    return (frame) => {
      frame.cost += units;
      const known = frame.composed[index];
      return known === undefined ? compute(frame) : known;
    };
  }

  /**
   * Computes one for this run, and keeps it: a program of its own, with a limit of its own. What that fails with is an
   * error like any other, whatever it is.
   */
  #computing(index: number): Evaluate {
    const entry = this.#entries[index];
    if (entry === undefined) throw new RangeError('no composed variable');
    const { name, runner } = entry;
    return (frame) => {
      const own = frame.cost;
      frame.cost = 0;
      let value: Value;
      try {
        value = runner.evaluate(frame);
        checkCost(frame);
      } catch (error) {
        const abort = abortOf(error);
        if (abort === null) throw error;
        value = new ErrorValue(abort.message);
      }
      if (value instanceof Fault) value = faultIn(value, name);
      frame.composedCost += frame.cost;
      frame.cost = own;
      frame.composed[index] = value;
      return value;
    };
  }
}

/** What a variable fails with, as those find it who read the variable (apiserver plugin/cel/composition.go). */
function faultIn(fault: Fault, name: string): Fault {
  const found =
    fault instanceof ErrorValue
      ? failure(name, `fails to evaluate: ${fault.message}`)
      : new Unknown((fault as Unknown).reasons);
  // What has no place, as the end of a run by its limit, is the whole expression's.
  found.offset = Math.max(0, fault.offset);
  found.variable = fault.variable ?? name;
  return found;
}

function failure(name: string, what: string): ErrorValue {
  return new ErrorValue(`composited variable ${JSON.stringify(name)} ${what}`);
}

/** The map unescapes the names that it is asked for, and none of these is escaped (apiserver pkg/cel/escaping.go). */
export function isReadable(name: string): boolean {
  return !/__[^_]+__/.test(name);
}
